//! Names that identity providers send and no schema has: how often, and since when. Never a value.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};
use usher_core::{ConnectionId, ResourceType, TenantId};

use crate::time::{instant, millis};
use crate::{StorageError, SystemStore, TenantStore};

/// The name under which is counted what has no room of its own.
pub const OTHER_NAMES: &str = "…other";

/// How often a name was ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredName {
    /// In which resources.
    pub resource: ResourceType,
    /// The attribute's name or path, or the URN of a schema.
    pub name: String,
    /// In how many requests.
    pub requests: i64,
    /// When it first came.
    pub first_seen: DateTime<Utc>,
    /// When it last came.
    pub last_seen: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct IgnoredRow {
    resource: String,
    name: String,
    requests: i64,
    first_seen: i64,
    last_seen: i64,
}

impl TenantStore {
    /// What a connection sends that no schema has, the most frequent first.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn ignored_names(&self, connection: ConnectionId) -> Result<Vec<IgnoredName>, StorageError> {
        let sql = "select resource, name, requests, first_seen, last_seen from ignored_names \
                   where tenant_id = $1 and connection_id = $2 order by requests desc, resource, name";
        let values = vec![self.tenant.as_uuid().into(), connection.as_uuid().into()];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        let read = |row: IgnoredRow| {
            let broken = || StorageError::Inconsistent {
                table: "ignored_names",
                column: "resource",
                id: connection.to_string(),
            };
            Ok(IgnoredName {
                resource: ResourceType::parse(&row.resource).ok_or_else(broken)?,
                name: row.name,
                requests: row.requests,
                first_seen: instant(row.first_seen),
                last_seen: instant(row.last_seen),
            })
        };
        rows.iter().map(|row| read(IgnoredRow::from_query_result(row, "")?)).collect()
    }
}

impl SystemStore {
    /// Adds to the counts of a tenant's connection. At most `most` names have a row; what is beyond is counted together as
    /// [`OTHER_NAMES`].
    ///
    /// # Errors
    /// [`StorageError`] of the database; then nothing was added.
    pub async fn count_ignored_names(
        &self,
        tenant: TenantId,
        connection: ConnectionId,
        seen: &[IgnoredName],
        most: usize,
    ) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        // Through whichever process it comes, one after the other: so there are never more rows than that.
        let lock = self.store.dialect.for_update();
        let sql = format!("select connection_id from connections where tenant_id = $1 and connection_id = $2{lock}");
        let ids = || vec![tenant.as_uuid().into(), connection.as_uuid().into()];
        transaction.inner.query_all_raw(self.store.statement(sql, ids())).await?;
        let sql = "select resource, name, requests, first_seen, last_seen from ignored_names \
                   where tenant_id = $1 and connection_id = $2";
        let rows = transaction.inner.query_all_raw(self.store.statement(sql, ids())).await?;
        let mut known = HashSet::with_capacity(rows.len());
        for row in &rows {
            let row = IgnoredRow::from_query_result(row, "")?;
            if row.name != OTHER_NAMES {
                known.insert((row.resource, row.name));
            }
        }
        for one in fitted(seen, known, most) {
            self.add(&transaction.inner, tenant, connection, &one).await?;
        }
        transaction.commit().await
    }

    async fn add(
        &self,
        on: &DatabaseTransaction,
        tenant: TenantId,
        connection: ConnectionId,
        one: &IgnoredName,
    ) -> Result<(), StorageError> {
        let sql = "insert into ignored_names (tenant_id, connection_id, resource, name, requests, first_seen, last_seen) \
                   values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, connection_id, resource, name) do update set \
                   requests = ignored_names.requests + excluded.requests, last_seen = excluded.last_seen";
        let values = vec![
            tenant.as_uuid().into(),
            connection.as_uuid().into(),
            one.resource.as_str().into(),
            one.name.as_str().into(),
            one.requests.into(),
            millis(one.first_seen).into(),
            millis(one.last_seen).into(),
        ];
        on.execute_raw(self.store.statement(sql, values)).await?;
        Ok(())
    }
}

/// What is added to which row: names beyond the room share one.
fn fitted(seen: &[IgnoredName], mut known: HashSet<(String, String)>, most: usize) -> Vec<IgnoredName> {
    let mut rows: BTreeMap<(&'static str, String), IgnoredName> = BTreeMap::new();
    for one in seen {
        let key = (one.resource.as_str().to_owned(), one.name.clone());
        let has_room = known.contains(&key) || known.len() < most;
        let name = if has_room && one.name != OTHER_NAMES {
            known.insert(key);
            one.name.clone()
        } else {
            OTHER_NAMES.to_owned()
        };
        rows.entry((one.resource.as_str(), name.clone()))
            .and_modify(|row| {
                row.requests = row.requests.saturating_add(one.requests);
                row.first_seen = row.first_seen.min(one.first_seen);
                row.last_seen = row.last_seen.max(one.last_seen);
            })
            .or_insert(IgnoredName { name, ..one.clone() });
    }
    rows.into_values().collect()
}
