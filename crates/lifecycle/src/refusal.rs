//! Why a wish is not fulfilled.

use chrono::{DateTime, Utc};
use thiserror::Error;
use usher_core::Reason;

/// A refusal by the rules; nothing changed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// Another connection owns the user or the group.
    #[error("it is managed by another connection")]
    OwnedByOtherConnection,
    /// No connection owns it, and this request cannot claim it.
    #[error("it is not managed by a connection")]
    NotManaged,
    /// Deletion of someone who was not deprovisioned (S69).
    #[error("the user must be deprovisioned before deletion")]
    NotDeprovisioned,
    /// Deletion by policy before the retention time is over (S70).
    #[error("the retention time is not over before {until}")]
    RetentionNotOver {
        /// The first instant at which the policy may delete.
        until: DateTime<Utc>,
    },
    /// The invitation's time is over.
    #[error("the invitation has expired")]
    InvitationExpired,
    /// The invitation was withdrawn, or died with the user's suspension.
    #[error("the invitation was withdrawn")]
    InvitationWithdrawn,
    /// The secret is of another issue than the latest.
    #[error("a newer invitation has replaced this one")]
    InvitationReplaced,
    /// The invitation was accepted already, by someone suspended since.
    #[error("the invitation was already accepted")]
    InvitationUsed,
    /// The state of the user does not allow it.
    #[error("not possible for a user who is {state}")]
    WrongState {
        /// The name of that state.
        state: &'static str,
    },
    /// No such user, as far as the asking identity provider can see.
    #[error("no such user")]
    NotFound,
    /// Another user of the tenant has that `userName` (S125).
    #[error("another user has this userName")]
    UserNameTaken,
    /// Another user of the connection has that `externalId`.
    #[error("another user of this connection has this externalId")]
    ExternalIdTaken,
    /// The e-mail address belongs to several members, so none is matched.
    #[error("several members have this e-mail address")]
    AmbiguousAddress,
    /// The group's name is reserved (S88).
    #[error("this group name is reserved")]
    ReservedName,
    /// The group is built in and nobody changes it (S86, S87).
    #[error("this group is built in and cannot be changed")]
    ReservedGroup,
}

impl Refusal {
    /// The code that report, log, doctor and errors share (S136).
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::OwnedByOtherConnection => Reason::OwnedByOtherConnection,
            Self::NotManaged => Reason::NotManaged,
            Self::NotDeprovisioned => Reason::NotDeprovisioned,
            Self::RetentionNotOver { .. } => Reason::RetentionNotOver,
            Self::InvitationExpired => Reason::InvitationExpired,
            Self::InvitationWithdrawn => Reason::InvitationWithdrawn,
            Self::InvitationReplaced => Reason::InvitationReplaced,
            Self::InvitationUsed => Reason::InvitationUsed,
            Self::WrongState { .. } => Reason::WrongState,
            Self::NotFound => Reason::NotFound,
            Self::UserNameTaken => Reason::UserNameTaken,
            Self::ExternalIdTaken => Reason::ExternalIdTaken,
            Self::AmbiguousAddress => Reason::AmbiguousAddress,
            Self::ReservedName => Reason::ReservedName,
            Self::ReservedGroup => Reason::ReservedGroup,
        }
    }
}
