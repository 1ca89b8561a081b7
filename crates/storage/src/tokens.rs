//! Bearer tokens: only their hashes are here.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use usher_core::{ConnectionId, TenantId, TokenHash, TokenId};
use uuid::Uuid;

use crate::connections::{CONNECTION_COLUMNS, ConnectionRow};
use crate::tenants::{TENANT_COLUMNS, TenantRow};
use crate::time::{instant, millis, some_instant, some_millis};
use crate::{ConnectionRecord, NewEvent, StorageError, Store, TenantRecord, TenantStore, log};

/// Proof that a token of this tenant exists. Only the look-up of a token makes one.
#[derive(Clone, Debug)]
pub struct ResolvedTenant(TenantId);

impl ResolvedTenant {
    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.0
    }
}

/// What is known of a token.
#[derive(Clone, Debug)]
pub struct TokenRecord {
    /// Its id: what events name.
    pub id: TokenId,
    /// The connection it opens.
    pub connection: ConnectionId,
    /// The last four characters of its text.
    pub last_four: String,
    /// What a person called it.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked, or, for a replaced one, when its sunset is.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The token that this one replaces.
    pub replaces: Option<TokenId>,
    /// When a request first came with it.
    pub first_used_at: Option<DateTime<Utc>>,
    /// When a request last came with it, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token to be kept.
#[derive(Debug)]
pub struct NewTokenRecord {
    /// What is known of it.
    pub record: TokenRecord,
    /// Its hash.
    pub hash: TokenHash,
}

/// What a token opens.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Proof of the tenant.
    pub resolved: ResolvedTenant,
    /// The token.
    pub token: TokenRecord,
    /// Its connection.
    pub connection: ConnectionRecord,
    /// Its tenant.
    pub tenant: TenantRecord,
}

#[derive(FromQueryResult)]
struct TokenRow {
    token_id: Uuid,
    token_connection_id: Uuid,
    last_four: String,
    label: String,
    token_created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    replaces: Option<Uuid>,
    first_used_at: Option<i64>,
    last_used_at: Option<i64>,
}

const TOKEN_COLUMNS: &str = "k.token_id as token_id, k.connection_id as token_connection_id, k.last_four as last_four, \
     k.label as label, k.created_at as token_created_at, k.expires_at as expires_at, k.revoked_at as revoked_at, \
     k.replaces as replaces, k.first_used_at as first_used_at, k.last_used_at as last_used_at";

impl From<TokenRow> for TokenRecord {
    fn from(row: TokenRow) -> Self {
        Self {
            id: TokenId::from_uuid(row.token_id),
            connection: ConnectionId::from_uuid(row.token_connection_id),
            last_four: row.last_four,
            label: row.label,
            created_at: instant(row.token_created_at),
            expires_at: some_instant(row.expires_at),
            revoked_at: some_instant(row.revoked_at),
            replaces: row.replaces.map(TokenId::from_uuid),
            first_used_at: some_instant(row.first_used_at),
            last_used_at: some_instant(row.last_used_at),
        }
    }
}

impl Store {
    /// Looks a token up by its tenant and hash. Says nothing of expiry, revocation or suspension: the caller knows
    /// the time.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn authenticate(&self, tenant: TenantId, hash: &TokenHash) -> Result<Option<Grant>, StorageError> {
        let sql = format!(
            "select {TENANT_COLUMNS}, {CONNECTION_COLUMNS}, {TOKEN_COLUMNS} from tokens k \
             join connections c on c.tenant_id = k.tenant_id and c.connection_id = k.connection_id \
             join tenants t on t.tenant_id = k.tenant_id where k.tenant_id = $1 and k.hash = $2"
        );
        let values = vec![tenant.as_uuid().into(), hash.as_bytes().to_vec().into()];
        let Some(row) = self.pool.query_one_raw(self.statement(sql, values)).await? else { return Ok(None) };
        Ok(Some(Grant {
            resolved: ResolvedTenant(tenant),
            token: TokenRow::from_query_result(&row, "")?.into(),
            connection: ConnectionRow::from_query_result(&row, "")?.try_into()?,
            tenant: TenantRow::from_query_result(&row, "")?.try_into()?,
        }))
    }
}

impl TenantStore {
    /// The tenant's tokens, oldest first.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, StorageError> {
        let sql =
            format!("select {TOKEN_COLUMNS} from tokens k where k.tenant_id = $1 order by k.created_at, k.token_id");
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, vec![self.tenant.as_uuid().into()])).await?;
        rows.iter().map(|row| Ok(TokenRow::from_query_result(row, "")?.into())).collect()
    }

    /// Keeps a new token.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn create_token(&self, token: &NewTokenRecord, events: &[NewEvent]) -> Result<(), StorageError> {
        let record = &token.record;
        let transaction = self.store.begin().await?;
        transaction
            .inner
            .execute_raw(self.store.statement(
                "insert into tokens (tenant_id, token_id, connection_id, hash, last_four, label, created_at, expires_at, replaces) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                vec![
                    self.tenant.as_uuid().into(),
                    record.id.as_uuid().into(),
                    record.connection.as_uuid().into(),
                    token.hash.as_bytes().to_vec().into(),
                    record.last_four.as_str().into(),
                    record.label.as_str().into(),
                    millis(record.created_at).into(),
                    some_millis(record.expires_at).into(),
                    record.replaces.map(TokenId::as_uuid).into(),
                ],
            ))
            .await?;
        log::insert(&self.store, &transaction.inner, self.tenant, events).await?;
        transaction.commit().await
    }

    /// Ends a token at `at`, unless it ends earlier. `false` if there is no such token or it had ended before.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn revoke_token(
        &self,
        id: TokenId,
        at: DateTime<Utc>,
        events: &[NewEvent],
    ) -> Result<bool, StorageError> {
        let transaction = self.store.begin().await?;
        let changed = self.end_token(&transaction.inner, id, at, events).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Notes that a token was used; `true` if it was for the first time. With the first use, and in the same
    /// transaction, the token it `replaces` gets its end at that instant, and `events` are written if that changed
    /// anything.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn mark_token_used(
        &self,
        id: TokenId,
        at: DateTime<Utc>,
        replaces: Option<(TokenId, DateTime<Utc>)>,
        events: &[NewEvent],
    ) -> Result<bool, StorageError> {
        let transaction = self.store.begin().await?;
        let on = &transaction.inner;
        let values = || vec![self.tenant.as_uuid().into(), id.as_uuid().into(), millis(at).into()];
        let first = "update tokens set first_used_at = $3, last_used_at = $3 where tenant_id = $1 and token_id = $2 and first_used_at is null";
        let first = on.execute_raw(self.store.statement(first, values())).await?.rows_affected() == 1;
        if !first {
            let again = "update tokens set last_used_at = $3 where tenant_id = $1 and token_id = $2";
            on.execute_raw(self.store.statement(again, values())).await?;
        }
        if let (true, Some((old, end))) = (first, replaces) {
            self.end_token(on, old, end, events).await?;
        }
        transaction.commit().await?;
        Ok(first)
    }

    async fn end_token<C: ConnectionTrait>(
        &self,
        on: &C,
        id: TokenId,
        at: DateTime<Utc>,
        events: &[NewEvent],
    ) -> Result<bool, StorageError> {
        let sql = "update tokens set revoked_at = $3 where tenant_id = $1 and token_id = $2 and (revoked_at is null or revoked_at > $3)";
        let values = vec![self.tenant.as_uuid().into(), id.as_uuid().into(), millis(at).into()];
        let changed = on.execute_raw(self.store.statement(sql, values)).await?.rows_affected() == 1;
        if changed {
            log::insert(&self.store, on, self.tenant, events).await?;
        }
        Ok(changed)
    }
}
