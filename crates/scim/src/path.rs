//! Attribute paths (RFC 7644 §3.10) and the paths of PATCH operations (§3.5.2), resolved against a definition.

mod patch_path;

use std::fmt;

use serde_json::Value;

pub use patch_path::PatchPath;

use crate::error::{Error, quoted};
use crate::resource::Map;
use crate::schema::{Attribute, Definition, Kind, Located, Mutability, Returned};

/// What the schema says about an attribute, as far as paths need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// Its type.
    pub kind: Kind,
    /// Whether it is a list.
    pub multi_valued: bool,
    /// Whether text compares with regard to case.
    pub case_exact: bool,
    /// Who may write it.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
}

impl Traits {
    fn of(attribute: &Attribute) -> Self {
        Self {
            kind: attribute.kind,
            multi_valued: attribute.multi_valued,
            case_exact: attribute.case_exact,
            mutability: attribute.mutability,
            returned: attribute.returned,
        }
    }
}

/// An attribute or sub-attribute that the definition has, in the schema's spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrPath {
    /// URN of the extension it belongs to; `None` for core and common attributes.
    pub schema: Option<String>,
    /// Name of the attribute; inside the brackets of a value path, name of the sub-attribute.
    pub attribute: String,
    /// Name of the sub-attribute after the dot.
    pub sub: Option<String>,
    top: Traits,
    target: Traits,
}

/// Why a text is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// It is not made like a path.
    Malformed,
    /// It names nothing in the definition.
    Unknown,
}

/// What an admin means who gives an attribute the name it has in a directory. `email` stands in Ping's examples of filters
/// (docs.pingidentity.com, SCIM filter expressions; undated), the others are names of the same kind.
fn meant(text: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 11] = [
        ("email", "emails.value"),
        ("mail", "emails.value"),
        ("workEmail", "emails.value"),
        ("firstName", "name.givenName"),
        ("givenName", "name.givenName"),
        ("lastName", "name.familyName"),
        ("familyName", "name.familyName"),
        ("phone", "phoneNumbers.value"),
        ("phoneNumber", "phoneNumbers.value"),
        ("enabled", "active"),
        ("login", "userName"),
    ];
    NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, meant)| *meant)
}

impl Unresolved {
    pub fn explain(self, text: &str) -> String {
        match self {
            Self::Malformed => format!("{} is not an attribute path", quoted(text)),
            Self::Unknown => match meant(text) {
                Some(name) => format!("there is no attribute {}; did you mean \"{name}\"?", quoted(text)),
                None => format!("there is no attribute {}", quoted(text)),
            },
        }
    }

    pub fn into_path_error(self, text: &str) -> Error {
        match self {
            Self::Malformed => Error::invalid_path("path_syntax", self.explain(text)),
            Self::Unknown => Error::invalid_path("unknown_path", self.explain(text)),
        }
    }
}

impl AttrPath {
    /// Resolves `userName`, `name.givenName`, `urn:…:User:manager.value`, in any case. A name that only an extension has
    /// needs no URN (Entra asks for `manager`).
    ///
    /// # Errors
    /// 400 `invalidPath` when the text is no path (reason `path_syntax`) or names nothing (reason `unknown_path`).
    pub fn parse(text: &str, definition: &Definition) -> Result<Self, Error> {
        Self::resolve(text, definition).map_err(|why| why.into_path_error(text))
    }

    pub(crate) fn resolve(text: &str, definition: &Definition) -> Result<Self, Unresolved> {
        let (located, sub) = find(text, definition)?;
        Self::of(located, sub)
    }

    pub(crate) fn of(located: Located<'_>, sub: Option<&str>) -> Result<Self, Unresolved> {
        let Located { extension, attribute } = located;
        let sub = sub.map(|name| attribute.sub(name).ok_or(Unresolved::Unknown)).transpose()?;
        Ok(Self {
            schema: extension.map(|schema| schema.id.clone()),
            attribute: attribute.name.clone(),
            sub: sub.map(|sub| sub.name.clone()),
            top: Traits::of(attribute),
            target: Traits::of(sub.unwrap_or(attribute)),
        })
    }

    /// A path relative to an element of `parent`: the name of a sub-attribute, or `value` for the element itself.
    pub(crate) fn relative(text: &str, parent: &Attribute) -> Result<Self, Unresolved> {
        if !is_name(text) {
            return Err(Unresolved::Malformed);
        }
        let (name, traits) = match parent.sub(text) {
            Some(sub) => (sub.name.as_str(), Traits::of(sub)),
            None if parent.kind != Kind::Complex && text.eq_ignore_ascii_case("value") => {
                ("value", Traits { multi_valued: false, ..Traits::of(parent) })
            }
            None => return Err(Unresolved::Unknown),
        };
        Ok(Self { schema: None, attribute: name.to_owned(), sub: None, top: traits, target: traits })
    }

    /// A complex attribute compared as a whole means its `value` (Entra's `manager eq "…"`); the same path if it has none.
    pub(crate) fn or_value(self, definition: &Definition) -> Self {
        if self.target.kind != Kind::Complex || self.sub.is_some() {
            return self;
        }
        let value = self.locate(definition).and_then(|located| Self::of(located, Some("value")).ok());
        value.unwrap_or(self)
    }

    /// The same path with the traits of a sub-attribute of its elements.
    pub(crate) fn with_traits_of(self, sub: &Self) -> Self {
        Self { target: sub.target, ..self }
    }

    pub(crate) fn locate<'d>(&self, definition: &'d Definition) -> Option<Located<'d>> {
        match &self.schema {
            None => definition.locate(&self.attribute).filter(|found| found.extension.is_none()),
            Some(urn) => {
                let extension = definition.extensions.iter().find(|schema| &schema.id == urn)?;
                let attribute = extension.attribute(&self.attribute)?;
                Some(Located { extension: Some(extension), attribute })
            }
        }
    }

    /// What the schema says about the attribute before the dot.
    #[must_use]
    pub fn attribute_traits(&self) -> Traits {
        self.top
    }

    /// What the schema says about what the whole path names.
    #[must_use]
    pub fn traits(&self) -> Traits {
        self.target
    }

    /// Whether this is the core or common attribute `name`, in the schema's spelling, with or without sub-attribute.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.schema.is_none() && self.attribute == name
    }

    /// The value of the attribute before the dot.
    #[must_use]
    pub fn lookup<'m>(&self, resource: &'m Map) -> Option<&'m Value> {
        match &self.schema {
            None => resource.get(&self.attribute),
            Some(urn) => resource.get(urn)?.get(&self.attribute),
        }
    }
}

/// The path as this server writes it; reading it again gives the same path.
impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(urn) = &self.schema {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.attribute)?;
        self.sub.as_ref().map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

/// The attribute a text names, and the text of its sub-attribute.
pub(crate) fn find<'d, 't>(
    text: &'t str,
    definition: &'d Definition,
) -> Result<(Located<'d>, Option<&'t str>), Unresolved> {
    let (scope, rest) = match definition.split_urn(text) {
        Some((scope, rest)) => (Some(scope), rest),
        None if text.contains(':') => return Err(Unresolved::Unknown),
        None => (None, text),
    };
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (rest, None),
    };
    if !is_name(name) || sub.is_some_and(|sub| !is_name(sub)) {
        return Err(Unresolved::Malformed);
    }
    let located = match scope {
        Some(scope) => definition.locate_within(scope, name),
        None => definition.locate(name),
    };
    Ok((located.ok_or(Unresolved::Unknown)?, sub))
}

/// Whether a text is an attribute name (RFC 7643 §2.1: a letter, then letters, digits, `-`, `_`; and `$ref`).
pub(crate) fn is_name(text: &str) -> bool {
    let bytes = text.strip_prefix('$').unwrap_or(text).as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests;
