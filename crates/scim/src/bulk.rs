//! Bulk requests (RFC 7644 §3.7): many operations in one body, which may name each other by `bulkId`.
//!
//! [`Bulk::read`] takes the body apart without building it in memory: the `data` of an operation stays the text that it is
//! until it is carried out. An operation that is wrong by itself is an error of that operation; only what is no bulk request
//! at all is refused as a whole.

mod answer;
mod members;
mod operation;
mod order;
mod read;
mod references;

use std::borrow::Cow;
use std::collections::HashMap;

pub use answer::{Outcome, response};

use crate::error::Error;
use crate::limits::Limits;
use crate::schema::{Definition, ResourceKind};

/// URN of a bulk request.
pub const BULK_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// URN of the answer to one.
pub const BULK_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// What stands before the `bulkId` of another operation in place of an id.
const PREFIX: &str = "bulkId:";

/// The method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Makes a resource.
    Post,
    /// Replaces one.
    Put,
    /// Changes one.
    Patch,
    /// Removes one.
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Which resource an operation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The one of this id.
    Id(String),
    /// The one that the operation with this `bulkId` makes or changes.
    BulkId(String),
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `POST`.
    Create,
    /// `PUT`.
    Replace(Target),
    /// `PATCH`.
    Patch(Target),
    /// `DELETE`.
    Delete(Target),
}

impl Action {
    /// The resource that is there already.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Create => None,
            Self::Replace(target) | Self::Patch(target) | Self::Delete(target) => Some(target),
        }
    }
}

/// An operation that can be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// What kind of resource it is about.
    pub kind: ResourceKind,
    /// What is done.
    pub action: Action,
    /// `version`, which counts as `If-Match`; as sent.
    pub version: Option<String>,
    /// The operations whose results it refers to, by their place in the request; each once.
    pub needs: Vec<usize>,
    /// `data` as sent; empty for a DELETE.
    data: &'a str,
    /// Whether `data` names another operation.
    refers: bool,
}

impl Wanted<'_> {
    /// `data` with ids in place of the references to other operations: `ids` has the id for each `bulkId`.
    ///
    /// # Errors
    /// As [`crate::json::parse`]; only data that refers to something is parsed here.
    pub fn data(
        &self,
        ids: &HashMap<String, String>,
        definition: &Definition,
        limits: &Limits,
    ) -> Result<Cow<'_, [u8]>, Error> {
        if !self.refers {
            return Ok(Cow::Borrowed(self.data.as_bytes()));
        }
        let mut data = crate::json::parse(self.data.as_bytes(), limits)?;
        references::of_data(&mut data, &self.action, definition, &mut |text| {
            if let Some(id) = text.strip_prefix(PREFIX).and_then(|name| ids.get(name)) {
                id.clone_into(text);
            }
        });
        Ok(Cow::Owned(data.to_string().into_bytes()))
    }
}

/// One operation of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Its method, where it is one of the four.
    pub method: Option<Method>,
    /// Its `bulkId`, where it has one.
    pub bulk_id: Option<String>,
    /// What it does, or why it cannot be tried.
    pub wanted: Result<Wanted<'a>, Error>,
}

/// A bulk request that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk<'a> {
    /// The operations as sent.
    pub operations: Vec<Operation<'a>>,
    /// In which order they are tried: each place of `operations` once, and after those that it needs.
    pub order: Vec<usize>,
    /// After how many errors the rest is not tried any more, at least 1.
    pub fail_on_errors: Option<usize>,
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
