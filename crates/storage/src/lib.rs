//! What usher remembers: sea-orm on SQLite and PostgreSQL, one set of queries.
//!
//! [`Store`] opens the database. Everything of a tenant goes through a [`TenantStore`], which adds the tenant to every
//! statement itself and can only be made from proof that the tenant exists: the look-up of a token
//! ([`Store::authenticate`]) or the reading of the tenant's row ([`SystemStore`]). Work across tenants stands in
//! [`SystemStore`] and nowhere else.
//!
//! Statements that a request waits for are written out as SQL and bound through sea-orm, which costs no more than the
//! bare driver; where the two dialects differ is in `dialect.rs` and `log.rs`.

mod connect;
mod connections;
mod deliveries;
mod dialect;
mod error;
mod groups;
mod ignored;
mod log;
mod memberships;
mod schemas;
mod search;
mod system;
mod tenants;
mod terms;
mod time;
mod tokens;
mod unique;
mod users;
mod write;

pub use connect::{Options, Store};
pub use connections::ConnectionRecord;
pub use deliveries::{DeliveryKind, DeliveryRecord, NewDelivery, Outcome};
pub use error::{StorageError, Unfit, Unique};
pub use groups::GroupRecord;
pub use ignored::{IgnoredName, OTHER_NAMES};
pub use log::{Actor, EventRecord, NewEvent, Subject};
pub use memberships::{GroupRef, MemberIds};
pub use schemas::SchemaRecord;
pub use search::{Order, Page, Place, Walk};
pub use system::SystemStore;
pub use tenants::{TenantRecord, TenantStore};
pub use terms::{Changed, GroupTerm, UserTerm};
pub use tokens::{Grant, NewTokenRecord, ResolvedTenant, TokenRecord};
pub use unique::{Held, UniqueValue, UniqueValues};
pub use users::{CandidateKeys, UserRecord};
pub use write::{GroupWrite, Write};
