//! Deliveries: planned once for each event, leased by one worker at a time, finished by the one who holds the lease.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use usher_core::{DeliveryId, OsEntropy, UserId};
use usher_storage::{DeliveryKind, DeliveryRecord, EventRecord, NewDelivery, Outcome, Store, Subject, SystemStore};

use crate::database::Db;
use crate::records::{Tenant, event, now, tenant};

on_both!(
    each_event_is_planned_once_whoever_plans_and_how_often,
    two_readers_have_a_cursor_each,
    a_delivery_carries_its_event,
    each_delivery_is_leased_once_by_concurrent_workers,
    a_lease_that_runs_out_passes_to_another_worker_and_the_late_one_is_told,
    a_retry_is_due_at_its_time_and_not_before,
    what_is_finished_is_never_leased_again,
    a_row_that_cannot_be_read_holds_up_no_other,
);

const LEASE: TimeDelta = TimeDelta::minutes(2);

fn user_of(record: &EventRecord) -> UserId {
    match record.event.subject {
        Subject::User(user) => user,
        other => panic!("{other:?} is no user"),
    }
}

/// Plans a mail for every event but those named `quiet`.
fn plan(record: &EventRecord) -> Option<NewDelivery> {
    let id = DeliveryId::mint(now(), &OsEntropy);
    let kind =
        if record.event.kind == "user.confirmed" { DeliveryKind::ConfirmedMail } else { DeliveryKind::InvitationMail };
    (record.event.kind != "quiet").then(|| NewDelivery { id, kind, user: user_of(record) })
}

async fn plan_all(system: &SystemStore) -> usize {
    system.number_events(1000).await.unwrap();
    let mut read = 0;
    loop {
        match system.plan_deliveries("mail", 7, now(), plan).await.unwrap() {
            0 => return read,
            some => read += some,
        }
    }
}

/// A tenant with so many events, each of which causes a mail.
async fn with_events(store: &Store, count: usize) -> Tenant {
    let acme = tenant(store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    for _ in 0..count {
        acme.store.record(&[event("user.invited", Subject::User(ada))]).await.unwrap();
    }
    acme
}

async fn lease(store: &Store, limit: u32, at: DateTime<Utc>) -> Vec<DeliveryRecord> {
    store.system().lease_deliveries(limit, at, LEASE).await.unwrap()
}

async fn each_event_is_planned_once_whoever_plans_and_how_often(db: Db) {
    let acme = with_events(&db.store, 20).await;
    acme.store.record(&[event("quiet", Subject::Tenant)]).await.unwrap();
    let replica = db.replica().await;
    let planners: Vec<_> = (0..8)
        .map(|number| if number % 2 == 0 { db.store.system() } else { replica.system() })
        .map(|system| tokio::spawn(async move { plan_all(&system).await }))
        .collect();
    let mut read = 0;
    for planner in planners {
        read += planner.await.unwrap();
    }
    assert_eq!(read, 21, "no event is read twice");
    assert_eq!(plan_all(&db.store.system()).await, 0);
    assert_eq!(db.number("select count(*) from deliveries").await, 20);
    replica.close().await;
}

async fn two_readers_have_a_cursor_each(db: Db) {
    with_events(&db.store, 3).await;
    let system = db.store.system();
    assert_eq!(plan_all(&system).await, 3);
    assert_eq!(system.plan_deliveries("webhooks", 10, now(), |_| None).await.unwrap(), 3);
    assert_eq!(system.plan_deliveries("webhooks", 10, now(), |_| None).await.unwrap(), 0);
    // A reader that begins anew plans nothing twice.
    assert_eq!(system.plan_deliveries("mail again", 10, now(), plan).await.unwrap(), 3);
    assert_eq!(db.number("select count(*) from deliveries").await, 3);
}

async fn a_delivery_carries_its_event(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    let mut invited = event("user.invited", Subject::User(ada));
    invited.data = serde_json::json!({ "issue": 3 });
    let confirmed = event("user.confirmed", Subject::User(ada));
    acme.store.record(&[invited.clone(), confirmed.clone()]).await.unwrap();
    plan_all(&db.store.system()).await;
    assert!(lease(&db.store, 10, now() - TimeDelta::milliseconds(1)).await.is_empty(), "not due yet");
    let mut leased = lease(&db.store, 10, now()).await;
    leased.sort_by_key(|one| one.event);
    for (one, event, kind) in
        [(&leased[0], &invited, DeliveryKind::InvitationMail), (&leased[1], &confirmed, DeliveryKind::ConfirmedMail)]
    {
        assert_eq!((one.tenant, one.event, one.kind, one.user), (acme.record.id, event.id, kind, ada));
        assert_eq!((one.attempt, one.created_at, &one.data), (1, now(), &event.data));
    }
}

async fn each_delivery_is_leased_once_by_concurrent_workers(db: Db) {
    with_events(&db.store, 40).await;
    plan_all(&db.store.system()).await;
    let replica = db.replica().await;
    let workers: Vec<_> = (0..8)
        .map(|number| if number % 2 == 0 { db.store.clone() } else { replica.clone() })
        .map(|store| {
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let some = lease(&store, 3, now()).await;
                    // Another worker's lock may hide what is left from one round.
                    if some.is_empty() {
                        return mine;
                    }
                    assert!(some.len() <= 3);
                    mine.extend(some);
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all.extend(lease(&db.store, 100, now()).await);
    let distinct: HashSet<_> = all.iter().map(|one| one.id).collect();
    assert_eq!((all.len(), distinct.len()), (40, 40));
    assert!(all.iter().all(|one| one.attempt == 1));
    replica.close().await;
}

async fn a_lease_that_runs_out_passes_to_another_worker_and_the_late_one_is_told(db: Db) {
    with_events(&db.store, 1).await;
    plan_all(&db.store.system()).await;
    let first = lease(&db.store, 1, now()).await.remove(0);
    assert!(lease(&db.store, 1, now() + LEASE - TimeDelta::milliseconds(1)).await.is_empty());
    let second = lease(&db.store, 1, now() + LEASE).await.remove(0);
    assert_eq!((second.id, second.attempt), (first.id, 2));
    let system = db.store.system();
    assert!(!system.finish_deliveries(&[(first.clone(), Outcome::Dead("late".to_owned()))], now()).await.unwrap()[0]);
    assert!(system.finish_deliveries(&[(second.clone(), Outcome::Sent)], now()).await.unwrap()[0]);
    assert!(!system.finish_deliveries(&[(second.clone(), Outcome::Sent)], now()).await.unwrap()[0], "once");
    assert_eq!(db.number("select count(*) from deliveries where state = 'sent' and outcome is null").await, 1);
}

async fn a_retry_is_due_at_its_time_and_not_before(db: Db) {
    with_events(&db.store, 1).await;
    plan_all(&db.store.system()).await;
    let first = lease(&db.store, 1, now()).await.remove(0);
    let again = now() + TimeDelta::seconds(5);
    let retry = Outcome::Retry(again, "451 try later".to_owned());
    assert!(db.store.system().finish_deliveries(&[(first.clone(), retry.clone())], now()).await.unwrap()[0]);
    assert!(lease(&db.store, 1, again - TimeDelta::milliseconds(1)).await.is_empty());
    assert_eq!(lease(&db.store, 1, again).await[0].attempt, 2);
    assert_eq!(db.number("select count(*) from deliveries where outcome = '451 try later'").await, 1);
}

async fn what_is_finished_is_never_leased_again(db: Db) {
    with_events(&db.store, 3).await;
    plan_all(&db.store.system()).await;
    let leased = lease(&db.store, 3, now()).await;
    let outcomes = [Outcome::Sent, Outcome::Skipped("invitation_withdrawn"), Outcome::Dead("550 no".to_owned())];
    for (one, outcome) in leased.iter().zip(&outcomes) {
        assert!(db.store.system().finish_deliveries(&[(one.clone(), outcome.clone())], now()).await.unwrap()[0]);
    }
    assert!(lease(&db.store, 10, now() + TimeDelta::days(400)).await.is_empty());
    let finished = now().timestamp_millis();
    assert_eq!(db.number(&format!("select count(*) from deliveries where finished_at = {finished}")).await, 3);
}

async fn a_row_that_cannot_be_read_holds_up_no_other(db: Db) {
    with_events(&db.store, 3).await;
    plan_all(&db.store.system()).await;
    db.execute(
        "update deliveries set kind = 'strange' where delivery_id = (select delivery_id from deliveries order by delivery_id limit 1)",
    )
    .await;
    db.execute(
        "update events set data = '{' where event_id = (select event_id from deliveries where kind <> 'strange' limit 1)",
    )
    .await;
    assert_eq!(lease(&db.store, 10, now()).await.len(), 1);
    assert!(lease(&db.store, 10, now()).await.is_empty(), "the broken ones wait for their lease to run out too");
}
