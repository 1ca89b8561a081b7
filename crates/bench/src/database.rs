//! Both databases through the bare driver: for filling them, and as the ceiling of what usher can reach.

use crate::load::Work;
use crate::rows::Random;
use anyhow::{Context, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};
use std::str::FromStr;
use std::time::Duration;
use uuid::Uuid;

/// As many connections as usher opens by default.
const POSTGRES_CONNECTIONS: u32 = 20;
/// As many as usher opens at most.
const SQLITE_CONNECTIONS: u32 = 8;

/// An open database.
#[derive(Clone)]
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

/// A bound value.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// An id.
    Id(Uuid),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

macro_rules! execute {
    ($pool:expr, $sql:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for value in $values {
            query = match *value {
                Value::Id(id) => query.bind(id),
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query.execute($pool).await.map(|_| ())
    }};
}

impl Database {
    /// Opens a database as usher does.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(url: &str) -> Result<Self> {
        let patience = Duration::from_secs(30);
        if !url.starts_with("sqlite:") {
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(patience);
            return Ok(Self::Postgres(pool.test_before_acquire(false).connect(url).await?));
        }
        let pool = SqlitePoolOptions::new().max_connections(SQLITE_CONNECTIONS).acquire_timeout(patience);
        Ok(Self::Sqlite(pool.test_before_acquire(false).connect_with(sqlite(url)?).await?))
    }

    /// Opens a database for writing many rows: nothing waits for the disk, no foreign key is checked.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open_for_filling(url: &str) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            let settings = [("session_replication_role", "replica"), ("synchronous_commit", "off")];
            let options = PgConnectOptions::from_str(url)?.options(settings);
            return Ok(Self::Postgres(PgPoolOptions::new().max_connections(1).connect_with(options).await?));
        }
        let options = sqlite(url)?.foreign_keys(false).synchronous(SqliteSynchronous::Off);
        let options = options.pragma("cache_size", "-512000").create_if_missing(true);
        Ok(Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
    }

    /// Opens a file of SQLite, new if need be, with one durable writer.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open_writer(url: &str) -> Result<Self> {
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(30));
        Ok(Self::Sqlite(pool.test_before_acquire(false).connect_with(sqlite(url)?).await?))
    }

    /// Its name in the table.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<()> {
        let done = match self {
            Self::Sqlite(pool) => execute!(pool, sql.to_owned(), values),
            Self::Postgres(pool) => execute!(pool, sql.to_owned(), values),
        };
        done.with_context(|| format!("the database refuses: {sql:.200}"))
    }

    /// The first column of the first row, an id.
    ///
    /// # Errors
    /// What the database says; no row is an error too.
    pub async fn id(&self, sql: &'static str, of: Uuid) -> Result<Uuid> {
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query(sql).bind(of).fetch_one(pool).await?.try_get(0)?,
            Self::Postgres(pool) => sqlx::query(sql).bind(of).fetch_one(pool).await?.try_get(0)?,
        })
    }

    /// The first column of the first row, a text.
    ///
    /// # Errors
    /// What the database says; no row is an error too.
    pub async fn text(&self, sql: &'static str) -> Result<String> {
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query(sql).fetch_one(pool).await?.try_get(0)?,
            Self::Postgres(pool) => sqlx::query(sql).fetch_one(pool).await?.try_get(0)?,
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

fn sqlite(url: &str) -> Result<SqliteConnectOptions> {
    let options = SqliteConnectOptions::from_str(url)?;
    Ok(options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-16000"))
}

/// By which column a user is read.
#[derive(Clone, Copy)]
pub enum Key {
    /// The primary key.
    Id,
    /// The folded `userName`.
    Name,
}

/// Reads one user's row with its JSON document, a prepared statement through the pool: what no server can beat.
pub struct BareRead {
    /// Where.
    pub database: Database,
    /// In which tenant.
    pub tenant: Uuid,
    /// By what.
    pub key: Key,
    /// Whom.
    pub random: Random,
    /// How many users there are.
    pub users: u32,
}

macro_rules! columns {
    () => {
        "select user_id, connection_id, user_name, external_id, display_name, email, active, state, staged_reason, \
         suspended_at, accepted_at, hidden_at, invitation, invitation_issue, invitation_email, invitation_expires_at, \
         attributes, version, created_at, updated_at from users where tenant_id = $1 and "
    };
}

const BY_ID: &str = concat!(columns!(), "user_id = $2");
const BY_NAME: &str = concat!(columns!(), "user_name_folded = $2 and hidden_at is null");

macro_rules! fetch {
    ($self:expr, $pool:expr, $number:expr) => {{
        let query = match $self.key {
            Key::Id => sqlx::query(BY_ID).bind($self.tenant).bind(crate::fill::user_id($number)),
            Key::Name => sqlx::query(BY_NAME).bind($self.tenant).bind(crate::fill::user_name($number)),
        };
        query.fetch_one($pool).await?.try_get::<String, _>("attributes")?
    }};
}

impl Work for BareRead {
    async fn once(&mut self) -> Result<bool> {
        let number = self.random.below(self.users);
        let document = match &self.database {
            Database::Sqlite(pool) => fetch!(self, pool, number),
            Database::Postgres(pool) => fetch!(self, pool, number),
        };
        Ok(!document.is_empty())
    }
}
