//! Running the migrations, and telling how a database stands.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sea_orm_migration::sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};
use sqlx::sqlite::SqliteConnectOptions;
use thiserror::Error;

use crate::Migrator;

/// Key of the advisory lock under which PostgreSQL is migrated: "usher" and a number, as one integer.
const LOCK: i64 = 0x7573_6865_7200_0001;

/// Why a database was not migrated.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The database has migrations that this build does not know.
    #[error("the database schema is newer than this build: it has {0}; use the newer usher")]
    Newer(String),
    /// The folder of an SQLite file cannot be made or written.
    #[error("cannot create {path}: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database said no.
    #[error("the database cannot be opened or migrated: {0}")]
    Database(#[from] DbErr),
}

/// How a database's schema stands to this build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing to do.
    UpToDate,
    /// These migrations are missing, oldest first.
    Pending(Vec<String>),
    /// The database has a migration that this build does not know.
    Newer(String),
}

/// Tells how the schema at `url` (`sqlite://…` or `postgres://…`) stands, and changes nothing.
///
/// # Errors
/// [`MigrationError`] if the database cannot be reached.
pub async fn status(url: &str) -> Result<Status, MigrationError> {
    if sqlite_file(url).is_some_and(|file| !file.exists()) {
        return Ok(Status::Pending(names()));
    }
    let connection = connect(url).await?;
    let status = status_of(&connection).await;
    connection.close().await?;
    status
}

/// Brings the schema at `url` up to date and returns the names of the migrations applied. Makes the file of an SQLite
/// database and its folder. Safe to call from many processes at once.
///
/// # Errors
/// [`MigrationError`]; a database of a newer schema is left alone.
pub async fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    make_folder(url)?;
    let connection = connect(url).await?;
    let done = migrate_locked(&connection).await;
    connection.close().await?;
    done
}

/// Makes an empty database `name` on the PostgreSQL server at `url` and answers its address: a place to try things, and
/// what each test gets. `name` has letters `a-z`, digits and `_` only; `url` has no parameters.
///
/// # Errors
/// [`MigrationError::Database`] if the name is taken or odd, or the user may not make databases.
pub async fn create_database(url: &str, name: &str) -> Result<String, MigrationError> {
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(DbErr::Custom("a database name has a-z, 0-9 and _ only".to_owned()).into());
    }
    let connection = connect(url).await?;
    let done = connection.execute_unprepared(&format!("create database {name}")).await;
    connection.close().await?;
    done?;
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    Ok(format!("{server}/{name}"))
}

async fn migrate_locked(connection: &DatabaseConnection) -> Result<Vec<String>, MigrationError> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        // The write lock is taken at once, so that whoever comes second sees what the first one did, and a migration
        // that is killed leaves nothing behind.
        let mode = Some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        let transaction = connection.begin_with_options(options).await?;
        let done = apply(&transaction).await?;
        transaction.commit().await?;
        // Only now: SQLite does not wait for others here. If one is in the way, the serving store does it.
        connection.execute_unprepared("pragma journal_mode = wal").await.ok();
        return Ok(done);
    }
    // A session lock: the pool holds one connection, so lock, migrations and unlock are one session.
    connection.execute_unprepared(&format!("select pg_advisory_lock({LOCK})")).await?;
    let done = apply(connection).await;
    connection.execute_unprepared(&format!("select pg_advisory_unlock({LOCK})")).await?;
    done
}

async fn apply<'c, C>(connection: &'c C) -> Result<Vec<String>, MigrationError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    match status_of(connection).await? {
        Status::UpToDate => Ok(Vec::new()),
        Status::Newer(name) => Err(MigrationError::Newer(name)),
        Status::Pending(names) => Ok(Migrator::up(connection, None).await.map(|()| names)?),
    }
}

async fn status_of<C: ConnectionTrait>(connection: &C) -> Result<Status, MigrationError> {
    let applied = applied(connection).await?;
    let known = names();
    if let Some(strange) = applied.iter().find(|name| !known.contains(name)) {
        return Ok(Status::Newer(strange.clone()));
    }
    let pending: Vec<String> = known.into_iter().filter(|name| !applied.contains(name)).collect();
    Ok(if pending.is_empty() { Status::UpToDate } else { Status::Pending(pending) })
}

fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

async fn applied<C: ConnectionTrait>(connection: &C) -> Result<Vec<String>, DbErr> {
    let backend = connection.get_database_backend();
    let exists = match backend {
        DbBackend::Sqlite => "select name from sqlite_master where type = 'table' and name = 'seaql_migrations'",
        _ => {
            "select table_name from information_schema.tables where table_schema = current_schema() and table_name = 'seaql_migrations'"
        }
    };
    if connection.query_one_raw(Statement::from_string(backend, exists)).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = connection
        .query_all_raw(Statement::from_string(backend, "select version from seaql_migrations order by version"))
        .await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        // The one connection is one session, which holds the lock; nothing may replace it.
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false)
        .connect_timeout(std::time::Duration::from_secs(10));
    options.map_sqlx_sqlite_opts(|options: SqliteConnectOptions| {
        // As long as another process may take to migrate.
        options.create_if_missing(true).busy_timeout(std::time::Duration::from_mins(1))
    });
    Database::connect(options).await
}

/// The file behind an SQLite address; `None` for PostgreSQL and for databases in memory.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let options = url.starts_with("sqlite:").then(|| SqliteConnectOptions::from_str(url).ok()).flatten()?;
    let file = options.get_filename().to_path_buf();
    (!url.contains(":memory:") && !url.contains("mode=memory")).then_some(file)
}

fn make_folder(url: &str) -> Result<(), MigrationError> {
    let folder = sqlite_file(url).and_then(|file| file.parent().map(Path::to_path_buf)).unwrap_or_default();
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)
        .map_err(|source| MigrationError::Folder { path: folder.display().to_string(), source })
}
