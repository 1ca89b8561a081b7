//! An identity provider changes attributes.

use chrono::{DateTime, Utc};
use usher_core::ConnectionId;

use super::{Decision, Policy, Standing, invite, standing, unchanged, visible};
use crate::{AddressChange, Effect, InvitationState, Life, Owner, Refusal, StagedReason, State};

pub(super) fn change_profile(
    life: &Life,
    by: ConnectionId,
    changed: &[String],
    address: AddressChange,
    now: DateTime<Utc>,
    policy: &Policy,
) -> Decision {
    visible(life)?;
    let standing = standing(life.owner, by)?;
    if changed.is_empty() {
        return unchanged(life);
    }
    let updated = Effect::Updated { changed: changed.to_vec() };
    match standing {
        Standing::Own => {
            let (next, more) = follow_address(life, address, now, policy);
            Ok((next, std::iter::once(updated).chain(more).collect()))
        }
        Standing::Unmanaged => claim(life, by, address, updated),
    }
}

/// Linking by id after an import (S55). The request that claims a member must not move the member's address:
/// otherwise a token could take over the person behind it.
fn claim(life: &Life, by: ConnectionId, address: AddressChange, updated: Effect) -> Decision {
    match (life.state, address) {
        (State::Active, AddressChange::Same) => {
            Ok((Life { owner: Owner::Connection(by), ..*life }, vec![Effect::Matched, updated]))
        }
        (State::Active, AddressChange::Changed | AddressChange::Gained | AddressChange::Lost)
        | (
            State::Staged { .. } | State::Invited { .. } | State::Suspended { .. },
            AddressChange::Same | AddressChange::Changed | AddressChange::Gained | AddressChange::Lost,
        ) => Err(Refusal::NotManaged),
        (
            State::Absent | State::Deleted,
            AddressChange::Same | AddressChange::Changed | AddressChange::Gained | AddressChange::Lost,
        ) => Err(Refusal::NotFound),
    }
}

fn follow_address(life: &Life, address: AddressChange, now: DateTime<Utc>, policy: &Policy) -> (Life, Vec<Effect>) {
    match address {
        AddressChange::Same => (*life, Vec::new()),
        AddressChange::Gained => match life.state {
            State::Staged { reason: StagedReason::NoAddress } if life.wanted_active => invite(life, now, policy),
            State::Absent
            | State::Staged { .. }
            | State::Invited { .. }
            | State::Active
            | State::Suspended { .. }
            | State::Deleted => (*life, Vec::new()),
        },
        AddressChange::Changed | AddressChange::Lost => match (life.state, life.invitation) {
            (State::Invited { .. }, InvitationState::Open) => retire_secret(life),
            (State::Invited { .. }, InvitationState::None | InvitationState::Accepted | InvitationState::Withdrawn)
            | (
                State::Absent | State::Staged { .. } | State::Active | State::Suspended { .. } | State::Deleted,
                InvitationState::None | InvitationState::Open | InvitationState::Accepted | InvitationState::Withdrawn,
            ) => (*life, Vec::new()),
        },
    }
}

/// The secret lies in a mailbox that is no longer this person's. It dies; nobody gets a second mail unasked (S57).
fn retire_secret(life: &Life) -> (Life, Vec<Effect>) {
    let next = Life { issue: life.issue.saturating_add(1), invitation: InvitationState::Withdrawn, ..*life };
    (next, vec![Effect::InvitationWithdrawn { issue: life.issue }])
}
