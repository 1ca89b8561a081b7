//! Work across tenants: the operator's and the worker's.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use usher_core::{TenantId, TenantSettings, TenantSlug};

use crate::tenants::{TENANT_COLUMNS, TenantRow, encode};
use crate::time::some_millis;
use crate::{NewEvent, StorageError, Store, TenantRecord, TenantStore, log, tenants};

/// Reads and writes across tenants. Its few methods say so in their names.
#[derive(Clone)]
pub struct SystemStore {
    pub(crate) store: Store,
}

impl SystemStore {
    /// Every tenant, by slug.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn all_tenants(&self) -> Result<Vec<TenantRecord>, StorageError> {
        let sql = format!("select {TENANT_COLUMNS} from tenants t order by t.slug");
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, Vec::new())).await?;
        rows.iter().map(|row| TenantRow::from_query_result(row, "")?.try_into()).collect()
    }

    /// The tenant of an id.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn tenant_by_id(&self, id: TenantId) -> Result<Option<TenantRecord>, StorageError> {
        self.one_tenant("t.tenant_id = $1", id.as_uuid().into()).await
    }

    /// The tenant of a slug.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn tenant_by_slug(&self, slug: &TenantSlug) -> Result<Option<TenantRecord>, StorageError> {
        self.one_tenant("t.slug = $1", slug.as_str().into()).await
    }

    /// The scope of a tenant whose row was read.
    #[must_use]
    pub fn scope_of(&self, tenant: &TenantRecord) -> TenantStore {
        TenantStore { store: self.store.clone(), tenant: tenant.id }
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// [`StorageError::Taken`] with [`crate::Unique::TenantSlug`]; otherwise those of the database.
    pub async fn create_tenant(&self, tenant: &TenantRecord, events: &[NewEvent]) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        tenants::insert(&self.store, &transaction.inner, tenant).await?;
        log::insert(&self.store, &transaction.inner, tenant.id, events).await?;
        transaction.commit().await
    }

    /// Suspends a tenant, or lets it in again with `None`.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn set_tenant_suspended(
        &self,
        tenant: TenantId,
        at: Option<DateTime<Utc>>,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let values = vec![tenant.as_uuid().into(), some_millis(at).into()];
        self.update_tenant(tenant, "update tenants set suspended_at = $2 where tenant_id = $1", values, events).await
    }

    /// Writes new settings of a tenant.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn set_tenant_settings(
        &self,
        tenant: TenantId,
        settings: &TenantSettings,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let values = vec![tenant.as_uuid().into(), encode(settings)?.into()];
        self.update_tenant(tenant, "update tenants set settings = $2 where tenant_id = $1", values, events).await
    }

    async fn update_tenant(
        &self,
        tenant: TenantId,
        sql: &str,
        values: Vec<Value>,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        let done = transaction.inner.execute_raw(self.store.statement(sql, values)).await?;
        if done.rows_affected() != 1 {
            return Err(StorageError::VersionConflict);
        }
        log::insert(&self.store, &transaction.inner, tenant, events).await?;
        transaction.commit().await
    }

    async fn one_tenant(&self, condition: &str, value: Value) -> Result<Option<TenantRecord>, StorageError> {
        let sql = format!("select {TENANT_COLUMNS} from tenants t where {condition}");
        let row = self.store.pool.query_one_raw(self.store.statement(sql, vec![value])).await?;
        row.map(|row| TenantRow::from_query_result(&row, "")?.try_into()).transpose()
    }
}
