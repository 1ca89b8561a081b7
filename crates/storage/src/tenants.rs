//! Tenants, and the scope in which everything of one tenant is read and written.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use usher_core::{TenantId, TenantSettings, TenantSlug};
use uuid::Uuid;

use crate::time::{instant, millis, some_instant, some_millis};
use crate::{ResolvedTenant, StorageError, Store};

/// One customer account.
#[derive(Clone, Debug)]
pub struct TenantRecord {
    /// Its id.
    pub id: TenantId,
    /// Its name in URLs.
    pub slug: TenantSlug,
    /// Its name for people.
    pub name: String,
    /// What it is set to.
    pub settings: TenantSettings,
    /// Since when it is suspended; nobody gets in then.
    pub suspended_at: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// Everything of one tenant. No method takes a tenant: it is in here, and every statement gets it.
#[derive(Clone)]
pub struct TenantStore {
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
}

impl Store {
    /// The scope of a tenant that a token proved.
    #[must_use]
    pub fn tenant(&self, resolved: &ResolvedTenant) -> TenantStore {
        TenantStore { store: self.clone(), tenant: resolved.tenant() }
    }
}

impl TenantStore {
    /// The tenant this is the scope of.
    #[must_use]
    pub const fn id(&self) -> TenantId {
        self.tenant
    }
}

#[derive(FromQueryResult)]
pub(crate) struct TenantRow {
    pub(crate) tenant_id: Uuid,
    slug: String,
    tenant_name: String,
    tenant_settings: String,
    suspended_at: Option<i64>,
    tenant_created_at: i64,
}

/// The columns of [`TenantRow`], from `tenants t`.
pub(crate) const TENANT_COLUMNS: &str = "t.tenant_id as tenant_id, t.slug as slug, t.name as tenant_name, \
     t.settings as tenant_settings, t.suspended_at as suspended_at, t.created_at as tenant_created_at";

impl TryFrom<TenantRow> for TenantRecord {
    type Error = StorageError;

    fn try_from(row: TenantRow) -> Result<Self, StorageError> {
        let broken = |column| StorageError::Inconsistent { table: "tenants", column, id: row.tenant_id.to_string() };
        Ok(Self {
            id: TenantId::from_uuid(row.tenant_id),
            slug: TenantSlug::parse(&row.slug).map_err(|_| broken("slug"))?,
            settings: serde_json::from_str(&row.tenant_settings).map_err(|_| broken("settings"))?,
            name: row.tenant_name,
            suspended_at: some_instant(row.suspended_at),
            created_at: instant(row.tenant_created_at),
        })
    }
}

pub(crate) async fn insert<C: ConnectionTrait>(
    store: &Store,
    on: &C,
    tenant: &TenantRecord,
) -> Result<(), StorageError> {
    let settings = encode(&tenant.settings)?;
    on.execute_raw(store.statement(
        "insert into tenants (tenant_id, slug, name, settings, suspended_at, created_at) values ($1, $2, $3, $4, $5, $6)",
        vec![
            tenant.id.as_uuid().into(),
            tenant.slug.as_str().into(),
            tenant.name.as_str().into(),
            settings.into(),
            some_millis(tenant.suspended_at).into(),
            millis(tenant.created_at).into(),
        ],
    ))
    .await?;
    Ok(())
}

/// Settings as the JSON text of their column.
pub(crate) fn encode<T: serde::Serialize>(settings: &T) -> Result<String, StorageError> {
    serde_json::to_string(settings).map_err(|error| StorageError::Database(sea_orm::DbErr::Json(error.to_string())))
}
