//! What an acknowledged write can rely on.

use std::time::Duration;

use usher_storage::{Options, StorageError, Store};

use crate::database::Db;

on_both!(
    an_acknowledged_write_is_synced_and_the_settings_say_so,
    a_store_gives_a_sign_of_life,
    a_database_that_has_no_connection_left_is_unavailable_and_not_broken,
);

async fn an_acknowledged_write_is_synced_and_the_settings_say_so(db: Db) {
    let settings = db.store.durability().await.unwrap();
    if db.is_postgres() {
        // The server for tests runs without fsync, and says so.
        let names: Vec<_> = settings.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["synchronous_commit", "fsync"]);
        assert!(settings.iter().all(|(_, value)| !value.is_empty()));
    } else {
        assert_eq!(settings, [("synchronous", "2".to_owned()), ("journal_mode", "wal".to_owned())]);
    }
}

async fn a_store_gives_a_sign_of_life(db: Db) {
    db.store.ping().await.unwrap();
}

async fn a_database_that_has_no_connection_left_is_unavailable_and_not_broken(db: Db) {
    let options = Options { url: db.url.clone(), max_connections: 1, acquire_timeout: Duration::from_millis(50) };
    let store = Store::open(&options).await.unwrap();
    let tenant = crate::records::tenant(&store, "acme").await;
    let group = tenant.group("Engineers", &[]).await;
    let held = tenant.store.change_group(group.id).await.unwrap();
    let answer = store.ping().await;
    if db.is_postgres() {
        assert!(matches!(answer, Err(StorageError::Unavailable(_))), "the one connection is taken");
    } else {
        assert!(answer.is_ok(), "who writes has a connection of its own, and readers go on");
    }
    drop(held);
    store.ping().await.unwrap();
}
