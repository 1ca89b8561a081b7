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
}

#[derive(FromQueryResult)]
#[expect(clippy::struct_field_names, reason = "the names of columns, which stand beside those of other tables")]
pub(crate) struct ConnectionRow {
    connection_id: Uuid,
    connection_name: String,
    connection_kind: String,
    connection_settings: String,
    connection_created_at: i64,
}

/// The columns of [`ConnectionRow`], from `connections c`.
pub(crate) const CONNECTION_COLUMNS: &str = "c.connection_id as connection_id, c.name as connection_name, \
     c.kind as connection_kind, c.settings as connection_settings, c.created_at as connection_created_at";

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
    /// [`StorageError::VersionConflict`] if the connection is gone; otherwise those of the database.
    pub async fn set_connection_settings(
        &self,
        id: ConnectionId,
        settings: &ConnectionSettings,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        let done = transaction
            .inner
            .execute_raw(self.store.statement(
                "update connections set settings = $3 where tenant_id = $1 and connection_id = $2",
                vec![self.tenant.as_uuid().into(), id.as_uuid().into(), encode(settings)?.into()],
            ))
            .await?;
        if done.rows_affected() != 1 {
            return Err(StorageError::VersionConflict);
        }
        log::insert(&self.store, &transaction.inner, self.tenant, events).await?;
        transaction.commit().await
    }
}
