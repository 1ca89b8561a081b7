//! What a decision makes happen.

use chrono::{DateTime, Utc};

use crate::StagedReason;

/// One fact: it becomes one event, and mail and webhooks follow from the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The operator's application registered a member. No mail.
    Registered,
    /// The user is known and waits. No mail.
    Staged {
        /// For what.
        reason: StagedReason,
    },
    /// An unmanaged member became managed. No mail of any kind (S40).
    Matched,
    /// An invitation was issued. One mail with its secret.
    Invited {
        /// The number of the issue, from 1 on.
        issue: u32,
        /// The last instant at which it can be accepted.
        expires_at: DateTime<Utc>,
    },
    /// An open invitation died. No mail.
    InvitationWithdrawn {
        /// The issue that died.
        issue: u32,
    },
    /// The person accepted and is active. Mail "you can start" (S47).
    Confirmed {
        /// The issue that was accepted.
        issue: u32,
    },
    /// The user may no longer use the application; grants end at once (S72). No mail.
    Suspended {
        /// Whether the user had been active before.
        accepted: bool,
    },
    /// A suspended user is active again, with the same id and without an invitation (S68).
    Reactivated,
    /// Attributes changed.
    Updated {
        /// Their canonical paths, never empty.
        changed: Vec<String>,
    },
    /// The identity provider no longer sees the user (SCIM DELETE).
    Delisted,
    /// The identity provider sees the user again, still suspended.
    Relisted,
    /// Personal data is to be erased; a tombstone remains.
    Deleted,
}

impl Effect {
    /// The kind of the event.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Registered => "user.registered",
            Self::Staged { .. } => "user.staged",
            Self::Matched => "user.matched",
            Self::Invited { .. } => "user.invited",
            Self::InvitationWithdrawn { .. } => "invitation.withdrawn",
            Self::Confirmed { .. } => "user.confirmed",
            Self::Suspended { .. } => "user.suspended",
            Self::Reactivated => "user.reactivated",
            Self::Updated { .. } => "user.updated",
            Self::Delisted => "user.delisted",
            Self::Relisted => "user.relisted",
            Self::Deleted => "user.deleted",
        }
    }
}
