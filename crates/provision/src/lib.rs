//! The use cases: load, decide, commit. What gateway, worker and command line call.
//!
//! A [`Provisioner`] is made once. A bearer token turns it into a [`TenantScope`], in which an identity provider reads
//! and writes the users and groups of one tenant and nothing else; the operator's key turns it into an
//! [`OperatorScope`]; the secret of an invitation is authority enough for [`Provisioner::accept`]. They share no trait:
//! authority is a type.

mod access;
mod address;
mod bulk;
mod definitions;
mod error;
mod events;
mod groups;
mod ignored;
mod join;
mod lists;
mod mailbox;
mod operator;
mod provisioner;
mod refusals;
mod scope;
mod search;
mod unique;
mod users;
mod view;

pub use access::{AuthError, Door};
pub use bulk::{BulkResult, Done};
pub use error::Error;
pub use events::Event;
pub use groups::{LaterMembers, Listed, LongText, ManyMembers};
pub use join::{Accepted, InvitationView, JoinState};
pub use mailbox::{DevMailbox, StoredMail};
pub use operator::{
    Connection, CreatedToken, Declared, Ignored, NewMember, NewTenant, NewTenantSettings, NewToken, OperatorScope,
    Tenant, TokenInfo, UserState,
};
pub use provisioner::{Parts, Provisioner};
pub use scope::{Condition, RequestInfo, TenantScope};
pub use usher_lifecycle::Refusal;
pub use usher_scim::Limits;
pub use view::Shown;
