//! Schemas that a connection declares beyond the standard ones.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use serde_json::Value as Json;
use usher_core::{ConnectionId, ResourceType};

use crate::connect::Transaction;
use crate::connections::bump;
use crate::time::{instant, millis};
use crate::{ConnectionRecord, Held, NewEvent, StorageError, TenantStore, log};

/// One declared schema.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaRecord {
    /// Its URN; unique in the connection without regard to ASCII case.
    pub urn: String,
    /// Which resources it extends.
    pub resource: ResourceType,
    /// What was declared, in the form of RFC 7643 §7.
    pub declaration: Json,
    /// When it was last declared.
    pub changed_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct SchemaRow {
    urn_folded: String,
    resource: String,
    declaration: String,
    changed_at: i64,
}

impl TryFrom<SchemaRow> for SchemaRecord {
    type Error = StorageError;

    fn try_from(row: SchemaRow) -> Result<Self, StorageError> {
        let broken =
            |column| StorageError::Inconsistent { table: "connection_schemas", column, id: row.urn_folded.clone() };
        let declaration: Json = serde_json::from_str(&row.declaration).map_err(|_| broken("declaration"))?;
        let urn = declaration.get("id").and_then(Json::as_str).ok_or_else(|| broken("declaration"))?;
        Ok(Self {
            urn: urn.to_owned(),
            resource: ResourceType::parse(&row.resource).ok_or_else(|| broken("resource"))?,
            changed_at: instant(row.changed_at),
            declaration,
        })
    }
}

impl TenantStore {
    /// The schemas that a connection declares, by URN.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn schemas(&self, connection: ConnectionId) -> Result<Vec<SchemaRecord>, StorageError> {
        let sql = "select urn_folded, resource, declaration, changed_at from connection_schemas \
                   where tenant_id = $1 and connection_id = $2 order by urn_folded";
        let values = vec![self.tenant.as_uuid().into(), connection.as_uuid().into()];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(|row| SchemaRow::from_query_result(row, "")?.try_into()).collect()
    }

    /// Declares a schema, in the place of the one of the same URN if there is one.
    ///
    /// # Errors
    /// [`StorageError::VersionConflict`] if the connection changed since it was read; [`StorageError::Unfit`] if values
    /// that are to be held are not unique; otherwise those of the database.
    pub async fn put_schema(
        &self,
        connection: &ConnectionRecord,
        schema: &SchemaRecord,
        held: Held<'_>,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let mut values = self.key(connection, &schema.urn);
        values.extend([
            schema.resource.as_str().into(),
            schema.declaration.to_string().into(),
            millis(schema.changed_at).into(),
        ]);
        let sql = "insert into connection_schemas (tenant_id, connection_id, urn_folded, resource, declaration, changed_at) \
                   values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id, connection_id, urn_folded) do update set \
                   resource = excluded.resource, declaration = excluded.declaration, changed_at = excluded.changed_at";
        let transaction = self.change_schemas(connection, sql, values).await?;
        self.rehold(&transaction.inner, connection, schema, held).await?;
        log::insert(&self.store, &transaction.inner, self.tenant, events).await?;
        transaction.commit().await
    }

    /// Takes a declaration back. What was stored under it stays where it is, and is unique no longer.
    ///
    /// # Errors
    /// [`StorageError::VersionConflict`] if the connection changed since it was read; otherwise those of the database.
    pub async fn delete_schema(
        &self,
        connection: &ConnectionRecord,
        urn: &str,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let sql = "delete from connection_schemas where tenant_id = $1 and connection_id = $2 and urn_folded = $3";
        let transaction = self.change_schemas(connection, sql, self.key(connection, urn)).await?;
        self.free(&transaction.inner, connection, urn).await?;
        log::insert(&self.store, &transaction.inner, self.tenant, events).await?;
        transaction.commit().await
    }

    fn key(&self, connection: &ConnectionRecord, urn: &str) -> Vec<Value> {
        vec![self.tenant.as_uuid().into(), connection.id.as_uuid().into(), urn.to_ascii_lowercase().into()]
    }

    /// Begins a change of a connection's schemas, which this statement is.
    async fn change_schemas(
        &self,
        connection: &ConnectionRecord,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Transaction, StorageError> {
        let transaction = self.store.begin().await?;
        bump(self, &transaction.inner, connection).await?;
        transaction.inner.execute_raw(self.store.statement(sql, values)).await?;
        self.recount(&transaction.inner, connection).await?;
        Ok(transaction)
    }

    async fn recount(&self, on: &DatabaseTransaction, connection: &ConnectionRecord) -> Result<(), StorageError> {
        let sql = "update connections set schemas = (select count(*) from connection_schemas s \
                   where s.tenant_id = $1 and s.connection_id = $2) where tenant_id = $1 and connection_id = $2";
        let values = vec![self.tenant.as_uuid().into(), connection.id.as_uuid().into()];
        on.execute_raw(self.store.statement(sql, values)).await?;
        Ok(())
    }
}
