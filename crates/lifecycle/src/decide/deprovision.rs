//! An identity provider lets a user go.

use chrono::{DateTime, Utc};
use usher_core::ConnectionId;

use super::{Decision, Standing, standing, visible};
use crate::{Departure, Effect, InvitationState, Life, Refusal, StagedReason, State};

pub(super) fn deprovision(life: &Life, by: ConnectionId, how: Departure, now: DateTime<Utc>) -> Decision {
    visible(life)?;
    match standing(life.owner, by)? {
        Standing::Own => Ok(match how {
            Departure::Deactivate => deactivate(life, now),
            Departure::Delete => {
                let (suspended, mut effects) = suspend(life, now);
                effects.push(Effect::Delisted);
                (Life { listed: false, ..suspended }, effects)
            }
        }),
        Standing::Unmanaged => Err(Refusal::NotManaged),
    }
}

/// `active: false`. Who is staged because of an earlier one stays so: it is a repetition.
pub(super) fn deactivate(life: &Life, now: DateTime<Utc>) -> (Life, Vec<Effect>) {
    match life.state {
        State::Staged { reason: StagedReason::Inactive } => (*life, Vec::new()),
        State::Absent
        | State::Staged { reason: StagedReason::NoAddress | StagedReason::Held }
        | State::Invited { .. }
        | State::Active
        | State::Suspended { .. }
        | State::Deleted => suspend(life, now),
    }
}

fn suspend(life: &Life, now: DateTime<Utc>) -> (Life, Vec<Effect>) {
    let accepted = match life.state {
        State::Staged { .. } | State::Invited { .. } => false,
        State::Active => true,
        State::Absent | State::Suspended { .. } | State::Deleted => return (*life, Vec::new()),
    };
    let mut next = Life { state: State::Suspended { since: now, accepted }, wanted_active: false, ..*life };
    let mut effects = vec![Effect::Suspended { accepted }];
    match life.invitation {
        InvitationState::Open => {
            next.invitation = InvitationState::Withdrawn; // S75
            effects.push(Effect::InvitationWithdrawn { issue: life.issue });
        }
        InvitationState::None | InvitationState::Accepted | InvitationState::Withdrawn => {}
    }
    (next, effects)
}
