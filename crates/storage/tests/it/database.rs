//! A fresh database for each test.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};
use usher_storage::{Options, Store};

/// A migrated database and a store on it.
#[derive(Clone)]
pub struct Db {
    pub store: Store,
    pub url: String,
    _folder: Option<Arc<Folder>>,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the folder was made by this test");
    }
}

impl Db {
    /// A second store on the same database, as another replica has it.
    pub async fn replica(&self) -> Store {
        open(&self.url).await
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// A connection of the test's own, past the store.
    pub async fn raw(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(self.url.as_str());
        options.max_connections(2).sqlx_logging(false);
        Database::connect(options).await.expect("the database is there")
    }

    pub async fn execute(&self, sql: &str) {
        let raw = self.raw().await;
        raw.execute_unprepared(sql).await.expect(sql);
        raw.close().await.expect("it is open");
    }

    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let raw = self.raw().await;
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.expect(sql);
        raw.close().await.expect("it is open");
        rows
    }

    /// The first column of the only row.
    pub async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0].try_get_by_index(0).expect("a number")
    }
}

pub fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    run(async {
        let folder = new_folder();
        let url = format!("sqlite://{}/usher.db", folder.0.display());
        usher_migrations::migrate(&url).await.expect("SQLite is migrated");
        test(Db { store: open(&url).await, url, _folder: Some(Arc::new(folder)) }).await;
    });
}

pub fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Db) -> F) {
    run(async {
        let url = empty_postgres().await;
        usher_migrations::migrate(&url).await.expect("PostgreSQL is migrated");
        let db = Db { store: open(&url).await, url, _folder: None };
        test(db.clone()).await;
        db.store.close().await;
    });
}

/// A PostgreSQL database without a schema.
pub async fn empty_postgres() -> String {
    let server = std::env::var("USHER_TEST_POSTGRES")
        .expect("USHER_TEST_POSTGRES names the PostgreSQL server for tests: run `cargo xtask test`");
    usher_migrations::create_database(&server, &format!("storage_{}", unique())).await.expect("a new database")
}

/// The address of an SQLite file that is not there yet, in a folder of its own.
pub fn empty_sqlite() -> (String, impl Drop) {
    let folder = new_folder();
    (format!("sqlite://{}/deep/er/usher.db", folder.0.display()), folder)
}

pub fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

async fn open(url: &str) -> Store {
    let options = Options { url: url.to_owned(), max_connections: 5, acquire_timeout: Duration::from_secs(30) };
    Store::open(&options).await.expect("the database opens")
}

fn new_folder() -> Folder {
    let path = std::env::temp_dir().join(format!("usher-storage-{}", unique()));
    std::fs::create_dir_all(&path).expect("the folder for temporary files is writable");
    Folder(path)
}

/// No other test, of this process or another one, has the same.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
