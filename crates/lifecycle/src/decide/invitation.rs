//! The invitation: accept it, send it again, withdraw it.

use chrono::{DateTime, Utc};

use super::{Decision, Policy, invite, unchanged, wrong_state};
use crate::{Effect, InvitationState, Life, Refusal, StagedReason, State};

/// Confirmation happens at acceptance, without an administrator (S44, S46).
pub(super) fn accept(life: &Life, issue: u32, now: DateTime<Utc>) -> Decision {
    match life.state {
        State::Invited { .. } | State::Active if issue != life.issue => Err(Refusal::InvitationReplaced),
        State::Invited { expires_at } if now > expires_at => Err(Refusal::InvitationExpired),
        State::Invited { .. } => match life.invitation {
            InvitationState::Open => Ok((
                Life { state: State::Active, invitation: InvitationState::Accepted, ..*life },
                vec![Effect::Confirmed { issue }],
            )),
            InvitationState::Withdrawn => Err(Refusal::InvitationWithdrawn),
            InvitationState::None | InvitationState::Accepted => wrong_state(life),
        },
        State::Active => match life.invitation {
            InvitationState::Accepted => unchanged(life), // the link was clicked twice
            InvitationState::None | InvitationState::Open | InvitationState::Withdrawn => wrong_state(life),
        },
        State::Suspended { accepted: true, .. } => Err(Refusal::InvitationUsed),
        State::Suspended { accepted: false, .. } => Err(Refusal::InvitationWithdrawn),
        State::Absent | State::Staged { .. } | State::Deleted => wrong_state(life),
    }
}

/// A new issue; the old secret is dead. A held user is invited by this, unless the identity provider has changed its
/// mind since.
pub(super) fn resend(life: &Life, now: DateTime<Utc>, policy: &Policy) -> Decision {
    match life.state {
        State::Invited { .. } => Ok(invite(life, now, policy)),
        State::Staged { reason: StagedReason::Held } if life.wanted_active => Ok(invite(life, now, policy)),
        State::Absent | State::Staged { .. } | State::Active | State::Suspended { .. } | State::Deleted => {
            wrong_state(life)
        }
    }
}

pub(super) fn withdraw(life: &Life) -> Decision {
    match (life.state, life.invitation) {
        (State::Invited { .. }, InvitationState::Open) => Ok((
            Life { invitation: InvitationState::Withdrawn, ..*life },
            vec![Effect::InvitationWithdrawn { issue: life.issue }],
        )),
        (State::Invited { .. }, InvitationState::Withdrawn) => unchanged(life),
        (State::Invited { .. }, InvitationState::None | InvitationState::Accepted)
        | (
            State::Absent | State::Staged { .. } | State::Active | State::Suspended { .. } | State::Deleted,
            InvitationState::None | InvitationState::Open | InvitationState::Accepted | InvitationState::Withdrawn,
        ) => wrong_state(life),
    }
}
