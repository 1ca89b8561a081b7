//! Groups: members are rows, changed under the group's lock.

use usher_core::UserId;
use usher_storage::{GroupRecord, StorageError, Subject, Unique};

use crate::database::Db;
use crate::records::{event, group_record, members, tenant};

on_both!(
    members_come_and_go_and_only_real_changes_are_told,
    r64_an_addition_to_5000_members_keeps_5000,
    a_group_is_written_read_and_deleted,
    names_and_external_ids_of_groups_are_unique,
    a_write_that_is_dropped_undoes_everything,
    only_listed_users_of_the_tenant_are_known,
);

fn sorted(mut users: Vec<UserId>) -> Vec<UserId> {
    users.sort();
    users
}

async fn members_come_and_go_and_only_real_changes_are_told(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let users = acme.crowd(4).await;
    let group = acme.group("Team", &users[..2]).await;
    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    assert_eq!(write.group, group);
    assert_eq!(sorted(write.add(&users[1..3]).await.unwrap()), [users[2]]);
    assert_eq!(sorted(write.add(&users[1..3]).await.unwrap()), []);
    assert_eq!(write.add(&[]).await.unwrap(), []);
    assert_eq!(sorted(write.remove(&[users[0], users[3]]).await.unwrap()), [users[0]]);
    assert_eq!(write.members().await.unwrap(), users[1..3]);
    assert_eq!(sorted(write.clear().await.unwrap()), users[1..3]);
    assert_eq!(write.add(&users[3..]).await.unwrap(), users[3..]);
    write.finish(&[]).await.unwrap();
    assert_eq!(members(&acme.store, group.id).await, users[3..]);
}

async fn r64_an_addition_to_5000_members_keeps_5000(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    let group = acme.group("Everyone", &[]).await;
    let tenant_id = acme.record.id.as_uuid().simple().to_string();
    let group_id = group.id.as_uuid().simple().to_string();
    fill(&db, &tenant_id, &group_id).await;
    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    assert_eq!(write.add(&[ada]).await.unwrap(), [ada]);
    let next = GroupRecord { version: 2, ..group.clone() };
    write.commit(&next, &[event("group.members_added", Subject::Group(group.id))]).await.unwrap();
    let all = members(&acme.store, group.id).await;
    assert_eq!((all.len(), all.contains(&ada)), (5001, true));

    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    assert_eq!(write.known(&all).await.unwrap().len(), 5001);
    assert_eq!(write.remove(&all[..5000]).await.unwrap().len(), 5000);
    assert_eq!(write.add(&all[..5000]).await.unwrap().len(), 5000);
    write.finish(&[]).await.unwrap();
    assert_eq!(acme.store.members_of(&[group.id], u64::MAX).await.unwrap().len(), 5001);
}

/// 5,000 users and memberships in three statements, so that the test does not take 5,000 transactions.
async fn fill(db: &Db, tenant: &str, group: &str) {
    let (numbers, id, tenant, group) = if db.is_postgres() {
        let numbers = "select n from generate_series(1, 5000) n";
        (numbers, "lpad(to_hex(n), 32, '0')::uuid", format!("'{tenant}'::uuid"), format!("'{group}'::uuid"))
    } else {
        let numbers = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 5000) select n from c";
        (numbers, "unhex(printf('%032x', n))", format!("x'{tenant}'"), format!("x'{group}'"))
    };
    db.execute(&format!(
        "insert into users (tenant_id, user_id, user_name, user_name_folded, active, state, invitation, invitation_issue, \
         attributes, version, created_at, updated_at) select {tenant}, {id}, 'u' || n, 'u' || n, true, 'active', 'none', 0, '{{}}', \
         1, 0, 0 from ({numbers}) numbers"
    ))
    .await;
    db.execute(&format!(
        "insert into memberships (tenant_id, group_id, user_id) select {tenant}, {group}, {id} from ({numbers}) numbers"
    ))
    .await;
}

async fn a_group_is_written_read_and_deleted(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    let group = acme.group("Team", &[ada]).await;
    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    let next =
        GroupRecord { display_name: "Crew".to_owned(), external_id: Some("g".to_owned()), version: 2, ..group.clone() };
    write.commit(&next, &[]).await.unwrap();
    assert_eq!(acme.store.group(group.id).await.unwrap(), Some(next.clone()));

    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    let stale = write.commit(&next, &[]).await;
    assert!(matches!(stale, Err(StorageError::VersionConflict)), "{stale:?}");

    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    write.delete(&[event("group.deleted", Subject::Group(group.id))]).await.unwrap();
    assert_eq!(acme.store.group(group.id).await.unwrap(), None);
    assert!(acme.store.change_group(group.id).await.unwrap().is_none());
    assert!(members(&acme.store, group.id).await.is_empty());
    assert!(acme.store.user(ada).await.unwrap().is_some(), "S89: the group goes, its members stay");
    acme.group("Crew", &[]).await;
}

async fn names_and_external_ids_of_groups_are_unique(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let labelled = |name: &str| GroupRecord { external_id: Some("g".to_owned()), ..group_record(acme.owner(), name) };
    acme.store.create_group(&labelled("Team")).await.unwrap().finish(&[]).await.unwrap();
    let name = acme.store.create_group(&group_record(acme.owner(), "TEAM")).await;
    assert!(matches!(name, Err(StorageError::Taken(Unique::GroupName))));
    let label = acme.store.create_group(&labelled("Crew")).await;
    assert!(matches!(label, Err(StorageError::Taken(Unique::GroupExternalId))));

    let crew = acme.group("Crew", &[]).await;
    for (next, unique) in [
        (GroupRecord { display_name: "team".to_owned(), version: 2, ..crew.clone() }, Unique::GroupName),
        (GroupRecord { external_id: Some("g".to_owned()), version: 2, ..crew.clone() }, Unique::GroupExternalId),
    ] {
        let write = acme.store.change_group(crew.id).await.unwrap().unwrap();
        let taken = write.commit(&next, &[]).await;
        assert!(matches!(taken, Err(StorageError::Taken(found)) if found == unique), "{taken:?}");
    }
    assert_eq!(acme.store.group(crew.id).await.unwrap(), Some(crew));
}

async fn a_write_that_is_dropped_undoes_everything(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let users = acme.crowd(2).await;
    let group = acme.group("Team", &users[..1]).await;
    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    write.clear().await.unwrap();
    write.add(&users[1..]).await.unwrap();
    drop(write);
    drop(acme.store.create_group(&group_record(acme.owner(), "Ghost")).await.unwrap());
    assert_eq!(members(&acme.store, group.id).await, users[..1]);
    acme.group("Ghost", &[]).await;
}

async fn only_listed_users_of_the_tenant_are_known(db: Db) {
    let (acme, globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    let ada = acme.user("ada", |_| {}).await.id;
    let hidden = acme.user("hidden", |user| user.life.listed = false).await.id;
    let foreign = globex.user("eve", |_| {}).await.id;
    let group = acme.group("Team", &[]).await;
    let write = acme.store.change_group(group.id).await.unwrap().unwrap();
    assert_eq!(write.known(&[ada, hidden, foreign]).await.unwrap(), [ada]);
    assert!(write.add(&[foreign]).await.is_err(), "the foreign key holds where the question was forgotten");
}
