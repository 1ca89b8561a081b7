//! The schema comes into being once, whoever asks.

use usher_migrations::{MigrationError, Status, create_database, migrate, status};

use crate::database::{Db, empty_postgres, empty_sqlite, run};

on_both!(migrating_twice_does_nothing, a_newer_schema_is_left_alone);

const ALL: [&str; 4] = ["m0001_first", "m0002_lists", "m0003_schemas", "m0004_unique"];

fn all() -> Vec<String> {
    ALL.map(str::to_owned).to_vec()
}

async fn migrating_twice_does_nothing(db: Db) {
    assert_eq!(migrate(&db.url).await.unwrap(), Vec::<String>::new());
    assert_eq!(status(&db.url).await.unwrap(), Status::UpToDate);
}

async fn a_newer_schema_is_left_alone(db: Db) {
    db.execute("insert into seaql_migrations (version, applied_at) values ('m9999_future', 0)").await;
    assert!(matches!(migrate(&db.url).await, Err(MigrationError::Newer(name)) if name == "m9999_future"));
    assert_eq!(status(&db.url).await.unwrap(), Status::Newer("m9999_future".to_owned()));
}

async fn ten_at_once(url: &str) -> usize {
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move { migrate(&url).await.unwrap() })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        let applied = task.await.unwrap();
        assert!(applied.is_empty() || applied == ALL);
        winners += usize::from(!applied.is_empty());
    }
    winners
}

#[test]
fn ten_replicas_that_start_on_an_empty_postgres_migrate_it_once() {
    run(async {
        let url = empty_postgres().await;
        assert_eq!(status(&url).await.unwrap(), Status::Pending(all()));
        assert_eq!(ten_at_once(&url).await, 1);
        assert_eq!(status(&url).await.unwrap(), Status::UpToDate);
    });
}

#[test]
fn ten_starts_on_an_empty_sqlite_file_migrate_it_once() {
    run(async {
        let (url, _folder) = empty_sqlite();
        assert_eq!(status(&url).await.unwrap(), Status::Pending(all()));
        assert_eq!(ten_at_once(&url).await, 1);
        assert_eq!(status(&url).await.unwrap(), Status::UpToDate);
    });
}

#[test]
fn a_database_is_made_under_a_plain_name_only() {
    run(async {
        let url = empty_postgres().await;
        for name in ["a b", "a;drop", "\"a\"", "A"] {
            assert!(matches!(create_database(&url, name).await, Err(MigrationError::Database(_))), "{name}");
        }
    });
}
