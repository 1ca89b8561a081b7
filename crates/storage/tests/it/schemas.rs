//! Declared schemas of a connection, and the counts of what no schema has.

use chrono::TimeDelta;
use serde_json::json;
use usher_core::{ConnectionSettings, ResourceType};
use usher_storage::{Held, IgnoredName, OTHER_NAMES, SchemaRecord, StorageError, Subject};

use crate::database::Db;
use crate::records::{connection_record, event, now, tenant};

on_both!(
    a_schema_is_declared_replaced_and_taken_back,
    of_two_changes_of_one_connection_the_second_is_told,
    ignored_names_are_counted_up_and_have_a_bound,
);

fn schema(urn: &str, name: &str) -> SchemaRecord {
    SchemaRecord {
        urn: urn.to_owned(),
        resource: ResourceType::User,
        declaration: json!({ "id": urn, "name": name }),
        changed_at: now(),
    }
}

async fn a_schema_is_declared_replaced_and_taken_back(db: Db) {
    let (acme, globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    let other = connection_record("other");
    acme.store.create_connection(&other, &[], &[]).await.unwrap();
    let present = async || {
        let found = acme.store.connections().await.unwrap();
        found.into_iter().find(|one| one.id == acme.connection.id).unwrap()
    };
    let told = [event("connection.schema_declared", Subject::Connection(acme.connection.id))];
    acme.store.put_schema(&present().await, &schema("urn:example:a:User", "one"), Held::Free, &told).await.unwrap();
    acme.store.put_schema(&present().await, &schema("urn:example:b:User", "two"), Held::Free, &[]).await.unwrap();
    acme.store.put_schema(&present().await, &schema("URN:example:A:user", "three"), Held::Free, &[]).await.unwrap();
    let seen = present().await;
    assert_eq!((seen.revision, seen.schemas), (3, 2));
    let expected = [schema("URN:example:A:user", "three"), schema("urn:example:b:User", "two")];
    assert_eq!(acme.store.schemas(acme.connection.id).await.unwrap(), expected);
    assert!(acme.store.schemas(other.id).await.unwrap().is_empty(), "another connection has none of it");
    assert!(globex.store.schemas(acme.connection.id).await.unwrap().is_empty(), "nor has another tenant");
    acme.store.delete_schema(&present().await, "urn:EXAMPLE:b:user", &[]).await.unwrap();
    assert_eq!((present().await.schemas, acme.store.schemas(acme.connection.id).await.unwrap().len()), (1, 1));
    db.store.system().number_events(10).await.unwrap();
    let events = acme.store.events(0, 10).await.unwrap();
    assert_eq!(events.iter().filter(|one| one.event.kind == "connection.schema_declared").count(), 1);
}

async fn of_two_changes_of_one_connection_the_second_is_told(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let read = acme.connection.clone();
    acme.store.put_schema(&read, &schema("urn:example:a:User", "one"), Held::Free, &[]).await.unwrap();
    let second = acme.store.put_schema(&read, &schema("urn:example:b:User", "two"), Held::Free, &[]).await;
    let settings = acme.store.set_connection_settings(&read, &ConnectionSettings::default(), &[]).await;
    let deleted = acme.store.delete_schema(&read, "urn:example:a:User", &[]).await;
    for late in [second, settings, deleted] {
        assert!(matches!(late, Err(StorageError::VersionConflict)), "{late:?}");
    }
    assert_eq!(acme.store.schemas(read.id).await.unwrap(), [schema("urn:example:a:User", "one")]);
}

async fn ignored_names_are_counted_up_and_have_a_bound(db: Db) {
    let (acme, globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    let later = now() + TimeDelta::hours(1);
    let seen = |name: &str, requests: i64, at| IgnoredName {
        resource: ResourceType::User,
        name: name.to_owned(),
        requests,
        first_seen: at,
        last_seen: at,
    };
    let system = db.store.system();
    let count = async |names: &[IgnoredName]| {
        system.count_ignored_names(acme.record.id, acme.connection.id, names, 3).await.unwrap();
    };
    count(&[seen("a", 5, now()), seen("b", 1, now())]).await;
    count(&[seen("a", 2, later), seen("c", 4, later), seen("d", 1, later), seen("e", 1, later)]).await;
    count(&[seen(OTHER_NAMES, 1, later), seen("f", 3, later), seen("b", 1, later)]).await;
    let expected = [
        IgnoredName { last_seen: later, ..seen("a", 7, now()) },
        seen(OTHER_NAMES, 6, later),
        seen("c", 4, later),
        IgnoredName { last_seen: later, ..seen("b", 2, now()) },
    ];
    assert_eq!(acme.store.ignored_names(acme.connection.id).await.unwrap(), expected);
    assert!(globex.store.ignored_names(acme.connection.id).await.unwrap().is_empty());
}
