//! SCIM 2.0 as data: schemas, resources, filters, paths, PATCH, projection, sorting, lists, bulk requests and discovery
//! (RFC 7643, RFC 7644).
//!
//! The crate does no I/O, has no async function and knows no tenant. Bytes become a checked [`json`] value, a value becomes
//! a canonical [`resource`] or a [`patch`], and a canonical resource is rendered, filtered, sorted and projected. Everything
//! is driven by one [`schema::Definition`], so that what `/Schemas` publishes is what the code does.
//!
//! ```
//! use serde_json::json;
//! use usher_scim::{Definition, Filter, Limits, Patch};
//!
//! # fn main() -> Result<(), usher_scim::Error> {
//! let (user, limits) = (Definition::user(), Limits::default());
//! let created = user.read(json!({ "USERNAME": "ada", "active": "True" }), &limits)?;
//! user.check_required(&created.attributes)?;
//!
//! let body = json!({ "Operations": [{ "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@b.example" }] });
//! let changed = Patch::read(body, &user, &limits)?.apply(&created.attributes, &user, &limits)?;
//! assert_eq!(changed["emails"], json!([{ "type": "work", "value": "ada@b.example" }]));
//!
//! let filter = Filter::parse("emails[type eq \"work\"].value sw \"ADA\" and active eq true", &user, &limits)?;
//! assert!(filter.matches(&changed));
//! # Ok(())
//! # }
//! ```
//!
//! Input is read leniently where real identity providers force it; each leniency is listed in [`dialect`] with the client
//! that needs it. Output is always strict.

pub mod bulk;
pub mod dialect;
pub mod discovery;
pub mod error;
pub mod filter;
pub mod json;
pub mod limits;
pub mod list;
pub mod patch;
pub mod path;
pub mod project;
pub mod resource;
pub mod schema;
pub mod sort;
mod value;

pub use bulk::Bulk;
pub use error::{Error, ScimType};
pub use filter::Filter;
pub use limits::Limits;
pub use patch::{MemberOperation, Patch, member_values};
pub use path::{AttrPath, PatchPath};
pub use project::Projection;
pub use resource::{Incoming, Map, Meta};
pub use schema::Definition;
pub use sort::{SortBy, SortKey};

#[cfg(test)]
mod replays;
