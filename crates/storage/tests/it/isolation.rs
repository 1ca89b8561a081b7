//! Two tenants with the same names, labels and even the same ids never meet.

use chrono::TimeDelta;
use usher_storage::{
    CandidateKeys, Changed, GroupRecord, GroupTerm, Order, Page, Subject, UserRecord, UserTerm, Walk, Write,
};

use crate::database::Db;
use crate::records::{Tenant, changed, event, members, now, tenant, token_record};

on_both!(
    r06_r21_names_labels_and_addresses_of_one_tenant_are_free_in_another,
    r20_r22_no_read_of_one_tenant_shows_anything_of_another,
    r20_no_write_of_one_tenant_touches_a_row_of_another,
);

const ALL: Page = Page { offset: 0, limit: 1000 };

/// The same people and groups in two tenants; `mark` tells them apart. Globex has its users' ids from Acme.
async fn twins(db: &Db) -> (Tenant, UserRecord, GroupRecord, Tenant, UserRecord, GroupRecord) {
    let (mut acme, mut globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    "acme".clone_into(&mut acme.connection.name);
    "canary".clone_into(&mut globex.connection.name);
    let ada = person(&acme, None).await;
    let team = acme.group("Team", &[ada.id]).await;
    let canary = person(&globex, Some(&ada)).await;
    let theirs = GroupRecord {
        owner: globex.owner(),
        attributes: r#"{"displayName":"Team","canary":true}"#.to_owned(),
        ..team.clone()
    };
    let write = globex.store.create_group(&theirs).await.unwrap();
    write.add(&[canary.id]).await.unwrap();
    write.finish(&[event("canary", Subject::User(canary.id))]).await.unwrap();
    (acme, ada, team, globex, canary, theirs)
}

async fn person(tenant: &Tenant, twin: Option<&UserRecord>) -> UserRecord {
    let mark = tenant.connection.name.clone();
    let person = tenant.user("ada", |user| {
        user.id = twin.map_or(user.id, |twin| twin.id);
        user.external_id = Some("1".to_owned());
        user.email = Some("ada@acme.example".to_owned());
        user.other_emails = vec!["ada@home.example".to_owned()];
        user.display_name = Some("Ada".to_owned());
        user.attributes = format!(r#"{{"title":"{mark}"}}"#);
    });
    UserRecord { other_emails: Vec::new(), ..person.await }
}

async fn r06_r21_names_labels_and_addresses_of_one_tenant_are_free_in_another(db: Db) {
    let (acme, ada, team, globex, canary, theirs) = twins(&db).await;
    assert_eq!(ada.id, canary.id, "ids may meet too: every key begins with the tenant");
    assert_eq!(acme.store.user(ada.id).await.unwrap(), Some(ada));
    assert_eq!(globex.store.user(canary.id).await.unwrap(), Some(canary));
    assert_eq!(acme.store.group(team.id).await.unwrap(), Some(team));
    assert_eq!(globex.store.group(theirs.id).await.unwrap(), Some(theirs));
}

async fn r20_r22_no_read_of_one_tenant_shows_anything_of_another(db: Db) {
    let (acme, ada, team, globex, canary, _) = twins(&db).await;
    let eve = globex.user("eve", |user| user.email = Some("eve@acme.example".to_owned())).await;
    let vault = globex.group("Vault", &[eve.id, canary.id]).await;
    let (_, token) = token_record(&globex);
    globex.store.create_token(&token, &[event("canary", Subject::Token(token.record.id))]).await.unwrap();
    acme.store.record(&[event("ours", Subject::User(ada.id))]).await.unwrap();
    db.store.system().number_events(100).await.unwrap();

    let store = &acme.store;
    let folded = |text: &str| text.to_owned();
    let user_terms = [
        UserTerm::All,
        UserTerm::Id(ada.id),
        UserTerm::Id(eve.id),
        UserTerm::UserName(folded("ada")),
        UserTerm::UserName(folded("eve")),
        UserTerm::ExternalId(acme.connection.id, folded("1")),
        UserTerm::ExternalId(globex.connection.id, folded("1")),
        UserTerm::Email(folded("ada@acme.example")),
        UserTerm::Email(folded("ada@home.example")),
        UserTerm::Email(folded("eve@acme.example")),
        UserTerm::DisplayName(folded("ada")),
        UserTerm::Active(true),
        UserTerm::Changed(Changed::since(now() - TimeDelta::days(1))),
        UserTerm::Group(team.id),
        UserTerm::Group(vault.id),
    ];
    for term in user_terms {
        let found = store.find_users(&term, Order::Name { descending: false }, ALL, true).await.unwrap();
        let scanned = store.walk_users(&term, Walk::all(100), true).await.unwrap();
        assert_eq!(store.count_users(&term).await.unwrap(), found.len() as u64);
        for (user, groups) in found.iter().chain(&scanned) {
            assert_eq!(user, &ada, "{term:?}");
            assert!(groups.iter().all(|group| group.id == team.id), "{term:?}");
        }
    }
    for term in [
        GroupTerm::All,
        GroupTerm::Id(vault.id),
        GroupTerm::DisplayName(folded("vault")),
        GroupTerm::ExternalId(globex.connection.id, folded("1")),
        GroupTerm::Member(ada.id),
        GroupTerm::Member(eve.id),
        GroupTerm::Changed(Changed::since(now() - TimeDelta::days(1))),
    ] {
        let found = store.find_groups(&term, Order::Id, ALL).await.unwrap();
        let scanned = store.walk_groups(&term, Walk::all(100)).await.unwrap();
        assert_eq!(store.count_groups(&term).await.unwrap(), found.len() as u64);
        assert!(found.iter().chain(&scanned).all(|group| group == &team), "{term:?}");
    }
    let of_ids = store.users_of(&[ada.id, eve.id]).await.unwrap();
    assert!(of_ids.iter().map(|(user, _)| user).eq([&ada]));
    assert!(store.groups_of_ids(&[team.id, vault.id]).await.unwrap().iter().eq([&team]));
    assert_eq!(store.members_of(&[team.id, vault.id], u64::MAX).await.unwrap(), [(team.id, ada.id)]);
    assert_eq!(members(store, vault.id).await, []);
    assert_eq!(members(store, team.id).await, [ada.id]);
    assert_eq!((store.user(eve.id).await.unwrap(), store.group(vault.id).await.unwrap()), (None, None));
    assert!(store.user_with_groups(eve.id).await.unwrap().is_none());
    let keys = CandidateKeys {
        user_name: "eve",
        external_id: Some("1"),
        email: Some("eve@acme.example"),
        connection: globex.connection.id,
    };
    assert_eq!(store.candidates(&keys).await.unwrap(), []);
    let keys = CandidateKeys { user_name: "ada", email: Some("ada@acme.example"), ..keys };
    assert_eq!(store.candidates(&keys).await.unwrap(), [ada]);
    let kinds: Vec<_> = store.events(0, 100).await.unwrap().into_iter().map(|one| one.event.kind).collect();
    assert_eq!(kinds, ["ours"]);
    assert!(store.tokens().await.unwrap().is_empty());
    assert_eq!(store.connections().await.unwrap().len(), 1);
}

async fn r20_no_write_of_one_tenant_touches_a_row_of_another(db: Db) {
    let (acme, ada, team, globex, canary, theirs) = twins(&db).await;
    let (_, token) = token_record(&globex);
    globex.store.create_token(&token, &[]).await.unwrap();
    let eve = globex.user("eve", |_| {}).await;
    let vault = globex.group("Vault", &[eve.id]).await;

    assert!(acme.store.write_user(&changed(&eve), Write::Profile, &[]).await.is_err(), "no such row");
    assert!(acme.store.change_group(vault.id).await.unwrap().is_none());
    assert!(!acme.store.revoke_token(token.record.id, now(), &[]).await.unwrap());
    assert!(!acme.store.mark_token_used(token.record.id, now(), None, &[]).await.unwrap());
    acme.store.write_user(&changed(&ada), Write::Erasure, &[]).await.unwrap();
    acme.store.change_group(team.id).await.unwrap().unwrap().delete(&[]).await.unwrap();

    assert_eq!(globex.store.user(canary.id).await.unwrap(), Some(canary.clone()), "the same id in another tenant");
    assert_eq!(globex.store.group(theirs.id).await.unwrap(), Some(theirs.clone()));
    assert_eq!(members(&globex.store, theirs.id).await, [canary.id]);
    let by_mail = UserTerm::Email("ada@home.example".to_owned());
    assert_eq!(globex.store.count_users(&by_mail).await.unwrap(), 1);
    assert_eq!(globex.store.tokens().await.unwrap()[0].revoked_at, None);
    db.store.system().number_events(100).await.unwrap();
    let events = globex.store.events(0, 100).await.unwrap();
    assert_eq!(events[0].event.data["kind"], "canary", "erasure stays inside the tenant");
}
