//! Writers at the same time, through two stores on one database, as two replicas are.

use std::time::Duration;

use usher_core::{GroupId, UserId};
use usher_lifecycle::{Life, State};
use usher_storage::{GroupRecord, StorageError, Subject, TenantStore, Unique, UserRecord, UserTerm, Write};

use crate::database::Db;
use crate::records::{Tenant, changed, event, members, now, tenant, user_record};

on_both!(
    r80_32_writers_through_two_replicas_lose_no_member_and_none_is_refused,
    r81_of_eight_inserts_of_one_name_one_wins_and_seven_are_told_it_is_taken,
    of_eight_writes_over_one_version_one_wins,
    a_user_who_departs_while_being_added_to_a_group_is_in_no_group,
    departures_of_members_of_the_same_groups_wait_for_each_other,
);

async fn two(db: &Db) -> (Tenant, [TenantStore; 2]) {
    let acme = tenant(&db.store, "acme").await;
    let replica = db.replica().await.system().scope_of(&acme.record);
    let stores = [acme.store.clone(), replica];
    (acme, stores)
}

async fn swap(store: TenantStore, group: GroupId, comes: UserId, goes: UserId) {
    for (user, joins) in [(comes, true), (goes, false)] {
        let write = store.change_group(group).await.unwrap().unwrap();
        let changed = if joins { write.add(&[user]).await } else { write.remove(&[user]).await };
        assert_eq!(changed.unwrap(), [user]);
        let next = GroupRecord { version: write.group.version + 1, ..write.group.clone() };
        write.commit(&next, &[event("group.changed", Subject::Group(group))]).await.unwrap();
    }
}

async fn r80_32_writers_through_two_replicas_lose_no_member_and_none_is_refused(db: Db) {
    let (acme, stores) = two(&db).await;
    let users = acme.crowd(64).await;
    let (old, new) = users.split_at(32);
    let group = acme.group("Team", old).await.id;
    let writers: Vec<_> =
        (0..32).map(|number| tokio::spawn(swap(stores[number % 2].clone(), group, new[number], old[number]))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(members(&acme.store, group).await, new);
    assert_eq!(acme.store.group(group).await.unwrap().unwrap().version, 65);
    db.store.system().number_events(100).await.unwrap();
    assert_eq!(acme.store.events(0, 100).await.unwrap().len(), 64);
}

async fn r81_of_eight_inserts_of_one_name_one_wins_and_seven_are_told_it_is_taken(db: Db) {
    let (acme, stores) = two(&db).await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (store, user) = (stores[number % 2].clone(), user_record(acme.owner(), "Ada"));
            tokio::spawn(async move {
                store.write_user(&user, Write::Insert, &[event("user.invited", Subject::User(user.id))]).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(StorageError::Taken(Unique::UserName)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    db.store.system().number_events(100).await.unwrap();
    assert_eq!((won, acme.store.events(0, 100).await.unwrap().len()), (1, 1));
    assert_eq!(acme.store.count_users(&UserTerm::All).await.unwrap(), 1);
}

async fn of_eight_writes_over_one_version_one_wins(db: Db) {
    let (acme, stores) = two(&db).await;
    let ada = acme.user("ada", |_| {}).await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (store, user) = (stores[number % 2].clone(), changed(&ada));
            tokio::spawn(async move {
                store.write_user(&user, Write::State, &[event("user.confirmed", Subject::User(user.id))]).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(StorageError::VersionConflict) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    db.store.system().number_events(100).await.unwrap();
    assert_eq!((won, acme.store.events(0, 100).await.unwrap().len()), (1, 1));
}

fn departed(user: &UserRecord) -> UserRecord {
    let state = State::Suspended { since: now(), accepted: true };
    UserRecord { life: Life { listed: false, state, ..user.life }, suspended_at: Some(now()), ..changed(user) }
}

async fn a_user_who_departs_while_being_added_to_a_group_is_in_no_group(db: Db) {
    let (acme, stores) = two(&db).await;
    let ada = acme.user("ada", |_| {}).await;
    let group = acme.group("Team", &[]).await.id;
    let write = acme.store.change_group(group).await.unwrap().unwrap();
    assert_eq!(write.known(&[ada.id]).await.unwrap(), [ada.id]);
    let (store, gone) = (stores[1].clone(), departed(&ada));
    let mut departure = tokio::spawn(async move { store.write_user(&gone, Write::Departure, &[]).await });
    // Whether the departure waits for the group or has already ended, nobody is left behind in it.
    let early = tokio::time::timeout(Duration::from_millis(200), &mut departure).await;
    write.add(&[ada.id]).await.unwrap();
    write.finish(&[]).await.unwrap();
    match early {
        Ok(done) => done.unwrap().unwrap(),
        Err(_) => departure.await.unwrap().unwrap(),
    }
    assert!(!acme.store.user(ada.id).await.unwrap().unwrap().life.listed);
    assert!(members(&acme.store, group).await.is_empty());
}

async fn departures_of_members_of_the_same_groups_wait_for_each_other(db: Db) {
    let (acme, stores) = two(&db).await;
    let mut users = Vec::new();
    for number in 0..16 {
        users.push(acme.user(&format!("user-{number}"), |_| {}).await);
    }
    let ids: Vec<_> = users.iter().map(|user| user.id).collect();
    let mut groups = Vec::new();
    for number in 0..4 {
        groups.push(acme.group(&format!("group-{number}"), &ids).await.id);
    }
    let mut tasks = Vec::new();
    for (number, user) in users.iter().enumerate() {
        let (store, gone) = (stores[number % 2].clone(), departed(user));
        tasks.push(tokio::spawn(async move { store.write_user(&gone, Write::Departure, &[]).await }));
        let (store, group, id) = (stores[(number + 1) % 2].clone(), groups[number % 4], user.id);
        tasks.push(tokio::spawn(async move {
            let write = store.change_group(group).await?.expect("it stays");
            if write.known(&[id]).await? == [id] {
                write.add(&[id]).await?;
            }
            write.finish(&[]).await
        }));
    }
    for task in tasks {
        task.await.unwrap().expect("no deadlock");
    }
    assert_eq!(acme.store.members_of(&groups, u64::MAX).await.unwrap(), []);
}
