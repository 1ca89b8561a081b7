//! The one function that moves a user's life on. Each command has a file of its own.

mod delete;
mod deprovision;
mod invitation;
mod profile;
mod provision;

use chrono::{DateTime, TimeDelta, Utc};
use usher_core::ConnectionId;

use crate::{Command, Effect, InvitationState, Life, Owner, Refusal, State};

/// What the tenant chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long an invitation can be accepted; positive.
    pub invitation_lifetime: TimeDelta,
    /// How long a deprovisioned user is kept before the policy may delete (S70); zero or positive.
    pub retention: TimeDelta,
}

type Decision = Result<(Life, Vec<Effect>), Refusal>;

/// What one command does to one life at `now`.
///
/// A repeated command gives the same life and no effects, because identity providers repeat everything. Every change
/// of the life comes with at least one effect. The effects belong into the transaction that stores the life.
///
/// # Errors
/// - [`Refusal::NotFound`]: an identity provider names a user that it does not see (RFC 7644 §3.6).
/// - [`Refusal::OwnedByOtherConnection`], [`Refusal::NotManaged`]: an identity provider names a user that it may not
///   touch (S42).
/// - [`Refusal::InvitationExpired`], [`Refusal::InvitationWithdrawn`], [`Refusal::InvitationReplaced`],
///   [`Refusal::InvitationUsed`]: an acceptance comes too late.
/// - [`Refusal::NotDeprovisioned`], [`Refusal::RetentionNotOver`]: a deletion comes too early (S69, S70).
/// - [`Refusal::WrongState`]: the command makes no sense in that state.
pub fn decide(
    life: &Life,
    command: &Command,
    now: DateTime<Utc>,
    policy: &Policy,
) -> Result<(Life, Vec<Effect>), Refusal> {
    match command {
        Command::Register => register(life),
        Command::Provision { by, active, address } => {
            provision::provision(life, *by, provision::Wish { active: *active, address: *address }, now, policy)
        }
        Command::Deprovision { by, how } => deprovision::deprovision(life, *by, *how, now),
        Command::ChangeProfile { by, changed, address } => {
            profile::change_profile(life, *by, changed, *address, now, policy)
        }
        Command::Accept { issue } => invitation::accept(life, *issue, now),
        Command::Resend => invitation::resend(life, now, policy),
        Command::Withdraw => invitation::withdraw(life),
        Command::Delete { by } => delete::delete(life, *by, now, policy),
    }
}

/// A member whom an identity provider has claimed since is registered all the same.
fn register(life: &Life) -> Decision {
    match life.state {
        State::Absent => {
            let next = Life { state: State::Active, wanted_active: true, listed: true, ..*life };
            Ok((next, vec![Effect::Registered]))
        }
        State::Active => unchanged(life),
        State::Staged { .. } | State::Invited { .. } | State::Suspended { .. } | State::Deleted => wrong_state(life),
    }
}

/// Whose user it is, seen from the connection that asks.
enum Standing {
    Own,
    Unmanaged,
}

fn standing(owner: Owner, by: ConnectionId) -> Result<Standing, Refusal> {
    match owner {
        Owner::Unmanaged => Ok(Standing::Unmanaged),
        Owner::Connection(owner) if owner == by => Ok(Standing::Own),
        Owner::Connection(_) => Err(Refusal::OwnedByOtherConnection),
    }
}

/// What an identity provider may address by id.
fn visible(life: &Life) -> Result<(), Refusal> {
    match life.state {
        State::Absent | State::Deleted => Err(Refusal::NotFound),
        State::Staged { .. } | State::Invited { .. } | State::Active | State::Suspended { .. } => {
            if life.listed {
                Ok(())
            } else {
                Err(Refusal::NotFound)
            }
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one arm of functions that decide")]
const fn unchanged(life: &Life) -> Decision {
    Ok((*life, Vec::new()))
}

const fn wrong_state(life: &Life) -> Decision {
    Err(Refusal::WrongState { state: life.state.as_str() })
}

/// The next issue of the invitation; every older secret is dead from here on.
fn invite(life: &Life, now: DateTime<Utc>, policy: &Policy) -> (Life, Vec<Effect>) {
    let issue = life.issue.saturating_add(1);
    let expires_at = later(now, policy.invitation_lifetime);
    let next = Life { state: State::Invited { expires_at }, issue, invitation: InvitationState::Open, ..*life };
    (next, vec![Effect::Invited { issue, expires_at }])
}

/// A time span beyond the calendar's end means "never".
fn later(start: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    start.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
