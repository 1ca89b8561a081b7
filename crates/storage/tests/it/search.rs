//! Every term, every order, every page.

use chrono::TimeDelta;
use usher_core::{GroupId, OsEntropy, UserId, fold};
use usher_lifecycle::{Life, Owner};
use usher_storage::{Changed, GroupTerm, Order, Page, Place, UserRecord, UserTerm, Walk};

use crate::database::Db;
use crate::plans::multiply;
use crate::records::{Tenant, now, tenant, user_record};

on_both!(
    each_term_finds_its_users_and_no_hidden_one,
    each_term_finds_its_groups,
    pages_and_steps_cut_one_stable_order,
    names_are_ordered_by_their_folded_form_both_ways,
    a_walk_goes_on_from_any_place_in_both_directions,
    a_prefix_is_compared_by_code_points,
    many_rows_of_a_range_are_found_like_few,
    users_come_with_their_groups_if_asked,
    rows_are_found_by_many_ids,
);

const ALL: Page = Page { offset: 0, limit: u64::MAX };

async fn names(tenant: &Tenant, term: &UserTerm) -> Vec<String> {
    let found = tenant.store.find_users(term, Order::Id, ALL, false).await.unwrap();
    let scanned = tenant.store.walk_users(term, Walk::all(1000), true).await.unwrap();
    let ids = |users: &[(UserRecord, Vec<_>)]| users.iter().map(|(user, _)| user.id).collect::<Vec<_>>();
    assert_eq!(ids(&found), ids(&scanned), "{term:?}");
    assert_eq!(tenant.store.count_users(term).await.unwrap(), found.len() as u64, "{term:?}");
    found.into_iter().map(|(user, _)| user.user_name).collect()
}

async fn each_term_finds_its_users_and_no_hidden_one(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("Ada", |user| {
        user.external_id = Some("X-1".to_owned());
        user.display_name = Some("Ada LOVELACE".to_owned());
        user.email = Some("Ada@acme.example".to_owned());
        user.other_emails = vec!["Countess@home.example".to_owned(), "countess@HOME.example".to_owned()];
    });
    let ada = ada.await;
    let grace = acme.user("grace", |user| {
        user.life.wanted_active = false;
        user.updated_at = now() + TimeDelta::hours(1);
        user.email = Some("grace@acme.example".to_owned());
    });
    let grace = grace.await;
    let hidden = acme.user("hidden", |user| {
        user.life = Life { listed: false, ..user.life };
        user.email = Some("ada@acme.example".to_owned());
        user.display_name = Some("Ada Lovelace".to_owned());
    });
    let hidden = hidden.await;
    let team = acme.group("Team", &[ada.id, hidden.id]).await.id;
    let text = |text: &str| text.to_owned();
    for (term, expected) in [
        (UserTerm::All, vec!["Ada", "grace"]),
        (UserTerm::Nobody, vec![]),
        (UserTerm::Id(ada.id), vec!["Ada"]),
        (UserTerm::Id(hidden.id), vec![]),
        (UserTerm::UserName(fold("ADA")), vec!["Ada"]),
        (UserTerm::UserName(text("hidden")), vec![]),
        (UserTerm::ExternalId(acme.connection.id, text("X-1")), vec!["Ada"]),
        (UserTerm::ExternalId(acme.connection.id, text("x-1")), vec![]),
        (UserTerm::Email(text("ada@acme.example")), vec!["Ada"]),
        (UserTerm::Email(text("countess@home.example")), vec!["Ada"]),
        (UserTerm::DisplayName(text("ada lovelace")), vec!["Ada"]),
        (UserTerm::Active(true), vec!["Ada"]),
        (UserTerm::Active(false), vec!["grace"]),
        (UserTerm::Changed(Changed::since(now())), vec!["Ada", "grace"]),
        (UserTerm::Changed(Changed::since(now() + TimeDelta::milliseconds(1))), vec!["grace"]),
        (UserTerm::Changed(Changed { before: Some(now() + TimeDelta::hours(1)), since: None }), vec!["Ada"]),
        (
            UserTerm::Changed(Changed { before: Some(now() + TimeDelta::hours(2)), since: Some(now()) }),
            vec!["Ada", "grace"],
        ),
        (UserTerm::Group(team), vec!["Ada"]),
        (UserTerm::Group(GroupId::mint(now(), &OsEntropy)), vec![]),
        (UserTerm::And(vec![]), vec!["Ada", "grace"]),
        (UserTerm::And(vec![UserTerm::Active(true), UserTerm::Email(text("grace@acme.example"))]), vec![]),
        (UserTerm::And(vec![UserTerm::Active(false), UserTerm::And(vec![UserTerm::Id(grace.id)])]), vec!["grace"]),
    ] {
        assert_eq!(names(&acme, &term).await, expected, "{term:?}");
    }
}

async fn each_term_finds_its_groups(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    let team = acme.group("Team", &[ada]).await.id;
    let write = acme.store.change_group(team).await.unwrap().unwrap();
    let mut group = write.group.clone();
    (group.version, group.external_id, group.updated_at) = (2, Some("G-1".to_owned()), now() + TimeDelta::hours(1));
    write.commit(&group, &[]).await.unwrap();
    let empty = acme.group("Empty", &[]).await.id;
    let text = |text: &str| text.to_owned();
    for (term, expected) in [
        (GroupTerm::All, vec![team, empty]),
        (GroupTerm::Nothing, vec![]),
        (GroupTerm::Id(empty), vec![empty]),
        (GroupTerm::DisplayName(fold("TEAM")), vec![team]),
        (GroupTerm::ExternalId(acme.connection.id, text("G-1")), vec![team]),
        (GroupTerm::ExternalId(acme.connection.id, text("g-1")), vec![]),
        (GroupTerm::Member(ada), vec![team]),
        (GroupTerm::Member(UserId::mint(now(), &OsEntropy)), vec![]),
        (GroupTerm::Changed(Changed::since(now() + TimeDelta::hours(1))), vec![team]),
        (GroupTerm::And(vec![GroupTerm::Member(ada), GroupTerm::DisplayName(text("empty"))]), vec![]),
    ] {
        let found: Vec<_> =
            acme.store.find_groups(&term, Order::Id, ALL).await.unwrap().into_iter().map(|group| group.id).collect();
        let scanned: Vec<_> =
            acme.store.walk_groups(&term, Walk::all(100)).await.unwrap().into_iter().map(|group| group.id).collect();
        assert_eq!((&found, &scanned), (&expected, &expected), "{term:?}");
        assert_eq!(acme.store.count_groups(&term).await.unwrap(), expected.len() as u64, "{term:?}");
    }
}

async fn pages_and_steps_cut_one_stable_order(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let mut expected = acme.crowd(23).await;
    expected.sort();
    let (mut paged, mut scanned, mut after) = (Vec::new(), Vec::new(), None);
    for offset in (0..30).step_by(5) {
        let page = Page { offset, limit: 5 };
        let users = acme.store.find_users(&UserTerm::Active(true), Order::Id, page, false).await.unwrap();
        paged.extend(users.into_iter().map(|(user, _)| user.id));
        let walk = Walk { from: after.as_ref(), ..Walk::all(5) };
        let users = acme.store.walk_users(&UserTerm::Active(true), walk, false).await.unwrap();
        after = users.last().map(|(user, _)| place(user, false)).or(after);
        scanned.extend(users.into_iter().map(|(user, _)| user.id));
    }
    assert_eq!((&paged, &scanned), (&expected, &expected));
    let beyond = Page { offset: u64::MAX, limit: 5 };
    assert!(acme.store.find_users(&UserTerm::All, Order::Id, beyond, false).await.unwrap().is_empty());
    let team = acme.group("Team", &expected).await.id;
    let (group, members) = acme.store.group_with_members(team).await.unwrap().unwrap();
    assert_eq!((group.id, members.iter().collect::<Vec<_>>()), (team, expected.clone()));
    assert_eq!((members.len(), members.get(22), members.get(23)), (23, Some(expected[22]), None));
    let nobody = acme.group("Nobody", &[]).await.id;
    assert!(acme.store.group_with_members(nobody).await.unwrap().unwrap().1.is_empty());
    let globex = tenant(&db.store, "globex").await;
    assert!(globex.store.group_with_members(team).await.unwrap().is_none(), "another tenant's id");
}

fn place(user: &UserRecord, inclusive: bool) -> Place<UserId> {
    Place { name: fold(&user.user_name), id: user.id, inclusive }
}

async fn a_walk_goes_on_from_any_place_in_both_directions(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    for name in ["d", "B", "f", "a", "E", "c"] {
        acme.user(name, |_| {}).await;
        acme.group(name, &[]).await;
    }
    for (order, expected) in [
        (Order::Id, ["d", "B", "f", "a", "E", "c"]),
        (Order::Name { descending: false }, ["a", "B", "c", "d", "E", "f"]),
        (Order::Name { descending: true }, ["f", "E", "d", "c", "B", "a"]),
    ] {
        let all = acme.store.walk_users(&UserTerm::All, Walk { order, ..Walk::all(9) }, false).await.unwrap();
        for (at, (user, _)) in all.iter().enumerate() {
            for (backward, inclusive) in [(false, false), (false, true), (true, false), (true, true)] {
                let from = place(user, inclusive);
                let walk = Walk { order, backward, from: Some(&from), limit: 2 };
                let found = acme.store.walk_users(&UserTerm::All, walk, false).await.unwrap();
                let found: Vec<_> = found.into_iter().map(|(user, _)| user.user_name).collect();
                let skipped = usize::from(!inclusive);
                let meant: Vec<_> = if backward {
                    expected[..=at].iter().rev().skip(skipped).take(2).copied().collect()
                } else {
                    expected[at..].iter().skip(skipped).take(2).copied().collect()
                };
                assert_eq!(found, meant, "{order:?} {from:?} {backward}");
            }
        }
        let from = Walk { order, backward: true, ..Walk::all(2) };
        let last = acme.store.walk_groups(&GroupTerm::All, from).await.unwrap();
        let last: Vec<_> = last.into_iter().map(|group| group.display_name).collect();
        assert_eq!(last, [expected[5], expected[4]], "{order:?}");
    }
}

async fn a_prefix_is_compared_by_code_points(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    for name in ["a", "A1", "a_", "b", "ä", "\u{d7ff}x", "\u{e000}", "\u{10ffff}\u{10ffff}z", "a%"] {
        acme.user(name, |user| user.display_name = Some(name.to_owned())).await;
        acme.group(name, &[]).await;
    }
    acme.user("nameless", |_| {}).await;
    for (prefix, expected) in [
        ("a", &["a", "A1", "a_", "a%"][..]),
        ("a_", &["a_"]),
        ("%", &[]),
        ("\u{d7ff}", &["\u{d7ff}x"]),
        ("\u{10ffff}", &["\u{10ffff}\u{10ffff}z"]),
        ("\u{10ffff}\u{10ffff}", &["\u{10ffff}\u{10ffff}z"]),
        ("", &["a", "A1", "a_", "b", "ä", "\u{d7ff}x", "\u{e000}", "\u{10ffff}\u{10ffff}z", "a%"]),
    ] {
        assert_eq!(names(&acme, &UserTerm::DisplayNamePrefix(fold(prefix))).await, expected, "{prefix:?}");
        let term = GroupTerm::DisplayNamePrefix(fold(prefix));
        let groups = acme.store.find_groups(&term, Order::Id, ALL).await.unwrap();
        assert_eq!(groups.len(), expected.len(), "{prefix:?}");
        assert_eq!(acme.store.count_groups(&term).await.unwrap(), expected.len() as u64, "{prefix:?}");
    }
}

/// Beyond 20 000 rows another statement is used.
async fn many_rows_of_a_range_are_found_like_few(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    acme.user("first", |user| {
        user.display_name = Some("d0".to_owned());
        user.updated_at = now() + TimeDelta::hours(1);
    })
    .await;
    acme.group("Team", &[]).await;
    multiply(&db, 20_001).await;
    let everybody = Changed::since(now());
    let none = Changed { before: everybody.since, ..Changed::default() };
    for (term, found, total) in [
        (UserTerm::Changed(everybody), 3, 20_002),
        (UserTerm::Changed(none), 0, 0),
        (UserTerm::DisplayNamePrefix("d".to_owned()), 3, 20_002),
        (UserTerm::DisplayNamePrefix("d2000".to_owned()), 3, 3),
        (UserTerm::And(vec![UserTerm::DisplayNamePrefix("d".to_owned()), UserTerm::Changed(none)]), 0, 0),
        (UserTerm::And(vec![UserTerm::Active(true), UserTerm::Changed(everybody)]), 3, 20_002),
    ] {
        assert_eq!(acme.store.count_users(&term).await.unwrap(), total, "{term:?}");
        for order in [Order::Id, Order::Name { descending: true }] {
            let page = acme.store.find_users(&term, order, Page { offset: 0, limit: 3 }, false).await.unwrap();
            let walked = acme.store.walk_users(&term, Walk { order, ..Walk::all(3) }, false).await.unwrap();
            assert_eq!((page.len(), &page), (found, &walked), "{term:?} {order:?}");
        }
    }
}

async fn names_are_ordered_by_their_folded_form_both_ways(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    for name in ["b", "Ä", "A", "z", "Straße", "strassf", "_", "1"] {
        acme.user(name, |_| {}).await;
        acme.group(name, &[]).await;
    }
    let expected = ["1", "_", "A", "b", "Straße", "strassf", "z", "Ä"];
    for descending in [false, true] {
        let order = Order::Name { descending };
        let users = acme.store.find_users(&UserTerm::All, order, ALL, false).await.unwrap();
        let groups = acme.store.find_groups(&GroupTerm::All, order, ALL).await.unwrap();
        let mut users: Vec<_> = users.into_iter().map(|(user, _)| user.user_name).collect();
        let mut groups: Vec<_> = groups.into_iter().map(|group| group.display_name).collect();
        if descending {
            users.reverse();
            groups.reverse();
        }
        assert_eq!((users, groups), (expected.map(str::to_owned).to_vec(), expected.map(str::to_owned).to_vec()));
    }
}

async fn users_come_with_their_groups_if_asked(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    let name = "Quote \" backslash \\ line\u{2028} ";
    let (one, two) = (acme.group(name, &[ada]).await.id, acme.group("Two", &[ada]).await.id);
    let groups = async |asked| {
        let found = acme.store.find_users(&UserTerm::Id(ada), Order::Id, ALL, asked).await.unwrap();
        found[0].1.iter().map(|group| (group.id, group.display_name.clone())).collect::<Vec<_>>()
    };
    assert_eq!(groups(true).await, [(one, name.to_owned()), (two, "Two".to_owned())]);
    assert_eq!(groups(false).await, []);
}

async fn rows_are_found_by_many_ids(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ids = acme.crowd(12).await;
    let hidden = acme.user("hidden", |user| user.life.listed = false).await.id;
    let nobody = user_record(Owner::Unmanaged, "x").id;
    let asked: Vec<UserId> = ids[..10].iter().copied().chain([hidden, nobody]).collect();
    let mut found: Vec<_> = acme.store.users_of(&asked).await.unwrap().into_iter().map(|(user, _)| user.id).collect();
    found.sort();
    assert_eq!(found, ids[..10]);
    assert!(acme.store.users_of(&[]).await.unwrap().is_empty());

    let (one, two) = (acme.group("One", &ids[..2]).await.id, acme.group("Two", &ids[1..3]).await.id);
    assert_eq!(acme.store.groups_of_ids(&[one]).await.unwrap()[0].id, one);
    assert_eq!(
        acme.store.members_of(&[two, one], u64::MAX).await.unwrap(),
        [(one, ids[0]), (one, ids[1]), (two, ids[1]), (two, ids[2])]
    );
    assert!(acme.store.members_of(&[], u64::MAX).await.unwrap().is_empty());
}
