//! What identity providers provision.

use serde::{Deserialize, Serialize};

/// One of the two resource types of SCIM (RFC 7643 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResourceType {
    /// A person.
    User,
    /// A group of persons.
    Group,
}

impl ResourceType {
    /// The name, as in `meta.resourceType`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// Reads the name, in any ASCII case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::User, Self::Group].into_iter().find(|one| one.as_str().eq_ignore_ascii_case(text))
    }
}
