//! Whom a create means, case by case and in every order.

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use usher_core::UserId;

use super::{Candidate, How, Match, find};
use crate::tests::{ours, theirs};
use crate::{Owner, Refusal, State};

fn user(number: u8) -> UserId {
    UserId::parse(&format!("01890000-0000-7000-9000-0000000000{number:02x}")).unwrap()
}

fn suspended() -> State {
    State::Suspended { since: DateTime::UNIX_EPOCH, accepted: true }
}

/// `names` has the letters of what is the same: `u`serName, `e`xternalId, `a`ddress.
fn candidate(number: u8, owner: Owner, state: State, names: &str) -> Candidate {
    Candidate {
        user: user(number),
        owner,
        listed: true,
        state,
        same_user_name: names.contains('u'),
        same_external_id: names.contains('e'),
        same_address: names.contains('a'),
    }
}

fn mine(number: u8, state: State, names: &str) -> Candidate {
    candidate(number, Owner::Connection(ours()), state, names)
}

fn others(number: u8, state: State, names: &str) -> Candidate {
    candidate(number, Owner::Connection(theirs()), state, names)
}

fn unmanaged(number: u8, names: &str) -> Candidate {
    candidate(number, Owner::Unmanaged, State::Active, names)
}

fn unlisted(one: Candidate) -> Candidate {
    Candidate { listed: false, ..one }
}

fn existing(number: u8, how: How) -> Match {
    Match::Existing { user: user(number), how }
}

#[test]
fn nobody_known_is_someone_new() {
    assert_eq!(find(ours(), &[], true), Ok(Match::New));
}

#[test]
fn s126_whom_this_connection_deprovisioned_comes_back() {
    assert_eq!(find(ours(), &[mine(1, suspended(), "u")], false), Ok(existing(1, How::Reactivated)));
    assert_eq!(find(ours(), &[unlisted(mine(1, suspended(), "e"))], false), Ok(existing(1, How::Revived)));
    let both = [unlisted(mine(2, suspended(), "u")), unlisted(mine(1, suspended(), "e"))];
    assert_eq!(find(ours(), &both, false), Ok(existing(1, How::Revived)), "externalId before userName");
    let ages = [unlisted(mine(1, suspended(), "u")), unlisted(mine(2, suspended(), "u"))];
    assert_eq!(find(ours(), &ages, false), Ok(existing(2, How::Revived)), "the younger of two");
    let sight = [mine(1, suspended(), "u"), unlisted(mine(2, suspended(), "u"))];
    assert_eq!(find(ours(), &sight, false), Ok(existing(1, How::Reactivated)), "the one in sight");
}

#[test]
fn nobody_comes_back_under_a_name_that_someone_else_has() {
    let back = unlisted(mine(1, suspended(), "e"));
    assert_eq!(find(ours(), &[back, mine(2, State::Active, "u")], true), Err(Refusal::UserNameTaken));
    assert_eq!(find(ours(), &[back, unmanaged(2, "u")], true), Err(Refusal::UserNameTaken));
    assert_eq!(find(ours(), &[back, mine(2, suspended(), "u")], true), Err(Refusal::UserNameTaken));
    let by_name = unlisted(mine(1, suspended(), "u"));
    assert_eq!(find(ours(), &[by_name, mine(2, State::Active, "e")], true), Err(Refusal::ExternalIdTaken));
}

#[test]
fn s125_names_of_users_in_sight_are_taken() {
    let invited = State::Invited { expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(1) };
    for state in [State::Active, invited] {
        assert_eq!(find(ours(), &[mine(1, state, "ue")], true), Err(Refusal::UserNameTaken));
        assert_eq!(find(ours(), &[others(1, state, "u")], true), Err(Refusal::UserNameTaken));
        assert_eq!(find(ours(), &[mine(1, state, "e")], true), Err(Refusal::ExternalIdTaken));
    }
    assert_eq!(find(ours(), &[others(1, suspended(), "u")], true), Err(Refusal::UserNameTaken));
    assert_eq!(find(ours(), &[unlisted(others(1, suspended(), "u"))], true), Ok(Match::New));
    assert_eq!(find(ours(), &[unlisted(mine(1, State::Deleted, "ue"))], true), Ok(Match::New));
}

#[test]
fn s40_the_only_member_with_the_address_is_matched() {
    for names in ["a", "ua"] {
        assert_eq!(find(ours(), &[unmanaged(1, names)], true), Ok(existing(1, How::ByAddress)), "{names}");
    }
}

#[test]
fn s53_an_address_outside_the_domains_matches_nobody() {
    assert_eq!(find(ours(), &[unmanaged(1, "a")], false), Ok(Match::New));
    assert_eq!(find(ours(), &[unmanaged(1, "ua")], false), Err(Refusal::UserNameTaken));
}

#[test]
fn r05_an_address_of_several_members_matches_nobody() {
    for second in [unmanaged(2, "a"), mine(2, State::Active, "a"), others(2, suspended(), "a")] {
        assert_eq!(find(ours(), &[unmanaged(1, "a"), second], true), Err(Refusal::AmbiguousAddress));
    }
    let past = unlisted(others(2, suspended(), "a"));
    assert_eq!(find(ours(), &[unmanaged(1, "a"), past], true), Ok(existing(1, How::ByAddress)));
}

#[test]
fn managed_people_may_share_a_mailbox() {
    assert_eq!(find(ours(), &[mine(1, State::Active, "a"), others(2, State::Active, "a")], true), Ok(Match::New));
}

#[test]
fn r08_a_user_name_alone_never_links() {
    assert_eq!(find(ours(), &[unmanaged(1, "u")], true), Err(Refusal::UserNameTaken));
    let both = [unmanaged(1, "a"), unmanaged(2, "u")];
    assert_eq!(find(ours(), &both, true), Err(Refusal::UserNameTaken));
}

#[test]
fn a_member_whom_the_application_keeps_out_is_not_invited_as_someone_new() {
    let banned = candidate(1, Owner::Unmanaged, suspended(), "a");
    assert_eq!(find(ours(), &[banned], true), Err(Refusal::NotManaged));
}

fn any_candidate(number: u8) -> impl Strategy<Value = Candidate> {
    let owner = prop_oneof![Just(Owner::Unmanaged), Just(Owner::Connection(ours())), Just(Owner::Connection(theirs()))];
    let state = prop_oneof![2 => Just(State::Active), 2 => Just(suspended()), 1 => Just(State::Deleted)];
    (owner, state, any::<[bool; 4]>()).prop_map(move |(owner, state, [listed, name, id, address])| Candidate {
        user: user(number),
        owner,
        listed: listed || state == State::Active,
        state,
        same_user_name: name,
        same_external_id: id && owner == Owner::Connection(ours()),
        same_address: address,
    })
}

fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let all = (any_candidate(1), any_candidate(2), any_candidate(3));
    (all, 0..4_usize).prop_map(|((one, two, three), count)| [one, two, three][..count.min(3)].to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2048) })]

    #[test]
    fn the_order_does_not_matter(candidates in any_candidates(), authorised: bool) {
        let mut reversed = candidates.clone();
        reversed.reverse();
        prop_assert_eq!(find(ours(), &candidates, authorised), find(ours(), &reversed, authorised));
    }

    #[test]
    fn s42_nobody_is_taken_over(candidates in any_candidates(), authorised: bool) {
        if let Ok(Match::Existing { user, how }) = find(ours(), &candidates, authorised) {
            let one = candidates.iter().find(|one| one.user == user).unwrap();
            prop_assert_ne!(one.owner, Owner::Connection(theirs()));
            prop_assert_ne!(one.state, State::Deleted);
            prop_assert_eq!(one.owner == Owner::Unmanaged, how == How::ByAddress);
            if how == How::ByAddress {
                prop_assert!(authorised && one.same_address);
            }
        }
    }

    #[test]
    fn names_in_sight_stay_unique(candidates in any_candidates(), authorised: bool) {
        if let Ok(result) = find(ours(), &candidates, authorised) {
            for other in candidates.iter().filter(|one| one.listed && one.state != State::Deleted) {
                let is_it = matches!(result, Match::Existing { user, .. } if user == other.user);
                prop_assert!(is_it || !(other.same_user_name || other.same_external_id));
            }
        }
    }
}
