//! An identity provider asks for a user to exist.

use chrono::{DateTime, Utc};
use usher_core::ConnectionId;

use super::{Decision, Policy, Standing, deprovision, invite, standing, unchanged};
use crate::{Effect, Life, Owner, Refusal, StagedReason, State};

/// What the identity provider wants the user to be.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    pub(super) active: bool,
    pub(super) address: bool,
}

pub(super) fn provision(life: &Life, by: ConnectionId, wish: Wish, now: DateTime<Utc>, policy: &Policy) -> Decision {
    match life.state {
        State::Absent => {
            let known = Life { owner: Owner::Connection(by), listed: true, ..*life };
            Ok(admit(&known, wish, now, policy))
        }
        State::Deleted => Err(Refusal::NotFound),
        State::Staged { .. } | State::Invited { .. } | State::Active | State::Suspended { .. } => {
            match standing(life.owner, by)? {
                Standing::Own => provision_own(life, wish, now, policy),
                Standing::Unmanaged => adopt(life, by, wish, now),
            }
        }
    }
}

/// Someone who never accepted, and whom nothing keeps from being invited but the wish itself.
fn admit(life: &Life, wish: Wish, now: DateTime<Utc>, policy: &Policy) -> (Life, Vec<Effect>) {
    let asked = Life { wanted_active: wish.active, listed: true, ..*life };
    match (wish.active, wish.address) {
        (true, true) => invite(&asked, now, policy),
        (true, false) => stage(&asked, StagedReason::NoAddress),
        (false, true | false) => stage(&asked, StagedReason::Inactive),
    }
}

fn stage(life: &Life, reason: StagedReason) -> (Life, Vec<Effect>) {
    (Life { state: State::Staged { reason }, ..*life }, vec![Effect::Staged { reason }])
}

/// The application's member becomes the connection's user (S40, S41). Only active ones: whom the application itself
/// keeps out, no identity provider lets in.
fn adopt(life: &Life, by: ConnectionId, wish: Wish, now: DateTime<Utc>) -> Decision {
    match life.state {
        State::Active => {
            let mut effects = vec![Effect::Matched];
            let matched = Life { owner: Owner::Connection(by), wanted_active: true, ..*life };
            if wish.active {
                return Ok((matched, effects));
            }
            let (next, more) = deprovision::deactivate(&matched, now);
            effects.extend(more);
            Ok((next, effects))
        }
        State::Staged { .. } | State::Invited { .. } | State::Suspended { .. } => Err(Refusal::NotManaged),
        State::Absent | State::Deleted => Err(Refusal::NotFound),
    }
}

fn provision_own(life: &Life, wish: Wish, now: DateTime<Utc>, policy: &Policy) -> Decision {
    match life.state {
        State::Staged { reason } if wish.active => Ok(activate_staged(life, reason, wish, now, policy)),
        State::Suspended { accepted, .. } => Ok(provision_suspended(life, accepted, wish, now, policy)),
        // An open, expired or withdrawn invitation alike: a repeated create sends no second mail (S50).
        State::Invited { .. } | State::Active if wish.active => unchanged(life),
        State::Staged { .. } | State::Invited { .. } | State::Active => Ok(deprovision::deactivate(life, now)),
        State::Absent | State::Deleted => Err(Refusal::NotFound),
    }
}

fn activate_staged(
    life: &Life,
    reason: StagedReason,
    wish: Wish,
    now: DateTime<Utc>,
    policy: &Policy,
) -> (Life, Vec<Effect>) {
    match reason {
        StagedReason::NoAddress if !wish.address && life.wanted_active => (*life, Vec::new()),
        StagedReason::NoAddress | StagedReason::Inactive => admit(life, wish, now, policy),
        StagedReason::Held if life.wanted_active => (*life, Vec::new()),
        StagedReason::Held => stage(&Life { wanted_active: true, ..*life }, reason),
    }
}

/// The same user comes back (S68, S126), listed again if a DELETE had hidden it.
fn provision_suspended(
    life: &Life,
    accepted: bool,
    wish: Wish,
    now: DateTime<Utc>,
    policy: &Policy,
) -> (Life, Vec<Effect>) {
    let seen = Life { listed: true, ..*life };
    match (accepted, wish.active, life.listed) {
        (true, true, true | false) => {
            (Life { state: State::Active, wanted_active: true, ..seen }, vec![Effect::Reactivated])
        }
        (false, true, true | false) | (false, false, false) => admit(life, wish, now, policy),
        (true, false, false) => (seen, vec![Effect::Relisted]),
        (true | false, false, true) => (*life, Vec::new()),
    }
}
