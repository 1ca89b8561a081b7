//! Properties over sequences of commands with a moving clock.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{ours, theirs};
use crate::{
    AddressChange, Command, Deleter, Departure, Effect, InvitationState, Life, Owner, Policy, Refusal, StagedReason,
    State, decide,
};

const POLICY: Policy = Policy { invitation_lifetime: TimeDelta::hours(24), retention: TimeDelta::hours(48) };

/// One command of a history, and what it did.
struct Step {
    before: Life,
    command: Command,
    at: DateTime<Utc>,
    after: Life,
    effects: Vec<Effect>,
    refusal: Option<Refusal>,
}

/// An `Accept` of the generator says how many issues its secret is behind the latest.
fn any_command() -> impl Strategy<Value = Command> {
    let by = prop_oneof![6 => Just(ours()), 1 => Just(theirs())];
    let how = prop_oneof![Just(Departure::Deactivate), Just(Departure::Delete)];
    let address = prop_oneof![
        Just(AddressChange::Same),
        Just(AddressChange::Changed),
        Just(AddressChange::Gained),
        Just(AddressChange::Lost)
    ];
    let changed = prop_oneof![1 => Just(Vec::new()), 4 => Just(vec!["displayName".to_owned()])];
    prop_oneof![
        1 => Just(Command::Register),
        8 => (by.clone(), prop::bool::weighted(0.8), prop::bool::weighted(0.8))
            .prop_map(|(by, active, address)| Command::Provision { by, active, address }),
        4 => (by.clone(), how).prop_map(|(by, how)| Command::Deprovision { by, how }),
        3 => (by, changed, address)
            .prop_map(|(by, changed, address)| Command::ChangeProfile { by, changed, address }),
        6 => prop_oneof![4 => Just(0), 1 => 1..3_u32].prop_map(|issue| Command::Accept { issue }),
        2 => Just(Command::Resend),
        1 => Just(Command::Withdraw),
        1 => prop_oneof![1 => Just(Deleter::Admin), 4 => Just(Deleter::Retention)]
            .prop_map(|by| Command::Delete { by }),
    ]
}

/// Commands with the hours that pass before each.
fn any_plan() -> impl Strategy<Value = Vec<(Command, i64)>> {
    vec((any_command(), prop_oneof![3 => 0..6_i64, 1 => 6..72_i64]), 1..40)
}

fn replay(plan: Vec<(Command, i64)>) -> Vec<Step> {
    let mut life = Life::absent();
    let mut at = DateTime::UNIX_EPOCH;
    let mut steps = Vec::new();
    for (planned, hours) in plan {
        at += TimeDelta::hours(hours);
        let command = match planned {
            Command::Accept { issue: behind } => Command::Accept { issue: life.issue.saturating_sub(behind) },
            other => other,
        };
        let before = life;
        let (effects, refusal) = match decide(&before, &command, at, &POLICY) {
            Ok((next, effects)) => {
                life = next;
                (effects, None)
            }
            Err(refusal) => (Vec::new(), Some(refusal)),
        };
        steps.push(Step { before, command, at, after: life, effects, refusal });
    }
    steps
}

fn is_update(effect: &Effect) -> bool {
    matches!(effect, Effect::Updated { .. })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_repeated_command_changes_nothing(plan in any_plan(), hours in 0..72_i64) {
        for step in replay(plan).into_iter().filter(|step| step.refusal.is_none()) {
            let again = match step.command {
                // The caller compares values: what was changed a moment ago differs no more.
                Command::ChangeProfile { by, address, .. } => {
                    Command::ChangeProfile { by, changed: Vec::new(), address }
                }
                Command::Resend => continue,
                other => other,
            };
            let result = decide(&step.after, &again, step.at + TimeDelta::hours(hours), &POLICY);
            if matches!(again, Command::Deprovision { how: Departure::Delete, .. }) {
                prop_assert_eq!(result, Err(Refusal::NotFound));
            } else {
                prop_assert_eq!(result, Ok((step.after, Vec::new())), "{:?}", again);
            }
        }
    }

    #[test]
    fn every_change_of_the_life_is_a_fact_and_every_fact_a_change(plan in any_plan()) {
        for step in replay(plan) {
            // The profile stands outside the life.
            let facts = step.effects.iter().filter(|effect| !is_update(effect)).count();
            prop_assert_eq!(step.before != step.after, facts > 0, "{:?}", step.command);
        }
    }

    #[test]
    fn nobody_gets_a_second_invitation_unasked(plan in any_plan()) {
        let (mut sent, mut occasions) = (0, 1);
        for step in replay(plan) {
            for effect in &step.effects {
                if let Effect::Invited { issue, .. } = effect {
                    prop_assert!(*issue > step.before.issue);
                    prop_assert_eq!(*issue, step.after.issue);
                    sent += 1;
                }
                occasions += u32::from(matches!(effect, Effect::Suspended { .. }));
            }
            occasions += u32::from(step.command == Command::Resend && step.refusal.is_none());
            prop_assert!(sent <= occasions, "{sent} invitations for {occasions} occasions");
        }
    }

    #[test]
    fn only_the_latest_open_unexpired_issue_confirms(plan in any_plan()) {
        let mut open = None;
        for step in replay(plan) {
            for effect in &step.effects {
                if let Effect::Invited { issue, expires_at } = effect {
                    open = Some((*issue, *expires_at));
                }
                if let Effect::InvitationWithdrawn { issue } = effect {
                    prop_assert_eq!(open.take().map(|(issue, _)| issue), Some(*issue));
                }
                if let Effect::Confirmed { issue } = effect {
                    prop_assert_eq!(&step.command, &Command::Accept { issue: *issue });
                    let (latest, expires_at) = open.take().unwrap();
                    prop_assert_eq!(*issue, latest);
                    prop_assert!(step.at <= expires_at);
                }
            }
            let is_open = step.after.invitation == InvitationState::Open;
            prop_assert_eq!(is_open, open.is_some());
        }
    }

    #[test]
    fn an_open_invitation_is_confirmed_by_its_own_secret(plan in any_plan()) {
        for step in replay(plan) {
            if let (State::Invited { expires_at }, InvitationState::Open) = (step.after.state, step.after.invitation) {
                let accept = Command::Accept { issue: step.after.issue };
                let (active, effects) = decide(&step.after, &accept, expires_at, &POLICY).unwrap();
                prop_assert_eq!(active.state, State::Active);
                prop_assert_eq!(effects, vec![Effect::Confirmed { issue: step.after.issue }]);
            }
        }
    }

    #[test]
    fn only_the_suspended_are_deleted_and_by_policy_only_in_time(plan in any_plan()) {
        let mut suspended_at = None;
        for step in replay(plan) {
            for effect in &step.effects {
                if matches!(effect, Effect::Suspended { .. }) {
                    suspended_at = Some(step.at);
                }
                if matches!(effect, Effect::Reactivated | Effect::Invited { .. } | Effect::Staged { .. }) {
                    suspended_at = None;
                }
                if matches!(effect, Effect::Deleted) {
                    let waited = step.at - suspended_at.unwrap();
                    let by_policy = step.command == Command::Delete { by: Deleter::Retention };
                    prop_assert!(!by_policy || waited >= POLICY.retention, "after {waited}");
                }
            }
        }
    }

    #[test]
    fn after_deletion_nothing_happens(plan in any_plan()) {
        for step in replay(plan).iter().filter(|step| step.before.state == State::Deleted) {
            prop_assert_eq!(step.before, step.after);
            prop_assert!(step.effects.is_empty());
        }
    }

    #[test]
    fn numbers_never_fall_and_owners_never_change(plan in any_plan()) {
        for step in replay(plan) {
            prop_assert!(step.after.issue >= step.before.issue);
            if let Owner::Connection(_) = step.before.owner {
                prop_assert_eq!(step.before.owner, step.after.owner);
            }
        }
    }

    #[test]
    fn active_is_what_was_asked_last(plan in any_plan()) {
        let mut asked = false;
        for step in replay(plan) {
            if step.refusal.is_none() {
                asked = match step.command {
                    Command::Provision { active, .. } => active,
                    Command::Deprovision { .. } => false,
                    Command::Register => true,
                    Command::ChangeProfile { .. }
                    | Command::Accept { .. }
                    | Command::Resend
                    | Command::Withdraw
                    | Command::Delete { .. } => asked,
                };
            }
            prop_assert_eq!(step.after.wanted_active, asked, "{:?}", step.command);
        }
    }

    #[test]
    fn only_its_owner_brings_a_suspended_user_back(plan in any_plan()) {
        for step in replay(plan).iter().filter(|step| matches!(step.before.state, State::Suspended { .. })) {
            let left = !matches!(step.after.state, State::Suspended { .. } | State::Deleted);
            let by_owner = matches!(&step.command,
                Command::Provision { by, .. } if step.before.owner == Owner::Connection(*by));
            prop_assert!(!left || by_owner, "{:?}", step.command);
        }
    }

    #[test]
    fn the_parts_of_a_life_agree(plan in any_plan()) {
        use InvitationState as I;
        for Step { after: life, .. } in replay(plan) {
            let (listed, wanted, invitation) = (life.listed, life.wanted_active, life.invitation);
            let agree = match life.state {
                State::Absent => life == Life::absent(),
                State::Staged { reason: StagedReason::Inactive } => listed && !wanted && invitation != I::Open,
                State::Staged { .. } => listed && wanted && matches!(invitation, I::None | I::Withdrawn),
                State::Invited { .. } => listed && wanted && matches!(invitation, I::Open | I::Withdrawn),
                State::Active => listed && wanted && matches!(invitation, I::None | I::Accepted),
                State::Suspended { accepted: true, .. } => !wanted && matches!(invitation, I::None | I::Accepted),
                State::Suspended { .. } => !wanted && matches!(invitation, I::None | I::Withdrawn),
                State::Deleted => !listed && !wanted && invitation != I::Open,
            };
            prop_assert!(agree, "{life:?}");
        }
    }
}
