//! What a resource type is made of, and how a name is found in it.

use std::sync::LazyLock;

use super::declare::are_ambiguous;
use super::required::Required;
use super::{Attribute, Kind, Mutability, Returned, Schema, enterprise, find, group, user};
use crate::dialect::Dialect;
use crate::error::Error;

/// The two resource types of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// A person.
    User,
    /// A group of persons.
    Group,
}

impl ResourceKind {
    /// The name, as in `meta.resourceType`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The path below the base address.
    #[must_use]
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }
}

/// The schemas of one resource type. Build it once and share it.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Which resource type this is.
    pub kind: ResourceKind,
    /// The schema whose attributes stand at the top level.
    pub core: Schema,
    /// Schemas whose attributes stand under their URN.
    pub extensions: Vec<Schema>,
    /// Whose requests are read by it.
    pub dialect: &'static Dialect,
    pub(super) required: Vec<Required>,
    /// How many of the extensions come first and are not a tenant's own.
    built_in: usize,
}

/// Attributes of every resource (RFC 7643 §3.1); no schema lists them.
static COMMON: LazyLock<Vec<Attribute>> = LazyLock::new(|| {
    let server = |attribute: Attribute| attribute.mutable(Mutability::ReadOnly);
    let time = |name, about| Attribute::new(name, Kind::DateTime, about);
    let meta = vec![
        server(Attribute::text("resourceType", "Name of the resource type").exact()),
        server(time("created", "When the resource was made")),
        server(time("lastModified", "When the resource last changed")),
        server(Attribute::new("location", Kind::Reference, "Address of the resource").refers_to(&["uri"])),
        server(Attribute::text("version", "Entity tag").exact()),
    ];
    vec![
        server(Attribute::text("id", "Id given by the server").exact().returned(Returned::Always)).unique(),
        Attribute::text("externalId", "Id given by the client").exact(),
        server(Attribute::complex("meta", "Facts about the resource", meta)),
        server(Attribute::text("schemas", "Schemas of the resource").many().returned(Returned::Always)),
    ]
});

/// Which part of a resource a URN names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scope<'d> {
    Core,
    Extension(&'d Schema),
}

/// An attribute and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Located<'d> {
    /// The URN under which it stands; none for the top level.
    pub extension: Option<&'d Schema>,
    pub attribute: &'d Attribute,
}

impl Definition {
    /// The core User with the enterprise extension. `userName` is required.
    #[must_use]
    pub fn user() -> Self {
        Self::new(ResourceKind::User, user::schema(), vec![enterprise::schema()])
    }

    /// The core Group. `displayName` is required.
    #[must_use]
    pub fn group() -> Self {
        Self::new(ResourceKind::Group, group::schema(), Vec::new())
    }

    fn new(kind: ResourceKind, core: Schema, extensions: Vec<Schema>) -> Self {
        let built_in = extensions.len();
        let mut made = Self { kind, core, extensions, dialect: Dialect::generic(), required: Vec::new(), built_in };
        made.required = Required::declared(&made.core);
        made
    }

    /// The same resource type for the requests of a client.
    #[must_use]
    pub fn speaking(self, dialect: &'static Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The same resource type with one more extension, for a tenant's own schema. What it declares as required is asked of a
    /// resource that has a value of the extension, because the extension itself is not required (RFC 7643 §6).
    ///
    /// # Errors
    /// 400 `invalidValue` when the URN is no `urn:`, is taken or could be mistaken for another one, or a name is empty, twice
    /// there, or not a SCIM name.
    pub fn extended(&self, extension: Schema) -> Result<Self, Error> {
        let refuse = |why: String| Err(Error::invalid_value("schema", why));
        let id = &extension.id;
        if !id.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
            || id.contains(|c: char| !c.is_ascii_graphic())
        {
            return refuse("the id of a schema must be a URN".to_owned());
        }
        if let Some(known) = self.schemas().find(|schema| are_ambiguous(&schema.id, id)) {
            return refuse(format!(
                "{} and {} cannot be told apart in paths: choose another URN",
                crate::error::quoted(id),
                crate::error::quoted(&known.id)
            ));
        }
        if let Err(name) = check_names(&extension.attributes) {
            return refuse(format!("the attribute name {} cannot be used", crate::error::quoted(name)));
        }
        let mut extended = self.clone();
        extended.required.extend(Required::of_extension(&extension));
        extended.extensions.push(extension);
        Ok(extended)
    }

    /// The tenant's own schemas among the extensions.
    #[must_use]
    pub fn declared(&self) -> &[Schema] {
        self.extensions.get(self.built_in..).unwrap_or_default()
    }

    /// The core schema and the extensions.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        std::iter::once(&self.core).chain(&self.extensions)
    }

    /// An attribute by its bare name: core, common, then the first extension that has it.
    pub(crate) fn locate(&self, name: &str) -> Option<Located<'_>> {
        let top = |attribute| Located { extension: None, attribute };
        let in_core = self.core.attribute(name).or_else(|| find(&COMMON, name)).map(top);
        if in_core.is_some() || self.ignores(name) {
            return in_core;
        }
        self.extensions.iter().find_map(|schema| Self::locate_in(schema, name))
    }

    fn locate_in<'d>(schema: &'d Schema, name: &str) -> Option<Located<'d>> {
        schema.attribute(name).map(|attribute| Located { extension: Some(schema), attribute })
    }

    /// An attribute by its name inside a scope.
    pub(crate) fn locate_within<'d>(&'d self, scope: Scope<'d>, name: &str) -> Option<Located<'d>> {
        match scope {
            Scope::Core => self.locate(name).filter(|found| found.extension.is_none()),
            Scope::Extension(schema) => Self::locate_in(schema, name),
        }
    }

    /// Splits `urn:…:User:manager.value` after the longest URN of ours that it starts with; the rest is empty for a bare URN.
    pub(crate) fn split_urn<'t>(&self, text: &'t str) -> Option<(Scope<'_>, &'t str)> {
        if !text.contains(':') {
            return None;
        }
        let scopes = self.extensions.iter().map(|schema| (Scope::Extension(schema), schema.id.as_str()));
        let found = scopes.chain(std::iter::once((Scope::Core, self.core.id.as_str()))).filter_map(|(scope, id)| {
            let start = text.get(..id.len())?;
            let rest = text.get(id.len()..)?;
            let rest = if rest.is_empty() { rest } else { rest.strip_prefix(':')? };
            start.eq_ignore_ascii_case(id).then_some((id.len(), scope, rest))
        });
        found.max_by_key(|(length, ..)| *length).map(|(_, scope, rest)| (scope, rest))
    }

    /// Whether the client may send `name` and is ignored: assignments that this service does not carry out.
    pub(crate) fn ignores(&self, name: &str) -> bool {
        match self.kind {
            ResourceKind::User => user::IGNORED.iter().any(|ignored| ignored.eq_ignore_ascii_case(name)),
            ResourceKind::Group => false,
        }
    }
}

fn check_names(attributes: &[Attribute]) -> Result<(), &str> {
    for (index, attribute) in attributes.iter().enumerate() {
        let twice = find(attributes.get(..index).unwrap_or_default(), &attribute.name).is_some();
        if twice || !crate::path::is_name(&attribute.name) {
            return Err(&attribute.name);
        }
        check_names(&attribute.sub_attributes)?;
    }
    Ok(())
}

impl Attribute {
    /// Whether the server alone fills it and a client's value is dropped.
    pub(crate) fn read_only(&self) -> bool {
        self.mutability == Mutability::ReadOnly
    }

    /// Whether a value may be taken but never kept.
    pub(crate) fn write_only(&self) -> bool {
        self.mutability == Mutability::WriteOnly
    }
}
