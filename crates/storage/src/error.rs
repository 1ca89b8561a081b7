//! What can go wrong in a database.

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use thiserror::Error;

/// Which rule of uniqueness a write would have broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// `userName` among the tenant's users.
    UserName,
    /// `externalId` among the connection's users.
    UserExternalId,
    /// `displayName` among the tenant's groups.
    GroupName,
    /// `externalId` among the connection's groups.
    GroupExternalId,
    /// A tenant's slug.
    TenantSlug,
    /// A connection's name.
    ConnectionName,
    /// Another rule; it has no meaning to a caller.
    Other,
}

/// Why what is stored does not fit a declaration of uniqueness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Resources share values.
    Repeated {
        /// The attribute, after its URN and a colon.
        attribute: String,
        /// How many resources have a value that another one has already.
        resources: usize,
    },
    /// More resources have values under the schema than are looked through in one transaction.
    TooMany {
        /// How many would be.
        most: usize,
    },
}

/// Why storage did not do what was asked.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Somebody else changed the row between reading and writing: load it again and decide again.
    #[error("the row changed in the meantime")]
    VersionConflict,
    /// Another row has the value already.
    #[error("{0:?} is taken")]
    Taken(Unique),
    /// Another resource has the value of an attribute that a schema declares unique.
    #[error("a value of {attribute} is taken")]
    ValueTaken {
        /// The attribute, after its URN and a colon.
        attribute: String,
    },
    /// A schema cannot declare this uniqueness over what is stored.
    #[error("what is stored does not fit: {0:?}")]
    Unfit(Unfit),
    /// The database cannot be reached, is busy or full: nothing was changed, and it is worth trying again.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] DbErr),
    /// A row holds what this build does not understand.
    #[error("table {table} has a row ({id}) with an unreadable {column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        id: String,
    },
    /// Anything else the database said.
    #[error("the database refused a statement: {0}")]
    Database(#[source] DbErr),
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(message)) = error.sql_err() {
            return Self::Taken(unique(&message));
        }
        if passing(&error) { Self::Unavailable(error) } else { Self::Database(error) }
    }
}

/// PostgreSQL names the index, SQLite the columns.
fn unique(message: &str) -> Unique {
    let names: [(Unique, [&str; 2]); 6] = [
        (Unique::UserName, ["users_by_name", "users.user_name_folded"]),
        (Unique::UserExternalId, ["users_by_external_id", "users.external_id"]),
        (Unique::GroupName, ["groups_by_name", "groups.display_name_folded"]),
        (Unique::GroupExternalId, ["groups_by_external_id", "groups.external_id"]),
        (Unique::TenantSlug, ["tenants_slug_key", "tenants.slug"]),
        (Unique::ConnectionName, ["connections_tenant_id_name_folded_key", "connections.name_folded"]),
    ];
    names
        .into_iter()
        .find(|(_, texts)| texts.iter().any(|text| message.contains(text)))
        .map_or(Unique::Other, |(unique, _)| unique)
}

/// Whether the same statement may succeed a moment later.
fn passing(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_));
    };
    match inner.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| passing_code(&code)),
        _ => false,
    }
}

/// PostgreSQL: connection (08), out of resources (53), shutdown (57P), serialisation and deadlock (40), read-only
/// after a failover (25006). SQLite: busy (5), locked (6), read-only (8), I/O (10), full (13), with their extended codes.
fn passing_code(code: &str) -> bool {
    let postgres =
        code.len() == 5 && ["08", "53", "57P", "40"].iter().any(|class| code.starts_with(class)) || code == "25006";
    postgres || code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13) && code < 10_000)
}
