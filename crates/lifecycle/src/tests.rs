//! Tests over the whole of [`crate::decide`].

mod details;
mod sequences;
mod table;

use chrono::{DateTime, TimeDelta, Utc};
use usher_core::ConnectionId;

use crate::{InvitationState, Life, Owner, Policy, StagedReason, State};

pub(crate) const POLICY: Policy = Policy { invitation_lifetime: TimeDelta::days(14), retention: TimeDelta::days(30) };

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(100)
}

/// The connection that owns the users of these tests.
pub(crate) fn ours() -> ConnectionId {
    ConnectionId::parse("01890000-0000-7000-8000-000000000001").unwrap()
}

/// Another connection of the same tenant.
pub(crate) fn theirs() -> ConnectionId {
    ConnectionId::parse("01890000-0000-7000-8000-000000000002").unwrap()
}

/// Every kind of life that the rules tell apart, by a name for the table.
pub(crate) fn lives() -> Vec<(&'static str, Life)> {
    use InvitationState as I;
    let managed = Life { owner: Owner::Connection(ours()), listed: true, ..Life::absent() };
    let staged = |reason, wanted_active| Life { state: State::Staged { reason }, wanted_active, ..managed };
    let invited = |days, invitation| Life {
        state: State::Invited { expires_at: now() + TimeDelta::days(days) },
        wanted_active: true,
        issue: 2,
        invitation,
        ..managed
    };
    let active = Life { state: State::Active, wanted_active: true, ..managed };
    let suspended = |accepted, listed| Life {
        state: State::Suspended { since: now() - TimeDelta::days(10), accepted },
        listed,
        issue: 2,
        invitation: if accepted { I::Accepted } else { I::Withdrawn },
        ..managed
    };
    vec![
        ("absent", Life::absent()),
        ("inactive", staged(StagedReason::Inactive, false)),
        ("no_address", staged(StagedReason::NoAddress, true)),
        ("held", staged(StagedReason::Held, true)),
        ("open", invited(1, I::Open)),
        ("expired", invited(-1, I::Open)),
        ("withdrawn", invited(1, I::Withdrawn)),
        ("unmanaged", Life { owner: Owner::Unmanaged, ..active }),
        ("matched", active),
        ("confirmed", Life { issue: 2, invitation: I::Accepted, ..active }),
        ("suspended", suspended(true, true)),
        ("uninvited", suspended(false, true)),
        ("gone", suspended(true, false)),
        ("gone_uninvited", suspended(false, false)),
        ("deleted", Life { state: State::Deleted, ..suspended(true, false) }),
    ]
}

pub(crate) fn life(name: &str) -> Life {
    lives().into_iter().find(|(known, _)| *known == name).unwrap().1
}
