//! Schemas as data (RFC 7643 §7): one definition drives reading, PATCH, filters, projection and `/Schemas` alike.

pub mod declare;
mod definition;
mod enterprise;
mod group;
mod publish;
mod required;
mod user;

use std::borrow::Cow;

pub use definition::{Definition, ResourceKind};
pub use enterprise::ENTERPRISE_URN;
pub use group::GROUP_URN;
pub use user::USER_URN;

pub(crate) use definition::{Located, Scope};

/// The type of an attribute (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// An `xsd:dateTime`.
    DateTime,
    /// Base64 text.
    Binary,
    /// A URI.
    Reference,
    /// An object of sub-attributes.
    Complex,
}

impl Kind {
    /// The word in `/Schemas`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Binary => "binary",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }

    /// Whether values are JSON strings.
    #[must_use]
    pub fn is_text(self) -> bool {
        match self {
            Self::String | Self::DateTime | Self::Binary | Self::Reference => true,
            Self::Boolean | Self::Decimal | Self::Integer | Self::Complex => false,
        }
    }
}

/// Who may write an attribute (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// Only the server.
    ReadOnly,
    /// Everybody.
    ReadWrite,
    /// Set once.
    Immutable,
    /// Written and never read.
    WriteOnly,
}

impl Mutability {
    /// The word in `/Schemas`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

/// When an attribute is in an answer (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Returned {
    /// Whatever is asked for.
    Always,
    /// Never.
    Never,
    /// Unless left out by `attributes` or `excludedAttributes`.
    Default,
    /// Only when `attributes` names it.
    Request,
}

impl Returned {
    /// The word in `/Schemas`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
            Self::Request => "request",
        }
    }
}

/// Where a value may stand only once (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Uniqueness {
    /// Anywhere, any number of times.
    None,
    /// Once in a tenant.
    Server,
    /// Once everywhere.
    Global,
}

impl Uniqueness {
    /// The word in `/Schemas`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
            Self::Global => "global",
        }
    }
}

/// One attribute or sub-attribute (RFC 7643 §7). Names are ASCII; the case written here is the case of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name, compared without regard to ASCII case.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it is a list.
    pub multi_valued: bool,
    /// Whether a resource without it is refused.
    pub required: bool,
    /// Whether comparisons regard case; means something for text only.
    pub case_exact: bool,
    /// Usual values; others are taken as well (RFC 7643 §7).
    pub canonical_values: Vec<Cow<'static, str>>,
    /// Who may write it.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// Where it is unique.
    pub uniqueness: Uniqueness,
    /// What a reference may point to.
    pub reference_types: Vec<String>,
    /// The parts of a complex attribute; empty for every other kind.
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// A single, optional, read-write attribute whose text compares without regard to case, except for binary values and
    /// references, which compare exactly (RFC 7643 §2.3.6, §2.3.7).
    pub fn new(name: impl Into<String>, kind: Kind, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            kind,
            multi_valued: false,
            required: false,
            case_exact: matches!(kind, Kind::Binary | Kind::Reference),
            canonical_values: Vec::new(),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
        }
    }

    /// The sub-attribute of this name in any case.
    #[must_use]
    pub fn sub(&self, name: &str) -> Option<&Self> {
        find(&self.sub_attributes, name)
    }

    pub(crate) fn text(name: &str, description: &str) -> Self {
        Self::new(name, Kind::String, description)
    }

    pub(crate) fn complex(name: &str, description: &str, sub_attributes: Vec<Self>) -> Self {
        Self { sub_attributes, ..Self::new(name, Kind::Complex, description) }
    }

    pub(crate) fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(crate) fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    pub(crate) fn mutable(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    pub(crate) fn returned(self, returned: Returned) -> Self {
        Self { returned, ..self }
    }

    pub(crate) fn canonical(self, values: &[&'static str]) -> Self {
        Self { canonical_values: values.iter().copied().map(Cow::Borrowed).collect(), ..self }
    }

    pub(crate) fn refers_to(self, types: &[&str]) -> Self {
        Self { reference_types: types.iter().copied().map(str::to_owned).collect(), ..self }
    }
}

/// One schema (RFC 7643 §7): the core of a resource type or an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its attributes in the order of answers.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The attribute of this name in any case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

fn find_mut<'a>(attributes: &'a mut [Attribute], name: &str) -> Option<&'a mut Attribute> {
    attributes.iter_mut().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod own_tests;
#[cfg(test)]
mod tests;
