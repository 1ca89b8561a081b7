//! A fresh database for each test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use usher_storage::{Options, Store};

/// A migrated database; an SQLite file goes with the last clone.
#[derive(Clone)]
pub struct Database {
    url: String,
    folder: Option<Arc<Folder>>,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the folder was made by this test");
    }
}

impl Database {
    pub async fn sqlite() -> Self {
        let path = std::env::temp_dir().join(format!("usher-{}", unique()));
        std::fs::create_dir_all(&path).expect("the folder for temporary files is writable");
        let url = format!("sqlite://{}/usher.db", path.display());
        usher_migrations::migrate(&url).await.expect("SQLite is migrated");
        Self { url, folder: Some(Arc::new(Folder(path))) }
    }

    pub async fn postgres() -> Self {
        let server = std::env::var("USHER_TEST_POSTGRES")
            .expect("USHER_TEST_POSTGRES names the PostgreSQL server for tests: run `cargo xtask test`");
        let url = usher_migrations::create_database(&server, &unique()).await.expect("a new database");
        usher_migrations::migrate(&url).await.expect("PostgreSQL is migrated");
        Self { url, folder: None }
    }

    /// Opens it once more, as another replica does.
    pub async fn open(&self) -> Store {
        let options = Options { url: self.url.clone(), max_connections: 5, acquire_timeout: Duration::from_secs(30) };
        Store::open(&options).await.expect("the database opens")
    }

    /// Everything that stands in it, as bytes: the files of SQLite, the rows of PostgreSQL.
    pub async fn bytes(&self) -> Vec<u8> {
        if let Some(folder) = self.folder() {
            let files =
                std::fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("a file").path());
            return files.flat_map(|file| std::fs::read(file).expect("a file that can be read")).collect();
        }
        let pool = sqlx::PgPool::connect(&self.url).await.expect("the database opens");
        let tables = "select tablename::text from pg_tables where schemaname = 'public'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&pool).await.expect("the tables");
        let mut all = Vec::new();
        for table in tables {
            let rows = sqlx::AssertSqlSafe(format!("select t::text from \"{table}\" t"));
            let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&pool).await.expect("the rows");
            all.extend(rows.concat().into_bytes());
        }
        pool.close().await;
        all
    }

    /// The folder of an SQLite file.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(|folder| folder.0.as_path())
    }
}

/// No other test, of this process or another one, has the same.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("e2e_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
