//! Which groups an identity provider may touch (S82, S85 to S90).

use usher_core::{ConnectionId, skeleton};

use crate::{Owner, Refusal};

/// The built-in group that exists from a tenant's first connection on, and that nobody deletes, renames or joins.
pub const PROVISION_MANAGERS: &str = "Provision Managers";

/// What kind of group it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// A connection owns it.
    Managed,
    /// Made in the tenant's account, and possibly powerful there: no identity provider manages it (S90).
    Account,
    /// Made by usher.
    BuiltIn,
}

/// What an identity provider wants to do to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupChange {
    /// Another name. The new one must pass [`check_name`] too.
    Rename,
    /// Add, remove or replace members.
    Members,
    /// Anything else that it keeps about a group, `externalId` for one.
    Attributes,
    /// Delete it.
    Delete,
}

/// Whether a name looks like a reserved one: without case, blanks, invisible characters and compatibility forms.
#[must_use]
pub fn reserved(name: &str) -> bool {
    skeleton(name) == skeleton(PROVISION_MANAGERS)
}

/// Whether a new or renamed group may have this name (S88).
///
/// # Errors
/// [`Refusal::ReservedName`].
pub fn check_name(new_name: &str) -> Result<(), Refusal> {
    if reserved(new_name) { Err(Refusal::ReservedName) } else { Ok(()) }
}

/// Whether connection `by` may change a group.
///
/// # Errors
/// - [`Refusal::ReservedGroup`]: built in (S86, S87).
/// - [`Refusal::NotManaged`]: made in the account (S90), or nobody's.
/// - [`Refusal::OwnedByOtherConnection`].
pub fn check_change(kind: GroupKind, owner: Owner, by: ConnectionId, change: GroupChange) -> Result<(), Refusal> {
    match (kind, change) {
        (
            GroupKind::BuiltIn,
            GroupChange::Rename | GroupChange::Members | GroupChange::Attributes | GroupChange::Delete,
        ) => Err(Refusal::ReservedGroup),
        (
            GroupKind::Account,
            GroupChange::Rename | GroupChange::Members | GroupChange::Attributes | GroupChange::Delete,
        ) => Err(Refusal::NotManaged),
        (
            GroupKind::Managed,
            GroupChange::Rename | GroupChange::Members | GroupChange::Attributes | GroupChange::Delete,
        ) => match owner {
            Owner::Connection(owner) if owner == by => Ok(()),
            Owner::Connection(_) => Err(Refusal::OwnedByOtherConnection),
            Owner::Unmanaged => Err(Refusal::NotManaged),
        },
    }
}
