//! What the table does not show: numbers, times, and who owns whom afterwards.

use chrono::{DateTime, TimeDelta, Utc};

use super::{POLICY, life, now, ours, theirs};
use crate::{
    AddressChange, Command, Deleter, Departure, Effect, InvitationState, Life, Owner, Policy, Refusal, StagedReason,
    State, decide,
};

fn provision(active: bool, address: bool) -> Command {
    Command::Provision { by: ours(), active, address }
}

fn depart(how: Departure) -> Command {
    Command::Deprovision { by: ours(), how }
}

/// Runs the commands one after the other; all must be allowed.
fn run(start: Life, commands: &[Command]) -> (Life, Vec<Effect>) {
    let mut life = start;
    let mut effects = Vec::new();
    for command in commands {
        let (next, more) = decide(&life, command, now(), &POLICY).unwrap();
        life = next;
        effects.extend(more);
    }
    (life, effects)
}

#[test]
fn s39_a_new_user_gets_the_first_issue_with_the_whole_lifetime() {
    let expires_at = now() + TimeDelta::days(14);
    let (life, effects) = run(Life::absent(), &[provision(true, true)]);
    assert_eq!(effects, [Effect::Invited { issue: 1, expires_at }]);
    let expected = Life {
        state: State::Invited { expires_at },
        owner: Owner::Connection(ours()),
        wanted_active: true,
        listed: true,
        issue: 1,
        invitation: InvitationState::Open,
    };
    assert_eq!(life, expected);
}

#[test]
fn active_shows_what_was_asked_even_when_nobody_can_be_invited() {
    let (waiting, effects) = run(Life::absent(), &[provision(true, false)]);
    assert!(waiting.wanted_active);
    assert_eq!(effects, [Effect::Staged { reason: StagedReason::NoAddress }]);
    let (quiet, effects) = run(Life::absent(), &[provision(false, true)]);
    assert!(!quiet.wanted_active);
    assert_eq!(effects, [Effect::Staged { reason: StagedReason::Inactive }]);
}

#[test]
fn s41_a_matched_member_belongs_to_the_connection_that_asked() {
    for (active, wanted) in [(true, true), (false, false)] {
        let (matched, _) = run(life("unmanaged"), &[provision(active, true)]);
        assert_eq!((matched.owner, matched.wanted_active), (Owner::Connection(ours()), wanted));
    }
    let claim =
        Command::ChangeProfile { by: theirs(), changed: vec!["title".to_owned()], address: AddressChange::Same };
    assert_eq!(run(life("unmanaged"), &[claim]).0.owner, Owner::Connection(theirs()));
}

#[test]
fn whom_the_application_keeps_out_no_provider_lets_in() {
    let banned = Life { owner: Owner::Unmanaged, ..life("suspended") };
    assert_eq!(decide(&banned, &provision(true, true), now(), &POLICY), Err(Refusal::NotManaged));
}

#[test]
fn an_invitation_can_be_accepted_up_to_its_last_instant() {
    let invited = life("open");
    let end = now() + TimeDelta::days(1);
    let accept = Command::Accept { issue: 2 };
    assert!(decide(&invited, &accept, end, &POLICY).is_ok());
    let late = end + TimeDelta::milliseconds(1);
    assert_eq!(decide(&invited, &accept, late, &POLICY), Err(Refusal::InvitationExpired));
}

#[test]
fn a_secret_of_an_issue_that_was_never_made_confirms_nobody() {
    assert_eq!(decide(&life("open"), &Command::Accept { issue: 3 }, now(), &POLICY), Err(Refusal::InvitationReplaced));
}

#[test]
fn r90_an_address_change_kills_the_secret_and_sends_nothing() {
    let moved =
        Command::ChangeProfile { by: ours(), changed: vec!["emails".to_owned()], address: AddressChange::Changed };
    let (changed, effects) = run(life("open"), std::slice::from_ref(&moved));
    let updated = Effect::Updated { changed: vec!["emails".to_owned()] };
    assert_eq!(effects, [updated, Effect::InvitationWithdrawn { issue: 2 }]);
    assert_eq!((changed.issue, changed.invitation), (3, InvitationState::Withdrawn));
    for (issue, refusal) in [(2, Refusal::InvitationReplaced), (3, Refusal::InvitationWithdrawn)] {
        assert_eq!(decide(&changed, &Command::Accept { issue }, now(), &POLICY), Err(refusal));
    }
    let (resent, _) = run(changed, &[provision(true, true), Command::Resend]);
    assert_eq!((resent.issue, resent.invitation), (4, InvitationState::Open));
    assert!(decide(&resent, &Command::Accept { issue: 4 }, now(), &POLICY).is_ok());
}

#[test]
fn s68_s126_a_returning_user_is_listed_and_keeps_the_numbers() {
    let back = run(life("gone"), &[provision(true, true)]).0;
    assert_eq!((back.state, back.listed, back.wanted_active, back.issue), (State::Active, true, true, 2));
    let (back, effects) = run(life("gone_uninvited"), &[provision(true, true)]);
    assert_eq!(effects, [Effect::Invited { issue: 3, expires_at: now() + POLICY.invitation_lifetime }]);
    assert!(back.listed && back.wanted_active);
    for (name, active, address) in [
        ("gone_uninvited", true, false),
        ("gone_uninvited", false, true),
        ("gone", false, true),
        ("uninvited", true, false),
    ] {
        let back = run(life(name), &[provision(active, address)]).0;
        assert_eq!((back.listed, back.wanted_active), (true, active), "{name}");
    }
}

#[test]
fn a_second_departure_does_not_restart_the_retention_time() {
    let (suspended, _) = run(life("confirmed"), &[depart(Departure::Deactivate)]);
    assert_eq!(suspended.state, State::Suspended { since: now(), accepted: true });
    let later = now() + TimeDelta::days(30);
    let (gone, _) = decide(&suspended, &depart(Departure::Delete), later, &POLICY).unwrap();
    assert_eq!(gone.state, suspended.state);
    assert!(decide(&gone, &Command::Delete { by: Deleter::Retention }, later, &POLICY).is_ok());
}

#[test]
fn s70_a_too_early_deletion_names_the_first_possible_instant() {
    let until = now() + TimeDelta::days(20);
    let refused = decide(&life("gone"), &Command::Delete { by: Deleter::Retention }, now(), &POLICY);
    assert_eq!(refused, Err(Refusal::RetentionNotOver { until }));
    let erased = run(life("suspended"), &[Command::Delete { by: Deleter::Admin }]).0;
    assert!(!erased.listed);
}

#[test]
fn a_held_user_whom_the_provider_does_not_want_active_is_not_invited() {
    let held = Life { wanted_active: false, ..life("held") };
    assert_eq!(decide(&held, &Command::Resend, now(), &POLICY), Err(Refusal::WrongState { state: "staged" }));
    let (wanted, effects) = run(held, &[provision(true, true)]);
    assert_eq!(effects, [Effect::Staged { reason: StagedReason::Held }]);
    assert!(matches!(run(wanted, &[Command::Resend]).0.state, State::Invited { .. }));
}

#[test]
fn time_spans_beyond_the_calendar_mean_never() {
    let endless = Policy { invitation_lifetime: TimeDelta::MAX, retention: TimeDelta::MAX };
    let (invited, _) = decide(&Life::absent(), &provision(true, true), now(), &endless).unwrap();
    assert_eq!(invited.state, State::Invited { expires_at: DateTime::<Utc>::MAX_UTC });
    let refused = decide(&life("gone"), &Command::Delete { by: Deleter::Retention }, now(), &endless);
    assert_eq!(refused, Err(Refusal::RetentionNotOver { until: DateTime::<Utc>::MAX_UTC }));
}

#[test]
fn a_row_that_waits_for_an_address_without_being_wanted_is_not_invited_by_gaining_one() {
    let unwanted = Life { wanted_active: false, ..life("no_address") };
    let changed = vec!["emails".to_owned()];
    let gained = Command::ChangeProfile { by: ours(), changed: changed.clone(), address: AddressChange::Gained };
    assert_eq!(run(unwanted, &[gained]), (unwanted, vec![Effect::Updated { changed }]));
    let (wanted, effects) = run(unwanted, &[provision(true, false)]);
    assert!(wanted.wanted_active);
    assert_eq!(effects, [Effect::Staged { reason: StagedReason::NoAddress }]);
}

#[test]
fn a_match_sets_what_is_wanted_whatever_it_was() {
    let unclear = Life { wanted_active: false, ..life("unmanaged") };
    assert!(run(unclear, &[provision(true, true)]).0.wanted_active);
}
