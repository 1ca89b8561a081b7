//! Opening the database.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::StorageError;
use crate::dialect::Dialect;
use crate::system::SystemStore;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://…` or `postgres://…`.
    pub url: String,
    /// Most connections held at once; SQLite reads with 4 at most and writes with one more.
    pub max_connections: u32,
    /// How long a statement waits for a free connection before the database counts as unavailable.
    pub acquire_timeout: Duration,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// For statements outside transactions; on SQLite, for reading.
    pub(crate) pool: DatabaseConnection,
    /// For transactions. On SQLite one connection of its own, whose page cache no other writer makes stale.
    writer: DatabaseConnection,
    pub(crate) dialect: Dialect,
    /// SQLite has one writer. Writers of this process queue here, in order, instead of polling the file's lock.
    gate: Option<Arc<Mutex<()>>>,
    options: Arc<Options>,
}

/// A write transaction; on SQLite it holds the turn to write.
pub(crate) struct Transaction {
    pub(crate) inner: DatabaseTransaction,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Transaction {
    pub(crate) async fn commit(self) -> Result<(), StorageError> {
        Ok(self.inner.commit().await?)
    }
}

/// Connections that read an SQLite file.
const READERS: u32 = 4;

async fn connect(options: &Options, connections: u32, lazy: bool) -> Result<DatabaseConnection, StorageError> {
    let mut connect = ConnectOptions::new(options.url.as_str());
    connect
        .max_connections(connections)
        .connect_lazy(lazy)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(options.acquire_timeout)
        .sqlx_logging(false)
        // No upkeep of idle connections: sqlx 0.9.0 counts them after it has given one back, and its upkeep task, if it
        // looks in that moment, reads a count below zero and spins for ever. A connection that idled is tested instead.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_sqlite_opts(|options: SqliteConnectOptions| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                // An acknowledged write survives a power cut: one sync for each commit.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
                .pragma("cache_size", "-8000")
                .pragma("temp_store", "memory")
        });
    Ok(Database::connect(connect).await?)
}

impl Store {
    /// Opens a migrated database. Nothing is migrated here.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] or [`StorageError::Database`] if it cannot be opened.
    pub async fn open(options: &Options) -> Result<Self, StorageError> {
        let sqlite = options.url.starts_with("sqlite:");
        let readers = if sqlite { options.max_connections.min(READERS) } else { options.max_connections };
        let pool = connect(options, readers, false).await?;
        let writer = if sqlite { connect(options, 1, false).await? } else { pool.clone() };
        let (dialect, gate) = match pool.get_database_backend() {
            DbBackend::Sqlite => (Dialect::Sqlite, Some(Arc::new(Mutex::new(())))),
            _ => (Dialect::Postgres, None),
        };
        Ok(Self { pool, writer, dialect, gate, options: Arc::new(options.clone()) })
    }

    /// The same database through connections of the calling thread's own, as many at most as this store has. A connection
    /// belongs to the runtime in which it was opened: one that serves a thread with a runtime of its own is fastest when
    /// nobody else uses it, and nobody misses it when that thread ends. SQLite's connections have threads of their own, so
    /// there all share them.
    #[must_use]
    pub fn for_thread(&self) -> Self {
        if self.dialect == Dialect::Sqlite {
            return self.clone();
        }
        // Nothing is opened before the first statement, so this is ready at once.
        match connect(&self.options, self.options.max_connections, true).now_or_never() {
            Some(Ok(pool)) => Self { writer: pool.clone(), pool, ..self.clone() },
            Some(Err(_)) | None => self.clone(),
        }
    }

    /// Work across tenants.
    #[must_use]
    pub fn system(&self) -> SystemStore {
        SystemStore { store: self.clone() }
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] or [`StorageError::Database`] if it gives none.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.pool.query_one_raw(self.statement("select 1 as one", Vec::new())).await?;
        Ok(())
    }

    /// Has every statement of this store, and of stores cloned from it later, told to `observer`: its text, in which no
    /// value stands, how long it took, and whether it failed. For metrics, and for tests that count.
    #[must_use]
    pub fn observed(mut self, observer: impl Fn(&str, Duration, bool) + Send + Sync + 'static) -> Self {
        let observer = Arc::new(observer);
        for connection in [&mut self.pool, &mut self.writer] {
            let observer = Arc::clone(&observer);
            connection.set_metric_callback(move |info| observer(&info.statement.sql, info.elapsed, info.failed));
        }
        self
    }

    /// What the database says of its care for acknowledged writes, by setting: `synchronous` (`2` is full) and
    /// `journal_mode` on SQLite, `synchronous_commit` and `fsync` on PostgreSQL. Whoever starts usher may warn of `off`.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn durability(&self) -> Result<Vec<(&'static str, String)>, StorageError> {
        let settings: [(&'static str, &str); 2] = match self.dialect {
            Dialect::Sqlite => [
                ("synchronous", "select cast(synchronous as text) from pragma_synchronous"),
                ("journal_mode", "select journal_mode from pragma_journal_mode"),
            ],
            Dialect::Postgres => [
                ("synchronous_commit", "select current_setting('synchronous_commit')"),
                ("fsync", "select current_setting('fsync')"),
            ],
        };
        let mut found = Vec::with_capacity(settings.len());
        for (name, sql) in settings {
            let row = self.pool.query_one_raw(self.statement(sql, Vec::new())).await?;
            found.push((name, row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default()));
        }
        Ok(found)
    }

    /// Closes every connection, after running statements have ended.
    pub async fn close(self) {
        for connection in [self.writer, self.pool] {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "the database pool did not close cleanly");
            }
        }
    }

    pub(crate) fn statement(&self, sql: impl Into<String>, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.dialect.backend(), sql, values)
    }

    /// Begins a write. On SQLite it takes the write lock at once, so that reading before writing cannot fail later.
    pub(crate) async fn begin(&self) -> Result<Transaction, StorageError> {
        let turn = match &self.gate {
            Some(gate) => Some(Arc::clone(gate).lock_owned().await),
            None => None,
        };
        let mode = turn.is_some().then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        Ok(Transaction { inner: self.writer.begin_with_options(options).await?, _turn: turn })
    }
}
