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

#[cfg(test)]
mod tests {
    use super::{GroupChange, GroupKind, PROVISION_MANAGERS, check_change, check_name};
    use crate::tests::{ours, theirs};
    use crate::{Owner, Refusal};

    const CHANGES: [GroupChange; 4] =
        [GroupChange::Rename, GroupChange::Members, GroupChange::Attributes, GroupChange::Delete];

    #[test]
    fn s88_every_spelling_of_the_reserved_name_is_refused() {
        for name in [PROVISION_MANAGERS, " provision  MANAGERS", "Provision\u{200b}Managers", "Ｐrovision Managers"] {
            assert_eq!(check_name(name), Err(Refusal::ReservedName), "{name:?}");
        }
        for name in ["", "Managers", "Provision Managers 2"] {
            assert_eq!(check_name(name), Ok(()), "{name:?}");
        }
    }

    #[test]
    fn s86_s87_nobody_changes_a_built_in_group() {
        for change in CHANGES {
            for owner in [Owner::Unmanaged, Owner::Connection(ours())] {
                assert_eq!(check_change(GroupKind::BuiltIn, owner, ours(), change), Err(Refusal::ReservedGroup));
            }
        }
    }

    #[test]
    fn s90_groups_of_the_account_are_never_managed_by_a_provider() {
        for change in CHANGES {
            for owner in [Owner::Unmanaged, Owner::Connection(ours())] {
                assert_eq!(check_change(GroupKind::Account, owner, ours(), change), Err(Refusal::NotManaged));
            }
        }
    }

    #[test]
    fn a_managed_group_is_changed_by_its_connection_only() {
        for change in CHANGES {
            let by = |by| check_change(GroupKind::Managed, Owner::Connection(ours()), by, change);
            assert_eq!((by(ours()), by(theirs())), (Ok(()), Err(Refusal::OwnedByOtherConnection)));
            let nobodys = check_change(GroupKind::Managed, Owner::Unmanaged, ours(), change);
            assert_eq!(nobodys, Err(Refusal::NotManaged));
        }
    }
}
