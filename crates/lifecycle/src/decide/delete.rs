//! Erasure, the last step (S69 to S71).

use chrono::{DateTime, Utc};

use super::{Decision, Policy, later, unchanged, wrong_state};
use crate::{Deleter, Effect, Life, Refusal, State};

pub(super) fn delete(life: &Life, by: Deleter, now: DateTime<Utc>, policy: &Policy) -> Decision {
    match life.state {
        State::Staged { .. } | State::Invited { .. } | State::Active => Err(Refusal::NotDeprovisioned),
        State::Suspended { since, .. } => {
            let until = later(since, policy.retention);
            match by {
                Deleter::Retention if now < until => Err(Refusal::RetentionNotOver { until }),
                Deleter::Retention | Deleter::Admin => {
                    Ok((Life { state: State::Deleted, listed: false, ..*life }, vec![Effect::Deleted]))
                }
            }
        }
        State::Deleted => unchanged(life),
        State::Absent => wrong_state(life),
    }
}
