//! Every state × every command, as data.

use chrono::{DateTime, TimeDelta, Utc};

use super::{POLICY, lives, now, ours, theirs};
use crate::{AddressChange, Command, Deleter, Departure, Effect, Life, decide};

/// What happens: `=` is the same life without effects, `!reason` a refusal, else the next state (`same` for the same
/// one) and the kinds of the effects in their order.
type Row = (&'static str, &'static str, &'static str);

const HIDDEN: &str = "absent gone gone_uninvited deleted";
/// All lives that have not been named for the command before.
const REST: &str = "*";

const TABLE: &[Row] = &[
    ("register", "absent", "active user.registered"),
    ("register", "unmanaged matched confirmed", "="),
    ("register", REST, "!wrong_state"),
    //
    ("provision", "absent inactive no_address", "invited user.invited"),
    ("provision", "unmanaged", "active user.matched"),
    ("provision", "suspended gone", "active user.reactivated"),
    ("provision", "uninvited gone_uninvited", "invited user.invited"),
    ("provision", "held open expired withdrawn matched confirmed", "="),
    ("provision", "deleted", "!not_found"),
    //
    ("provision_without_address", "absent inactive", "staged user.staged"),
    ("provision_without_address", "unmanaged", "active user.matched"),
    ("provision_without_address", "suspended gone", "active user.reactivated"),
    ("provision_without_address", "uninvited gone_uninvited", "staged user.staged"),
    ("provision_without_address", "no_address held open expired withdrawn matched confirmed", "="),
    ("provision_without_address", "deleted", "!not_found"),
    //
    ("provision_inactive", "absent gone_uninvited", "staged user.staged"),
    ("provision_inactive", "no_address held withdrawn matched confirmed", "suspended user.suspended"),
    ("provision_inactive", "open expired", "suspended user.suspended invitation.withdrawn"),
    ("provision_inactive", "unmanaged", "suspended user.matched user.suspended"),
    ("provision_inactive", "gone", "suspended user.relisted"),
    ("provision_inactive", "inactive suspended uninvited", "="),
    ("provision_inactive", "deleted", "!not_found"),
    //
    ("provision_by_another", "absent", "invited user.invited"),
    ("provision_by_another", "unmanaged", "active user.matched"),
    ("provision_by_another", "deleted", "!not_found"),
    ("provision_by_another", REST, "!owned_by_other_connection"),
    //
    ("deactivate", "no_address held withdrawn matched confirmed", "suspended user.suspended"),
    ("deactivate", "open expired", "suspended user.suspended invitation.withdrawn"),
    ("deactivate", "inactive suspended uninvited", "="),
    ("deactivate", "unmanaged", "!not_managed"),
    ("deactivate", HIDDEN, "!not_found"),
    //
    ("depart", "inactive no_address held withdrawn matched confirmed", "suspended user.suspended user.delisted"),
    ("depart", "open expired", "suspended user.suspended invitation.withdrawn user.delisted"),
    ("depart", "suspended uninvited", "suspended user.delisted"),
    ("depart", "unmanaged", "!not_managed"),
    ("depart", HIDDEN, "!not_found"),
    //
    ("deactivate_by_another", "unmanaged", "!not_managed"),
    ("deactivate_by_another", HIDDEN, "!not_found"),
    ("deactivate_by_another", REST, "!owned_by_other_connection"),
    //
    ("depart_by_another", "unmanaged", "!not_managed"),
    ("depart_by_another", HIDDEN, "!not_found"),
    ("depart_by_another", REST, "!owned_by_other_connection"),
    //
    ("profile", "unmanaged", "active user.matched user.updated"),
    ("profile", HIDDEN, "!not_found"),
    ("profile", REST, "same user.updated"),
    //
    ("profile_address_changed", "open expired", "same user.updated invitation.withdrawn"),
    ("profile_address_changed", "unmanaged", "!not_managed"),
    ("profile_address_changed", HIDDEN, "!not_found"),
    ("profile_address_changed", REST, "same user.updated"),
    //
    ("profile_address_lost", "open expired", "same user.updated invitation.withdrawn"),
    ("profile_address_lost", "unmanaged", "!not_managed"),
    ("profile_address_lost", HIDDEN, "!not_found"),
    ("profile_address_lost", REST, "same user.updated"),
    //
    ("profile_address_gained", "no_address", "invited user.updated user.invited"),
    ("profile_address_gained", "unmanaged", "!not_managed"),
    ("profile_address_gained", HIDDEN, "!not_found"),
    ("profile_address_gained", REST, "same user.updated"),
    //
    ("profile_unchanged", HIDDEN, "!not_found"),
    ("profile_unchanged", REST, "="),
    //
    ("profile_by_another", "unmanaged", "active user.matched user.updated"),
    ("profile_by_another", HIDDEN, "!not_found"),
    ("profile_by_another", REST, "!owned_by_other_connection"),
    //
    ("accept", "open", "active user.confirmed"),
    ("accept", "expired", "!invitation_expired"),
    ("accept", "withdrawn uninvited gone_uninvited", "!invitation_withdrawn"),
    ("accept", "confirmed", "="),
    ("accept", "suspended gone", "!invitation_used"),
    ("accept", REST, "!wrong_state"),
    //
    ("accept_other_issue", "open expired withdrawn unmanaged matched confirmed", "!invitation_replaced"),
    ("accept_other_issue", "uninvited gone_uninvited", "!invitation_withdrawn"),
    ("accept_other_issue", "suspended gone", "!invitation_used"),
    ("accept_other_issue", REST, "!wrong_state"),
    //
    ("resend", "held open expired withdrawn", "invited user.invited"),
    ("resend", REST, "!wrong_state"),
    //
    ("withdraw", "open expired", "same invitation.withdrawn"),
    ("withdraw", "withdrawn", "="),
    ("withdraw", REST, "!wrong_state"),
    //
    ("delete_by_admin", "suspended uninvited gone gone_uninvited", "deleted user.deleted"),
    ("delete_by_admin", "deleted", "="),
    ("delete_by_admin", "absent", "!wrong_state"),
    ("delete_by_admin", REST, "!not_deprovisioned"),
    //
    ("retention_too_early", "suspended uninvited gone gone_uninvited", "!retention_not_over"),
    ("retention_too_early", "deleted", "="),
    ("retention_too_early", "absent", "!wrong_state"),
    ("retention_too_early", REST, "!not_deprovisioned"),
    //
    ("retention_due", "suspended uninvited gone gone_uninvited", "deleted user.deleted"),
    ("retention_due", "deleted", "="),
    ("retention_due", "absent", "!wrong_state"),
    ("retention_due", REST, "!not_deprovisioned"),
];

fn command(name: &str, life: &Life) -> (Command, DateTime<Utc>) {
    let provision = |by, active, address| Command::Provision { by, active, address };
    let leave = |by, how| Command::Deprovision { by, how };
    let profile = |by, address| Command::ChangeProfile { by, changed: vec!["name.givenName".to_owned()], address };
    let command = match name {
        "register" => Command::Register,
        "provision" => provision(ours(), true, true),
        "provision_without_address" => provision(ours(), true, false),
        "provision_inactive" => provision(ours(), false, true),
        "provision_by_another" => provision(theirs(), true, true),
        "deactivate" => leave(ours(), Departure::Deactivate),
        "depart" => leave(ours(), Departure::Delete),
        "deactivate_by_another" => leave(theirs(), Departure::Deactivate),
        "depart_by_another" => leave(theirs(), Departure::Delete),
        "profile" => profile(ours(), AddressChange::Same),
        "profile_address_changed" => profile(ours(), AddressChange::Changed),
        "profile_address_lost" => profile(ours(), AddressChange::Lost),
        "profile_address_gained" => profile(ours(), AddressChange::Gained),
        "profile_unchanged" => Command::ChangeProfile { by: ours(), changed: Vec::new(), address: AddressChange::Same },
        "profile_by_another" => profile(theirs(), AddressChange::Same),
        "accept" => Command::Accept { issue: life.issue },
        "accept_other_issue" => Command::Accept { issue: 1 },
        "resend" => Command::Resend,
        "withdraw" => Command::Withdraw,
        "delete_by_admin" => Command::Delete { by: Deleter::Admin },
        "retention_too_early" | "retention_due" => Command::Delete { by: Deleter::Retention },
        other => panic!("no command is called {other}"),
    };
    // The suspended users of the table were deprovisioned ten days ago; the policy keeps them thirty.
    let late = if name == "retention_due" { TimeDelta::days(20) } else { TimeDelta::zero() };
    (command, now() + late)
}

fn outcome(life: &Life, name: &str) -> String {
    let (command, at) = command(name, life);
    match decide(life, &command, at, &POLICY) {
        Ok((next, effects)) if next == *life && effects.is_empty() => "=".to_owned(),
        Ok((next, effects)) => {
            let state = if next.state == life.state { "same" } else { next.state.as_str() };
            let kinds: Vec<_> = std::iter::once(state).chain(effects.iter().map(Effect::kind)).collect();
            kinds.join(" ")
        }
        Err(refusal) => format!("!{}", refusal.reason().as_str()),
    }
}

/// A state that stays the same may be written by its name.
fn agrees(life: &Life, expected: &str, outcome: &str) -> bool {
    let named = outcome.replacen("same", life.state.as_str(), 1);
    outcome == expected || (outcome.starts_with("same") && named == expected)
}

#[test]
fn every_state_answers_every_command_as_the_table_says() {
    let mut commands: Vec<&str> = TABLE.iter().map(|row| row.0).collect();
    commands.dedup();
    for name in commands {
        let rows: Vec<&Row> = TABLE.iter().filter(|row| row.0 == name).collect();
        for (label, life) in lives() {
            let named: Vec<_> = rows.iter().filter(|row| row.1.split(' ').any(|one| one == label)).collect();
            let rest = rows.iter().filter(|row| row.1 == REST);
            let cells: Vec<_> = if named.is_empty() { rest.collect() } else { named };
            assert_eq!(cells.len(), 1, "{label} × {name} must stand in the table once");
            let (expected, real) = (cells[0].2, outcome(&life, name));
            assert!(agrees(&life, expected, &real), "{label} × {name}: {real:?}, not {expected:?}");
        }
    }
}
