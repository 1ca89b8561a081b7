//! The log: everything in it once, in an order that no reader can miss.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, TransactionTrait};
use usher_core::{ConnectionId, EventId, GroupId, OsEntropy, TokenId, UserId};
use usher_storage::{Actor, EventRecord, NewEvent, Store, Subject, TenantStore, UserRecord, Write};

use crate::database::{Db, on_postgres};
use crate::records::{changed, event, now, tenant};

on_both!(
    an_event_is_read_as_written,
    events_are_read_in_pieces_in_their_order,
    r95_a_reader_misses_no_event_of_32_writers_and_sees_none_twice,
);

const WRITERS: i64 = 32;
const EACH: i64 = 6;

async fn an_event_is_read_as_written(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let actors = [
        Actor::Token(TokenId::mint(now(), &OsEntropy)),
        Actor::Person(UserId::mint(now(), &OsEntropy)),
        Actor::Operator,
        Actor::System,
    ];
    let subjects = [
        Subject::User(UserId::mint(now(), &OsEntropy)),
        Subject::Group(GroupId::mint(now(), &OsEntropy)),
        Subject::Token(TokenId::mint(now(), &OsEntropy)),
        Subject::Connection(ConnectionId::mint(now(), &OsEntropy)),
        Subject::Tenant,
    ];
    let mut written = Vec::new();
    for actor in actors {
        for subject in subjects {
            let full = actor == Actor::Operator;
            written.push(NewEvent {
                actor,
                connection: full.then_some(acme.connection.id),
                request_id: full.then(|| "req \"1\"".to_owned()),
                reason: full.then(|| "switched_off".to_owned()),
                data: serde_json::json!({ "before": { "a": [1, null, "\u{1F9D1}"] } }),
                ..event("refused.switched_off", subject)
            });
        }
    }
    acme.store.record(&written).await.unwrap();
    acme.store.record(&[]).await.unwrap();
    let read = all(&db.store, &acme.store).await;
    let text = |events: Vec<NewEvent>| events.iter().map(|event| format!("{event:?}")).collect::<Vec<_>>();
    assert!(read.iter().all(|one| one.tenant == acme.record.id));
    assert_eq!(text(read.into_iter().map(|one| one.event).collect()), text(written));
}

async fn events_are_read_in_pieces_in_their_order(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let other = tenant(&db.store, "globex").await;
    for step in 0..7 {
        let kinds = [format!("{step}a"), format!("{step}b")];
        acme.store.record(&kinds.map(|kind| event(&kind, Subject::Tenant))).await.unwrap();
        other.store.record(&[event("other", Subject::Tenant)]).await.unwrap();
    }
    let system = db.store.system();
    while system.number_events(4).await.unwrap() > 0 {}
    let (mut after, mut kinds, mut positions) = (0, Vec::new(), Vec::new());
    loop {
        let piece = acme.store.events(after, 3).await.unwrap();
        let Some(last) = piece.last() else { break };
        after = last.position;
        positions.extend(piece.iter().map(|one| one.position));
        kinds.extend(piece.into_iter().map(|one| one.event.kind));
    }
    let expected: Vec<_> = (0..7).flat_map(|step| [format!("{step}a"), format!("{step}b")]).collect();
    assert_eq!(kinds, expected);
    assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
    assert_eq!(system.number_events(4).await.unwrap(), 0, "nothing is numbered twice");
}

async fn r95_a_reader_misses_no_event_of_32_writers_and_sees_none_twice(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let replica = db.replica().await;
    let theirs = replica.system().scope_of(&acme.record);
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let user = acme.user(&format!("user-{number}"), |_| {}).await;
        let store = if number % 2 == 0 { acme.store.clone() } else { theirs.clone() };
        writers.push(tokio::spawn(write_steps(store, user)));
    }
    let expected = usize::try_from(WRITERS * EACH).unwrap();
    let (mut after, mut seen) = (0, Vec::new());
    while seen.len() < expected {
        replica.system().number_events(7).await.unwrap();
        let piece = acme.store.events(after, 13).await.unwrap();
        after = piece.last().map_or(after, |last| last.position);
        seen.extend(piece);
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(all(&db.store, &acme.store).await.len(), expected, "and nothing comes later");
    assert!(seen.is_sorted_by(|one, next| one.position < next.position));
    let mut steps: HashMap<UserId, i64> = HashMap::new();
    for one in seen {
        let Subject::User(user) = one.event.subject else { panic!("only users write here") };
        let step = steps.entry(user).or_default();
        *step += 1;
        assert_eq!(one.event.data["version"], *step + 1, "the events of one user stay in order");
    }
    assert!(steps.values().all(|step| *step == EACH));
    replica.close().await;
}

async fn write_steps(store: TenantStore, mut user: UserRecord) {
    for _ in 0..EACH {
        user = changed(&user);
        let mut fact = event("user.updated", Subject::User(user.id));
        fact.data = serde_json::json!({ "version": user.version });
        store.write_user(&user, Write::State, &[fact]).await.unwrap();
    }
}

async fn all(store: &Store, tenant: &TenantStore) -> Vec<EventRecord> {
    while store.system().number_events(1000).await.unwrap() > 0 {}
    tenant.events(0, u64::MAX).await.unwrap()
}

#[test]
fn r95_a_transaction_that_takes_an_early_place_and_commits_late_is_still_delivered() {
    on_postgres(|db| async move {
        let acme = tenant(&db.store, "acme").await;
        let raw = db.raw().await;
        let late = raw.begin().await.unwrap();
        let (tenant_id, early) = (acme.record.id, EventId::mint(now(), &OsEntropy));
        late.execute_unprepared(&format!(
            "insert into events (tenant_id, event_id, occurred_at, kind, actor_kind, subject_kind, data) \
             values ('{tenant_id}', '{early}', 0, 'early', 'system', 'tenant', '{{}}')"
        ))
        .await
        .unwrap();
        acme.store.record(&[event("late", Subject::Tenant)]).await.unwrap();
        let first = all(&db.store, &acme.store).await;
        assert_eq!(first.iter().map(|one| one.event.kind.as_str()).collect::<Vec<_>>(), ["late"]);

        late.commit().await.unwrap();
        assert_eq!(db.store.system().number_events(10).await.unwrap(), 1);
        let rest = acme.store.events(first[0].position, 10).await.unwrap();
        assert_eq!(rest.iter().map(|one| one.event.id).collect::<Vec<_>>(), [early]);
        assert_eq!(
            db.number("select count(*) from events where seq < (select max(seq) from events) and kind = 'early'").await,
            1
        );
        raw.close().await.unwrap();
    });
}
