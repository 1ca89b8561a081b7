//! PATCH (RFC 7644 §3.5.2): read once into operations with canonical values, applied as often as needed.

mod apply;
mod elements;
mod members;
mod operations;
mod read;

pub use members::{MemberOperation, member_values};

use serde_json::Value;

use crate::error::Error;
use crate::path::PatchPath;

/// URN of a PATCH body (RFC 7644 §3.5.2).
pub const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The verb of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Sets, merges or appends (RFC 7644 §3.5.2.1).
    Add,
    /// Sets, merges or replaces the list (RFC 7644 §3.5.2.3).
    Replace,
    /// Unassigns (RFC 7644 §3.5.2.2).
    Remove,
}

impl Op {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }
}

/// One step of a PATCH. An operation without path has become one of these for each attribute it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do. Setting null has become `Remove` already, except adding nothing to a list, which is no operation.
    pub op: Op,
    /// Where.
    pub path: PatchPath,
    /// The canonical value. `Remove` has one only when the client listed the elements to take out (Entra).
    pub value: Option<Value>,
}

/// A PATCH that was read and type-checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Patch {
    /// What to do, in order.
    pub operations: Vec<Operation>,
    /// Names of attributes outside every schema, for counting; at most 100.
    pub ignored: Vec<String>,
    /// The `id` that values without path repeat (Okta, authentik); see [`Patch::check_id`].
    pub id: Option<String>,
}

impl Patch {
    /// Checks that the `id` in the values, if there is one, is that of the resource in the address.
    ///
    /// # Errors
    /// 400 `mutability`: it is another one, so the client has mixed two resources up, or wants to change the id.
    pub fn check_id(&self, id: &str) -> Result<(), Error> {
        if self.id.as_deref().is_none_or(|known| known.eq_ignore_ascii_case(id)) { Ok(()) } else { Err(foreign_id()) }
    }
}

fn foreign_id() -> Error {
    Error::mutability("foreign_id", "the \"id\" in the value is not that of the resource, and it cannot be changed")
}

#[cfg(test)]
mod element_tests;
#[cfg(test)]
mod member_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
