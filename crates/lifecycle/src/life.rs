//! What the rules know of a user.

use chrono::{DateTime, Utc};
use usher_core::ConnectionId;

/// Where a user stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not known yet.
    Absent,
    /// Known, not invited.
    Staged {
        /// Why there is no invitation.
        reason: StagedReason,
    },
    /// Invited, not accepted; the invitation itself may have died meanwhile, see [`InvitationState`].
    Invited {
        /// The last instant at which the latest issue can be accepted.
        expires_at: DateTime<Utc>,
    },
    /// May use the application.
    Active,
    /// May not use the application; all data is kept (S67).
    Suspended {
        /// When the user was deprovisioned: the start of the retention time.
        since: DateTime<Utc>,
        /// Whether the user had been active before.
        accepted: bool,
    },
    /// A tombstone without personal data.
    Deleted,
}

impl State {
    /// The name that people, events and reports see (S48).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Staged { .. } => "staged",
            Self::Invited { .. } => "invited",
            Self::Active => "active",
            Self::Suspended { .. } => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

/// Why a user is staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StagedReason {
    /// The identity provider asked for `active: false` (S49).
    Inactive,
    /// Wanted active, but no usable e-mail address is known.
    NoAddress,
    /// The tenant wants to invite by hand.
    Held,
}

impl StagedReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Inactive, Self::NoAddress, Self::Held];

    /// The code in events and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::NoAddress => "no_address",
            Self::Held => "held",
        }
    }

    /// Reads a code; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Who manages a user or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Nobody: only the operator's application knows it.
    Unmanaged,
    /// An identity provider's connection, for good (S41).
    Connection(ConnectionId),
}

/// What became of the latest invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationState {
    /// There never was one.
    None,
    /// It can be accepted until it expires.
    Open,
    /// It was accepted.
    Accepted,
    /// It died before it was accepted.
    Withdrawn,
}

/// Everything about one user that the rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Where the user stands: what is in effect.
    pub state: State,
    /// Who manages the user.
    pub owner: Owner,
    /// What the identity provider asked for last; shown as SCIM `active`, whatever the invitation does.
    pub wanted_active: bool,
    /// Whether the identity provider sees the user; false before creation, after a SCIM DELETE (404, RFC 7644 §3.6)
    /// and for tombstones. Users who are staged, invited or active are always listed.
    pub listed: bool,
    /// The number of the latest issue of the invitation, from 1 on; 0 means never invited. It never decreases; a
    /// number can be used up without a mail, so that every older secret is dead.
    pub issue: u32,
    /// What became of the latest invitation.
    pub invitation: InvitationState,
}

impl Life {
    /// The life of someone not known yet.
    #[must_use]
    pub const fn absent() -> Self {
        Self {
            state: State::Absent,
            owner: Owner::Unmanaged,
            wanted_active: false,
            listed: false,
            issue: 0,
            invitation: InvitationState::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StagedReason;

    #[test]
    fn a_staged_reason_is_read_as_it_was_written() {
        for reason in StagedReason::ALL {
            assert_eq!(StagedReason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(StagedReason::parse("Held"), None);
    }
}
