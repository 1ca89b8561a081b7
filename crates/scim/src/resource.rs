//! Resources: from a client's body to canonical form, and from canonical form to an answer.
//!
//! Canonical form: names in the schema's case, core attributes and `externalId` at the top level, extension attributes under
//! their URN, nothing null or empty, booleans as booleans. It holds neither `id`, `meta`, `schemas`, `groups` nor `password`.

mod access;
mod changes;
mod conform;
mod immutable;
mod openly;
mod read;
mod render;
mod unique;

pub use access::{active, display_name, emails, external_id, primary_email, user_name};
pub use changes::changed_attributes;
pub(crate) use immutable::{check_parts, keep_parts};
pub use read::Incoming;
pub(crate) use read::extension_mut;
pub use render::{Meta, timestamp};
pub use unique::UniqueValue;

/// A JSON object.
pub type Map = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
