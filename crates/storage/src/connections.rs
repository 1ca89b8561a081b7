//! Connections: the IdP applications of a tenant.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use usher_core::{ConnectionId, ConnectionKind, ConnectionSettings, fold};
use uuid::Uuid;

use crate::tenants::encode;
use crate::time::{instant, millis};
use crate::{GroupRecord, NewEvent, StorageError, TenantStore, groups, log};

/// One IdP application of a tenant.
#[derive(Clone, Debug)]
pub struct ConnectionRecord {
    /// Its id.
    pub id: ConnectionId,
    /// Its name, unique in the tenant, ignoring case.
    pub name: String,
    /// Which identity provider it is for.
    pub kind: ConnectionKind,
    /// What it is set to.
    pub settings: ConnectionSettings,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Counts changes of its settings and schemas.
    pub revision: i64,
    /// How many schemas of its own it declares.
    pub schemas: i64,
}

#[derive(FromQueryResult)]
#[expect(clippy::struct_field_names, reason = "the names of columns, which stand beside those of other tables")]
pub(crate) struct ConnectionRow {
    connection_id: Uuid,
    connection_name: String,
    connection_kind: String,
    connection_settings: String,
    connection_created_at: i64,
    connection_revision: i64,
    connection_schemas: i64,
}

/// The columns of [`ConnectionRow`], from `connections c`.
pub(crate) const CONNECTION_COLUMNS: &str = "c.connection_id as connection_id, c.name as connection_name, \
     c.kind as connection_kind, c.settings as connection_settings, c.created_at as connection_created_at, \
     c.revision as connection_revision, c.schemas as connection_schemas";

impl TryFrom<ConnectionRow> for ConnectionRecord {
    type Error = StorageError;

    fn try_from(row: ConnectionRow) -> Result<Self, StorageError> {
        let broken =
            |column| StorageError::Inconsistent { table: "connections", column, id: row.connection_id.to_string() };
        Ok(Self {
            id: ConnectionId::from_uuid(row.connection_id),
            kind: ConnectionKind::parse(&row.connection_kind).map_err(|_| broken("kind"))?,
            settings: serde_json::from_str(&row.connection_settings).map_err(|_| broken("settings"))?,
            name: row.connection_name,
            created_at: instant(row.connection_created_at),
            revision: row.connection_revision,
            schemas: row.connection_schemas,
        })
    }
}

impl TenantStore {
    /// The tenant's connections, oldest first.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn connections(&self) -> Result<Vec<ConnectionRecord>, StorageError> {
        let sql = format!(
            "select {CONNECTION_COLUMNS} from connections c where c.tenant_id = $1 order by c.created_at, c.connection_id"
        );
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, vec![self.tenant.as_uuid().into()])).await?;
        rows.iter().map(|row| ConnectionRow::from_query_result(row, "")?.try_into()).collect()
    }

    /// Makes a connection, and with it, in the same transaction, the built-in groups that are not there yet.
    ///
    /// # Errors
    /// [`StorageError::Taken`] with [`crate::Unique::ConnectionName`]; otherwise those of the database.
    pub async fn create_connection(
        &self,
        connection: &ConnectionRecord,
        built_in: &[GroupRecord],
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        let on = &transaction.inner;
        on.execute_raw(self.store.statement(
            "insert into connections (tenant_id, connection_id, name, name_folded, kind, settings, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
            vec![
                self.tenant.as_uuid().into(),
                connection.id.as_uuid().into(),
                connection.name.as_str().into(),
                fold(&connection.name).into(),
                connection.kind.as_str().into(),
                encode(&connection.settings)?.into(),
                millis(connection.created_at).into(),
            ],
        ))
        .await?;
        for group in built_in {
            groups::insert_if_new(self, on, group).await?;
        }
        log::insert(&self.store, on, self.tenant, events).await?;
        transaction.commit().await
    }

    /// Writes new settings of a connection.
    ///
    /// # Errors
    /// [`StorageError::VersionConflict`] if the connection changed since it was read, or is gone; otherwise those of the
    /// database.
    pub async fn set_connection_settings(
        &self,
        connection: &ConnectionRecord,
        settings: &ConnectionSettings,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        bump(self, &transaction.inner, connection).await?;
        let sql = "update connections set settings = $3 where tenant_id = $1 and connection_id = $2";
        let values = vec![self.tenant.as_uuid().into(), connection.id.as_uuid().into(), encode(settings)?.into()];
        transaction.inner.execute_raw(self.store.statement(sql, values)).await?;
        log::insert(&self.store, &transaction.inner, self.tenant, events).await?;
        transaction.commit().await
    }
}

/// Begins a change of a connection that was read: nobody else changes it until the transaction ends, and it is still the one
/// that was read.
pub(crate) async fn bump<C: ConnectionTrait>(
    store: &TenantStore,
    on: &C,
    connection: &ConnectionRecord,
) -> Result<(), StorageError> {
    let sql =
        "update connections set revision = revision + 1 where tenant_id = $1 and connection_id = $2 and revision = $3";
    let values = vec![store.tenant.as_uuid().into(), connection.id.as_uuid().into(), connection.revision.into()];
    let done = on.execute_raw(store.store.statement(sql, values)).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StorageError::VersionConflict) }
}
