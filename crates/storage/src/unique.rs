//! Values of declared attributes that only one resource of a connection may have.
//!
//! They stand in a table of their own, written in the transaction of the resource, so that of two writers at once the
//! database lets one through. Only connections that declare such an attribute have rows there.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use sha2::{Digest, Sha256};
use usher_core::{ConnectionId, ResourceType};
use uuid::Uuid;

use crate::{ConnectionRecord, SchemaRecord, StorageError, TenantStore, Unfit};

/// Most resources that are looked through when uniqueness is declared over what is stored.
const MOST: usize = 10_000;
/// How many of them are read at a time; the statement has the number in it.
const PAGE: usize = 100;

/// One value that one resource has alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueValue {
    /// The URN of the schema, in any case.
    pub urn: String,
    /// The attribute's name, in any case.
    pub attribute: String,
    /// The value in the form in which it is compared. Only its SHA-256 is stored here.
    pub value: String,
}

/// All values that a resource has alone under the schemas of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueValues {
    /// Whose schemas.
    pub connection: ConnectionId,
    /// The values; one at most for each attribute.
    pub values: Vec<UniqueValue>,
}

/// What a new declaration of a schema means for the values that are held under it.
#[derive(Clone, Copy)]
pub enum Held<'a> {
    /// They stay: the same attributes are unique as before.
    Keep,
    /// They are free: nothing is unique any more.
    Free,
    /// They are made anew from what is stored: attributes of a resource, as stored, to the values it holds.
    Take(&'a (dyn Fn(&str) -> Vec<UniqueValue> + Send + Sync)),
}

/// A row's URN, attribute and value, in the order in which every writer takes them: two who want the same cannot wait for
/// each other in a ring.
type Key = (String, String, Vec<u8>);

impl UniqueValue {
    fn key(&self) -> Key {
        let digest = Sha256::digest(self.value.as_bytes()).to_vec();
        (self.urn.to_ascii_lowercase(), self.attribute.to_ascii_lowercase(), digest)
    }

    fn path(&self) -> String {
        format!("{}:{}", self.urn, self.attribute)
    }
}

impl TenantStore {
    /// Makes the values of a resource those and no others.
    ///
    /// # Errors
    /// [`StorageError::ValueTaken`] for the first one that another resource has; otherwise those of the database.
    pub(crate) async fn hold(
        &self,
        on: &DatabaseTransaction,
        resource: Uuid,
        unique: &UniqueValues,
    ) -> Result<(), StorageError> {
        let wanted: BTreeMap<Key, &UniqueValue> = unique.values.iter().map(|value| (value.key(), value)).collect();
        let held = self.held(on, resource, unique.connection).await?;
        let delete = "delete from unique_values where tenant_id = $1 and connection_id = $2 and urn_folded = $3 \
                      and attribute_folded = $4 and value = $5 and resource_id = $6";
        for key in held.iter().filter(|key| !wanted.contains_key(key)) {
            on.execute_raw(self.store.statement(delete, self.row(unique.connection, key, resource))).await?;
        }
        for (key, value) in wanted.iter().filter(|(key, _)| !held.contains(key)) {
            if !self.take(on, unique.connection, key, resource).await? {
                return Err(StorageError::ValueTaken { attribute: value.path() });
            }
        }
        Ok(())
    }

    /// Frees every value of a resource.
    pub(crate) async fn release(&self, on: &DatabaseTransaction, resource: Uuid) -> Result<(), StorageError> {
        let sql = "delete from unique_values where tenant_id = $1 and resource_id = $2";
        on.execute_raw(self.store.statement(sql, vec![self.tenant.as_uuid().into(), resource.into()])).await?;
        Ok(())
    }

    /// Does what a new declaration means for the values under a schema.
    pub(crate) async fn rehold(
        &self,
        on: &DatabaseTransaction,
        connection: &ConnectionRecord,
        schema: &SchemaRecord,
        held: Held<'_>,
    ) -> Result<(), StorageError> {
        match held {
            Held::Keep => Ok(()),
            Held::Free => self.free(on, connection, &schema.urn).await,
            Held::Take(values) => {
                self.free(on, connection, &schema.urn).await?;
                self.take_all(on, connection, schema, values).await
            }
        }
    }

    /// Frees every value under a schema.
    pub(crate) async fn free(
        &self,
        on: &DatabaseTransaction,
        connection: &ConnectionRecord,
        urn: &str,
    ) -> Result<(), StorageError> {
        let sql = "delete from unique_values where tenant_id = $1 and connection_id = $2 and urn_folded = $3";
        let values =
            vec![self.tenant.as_uuid().into(), connection.id.as_uuid().into(), urn.to_ascii_lowercase().into()];
        on.execute_raw(self.store.statement(sql, values)).await?;
        Ok(())
    }

    async fn held(
        &self,
        on: &DatabaseTransaction,
        resource: Uuid,
        connection: ConnectionId,
    ) -> Result<BTreeSet<Key>, StorageError> {
        let sql = "select urn_folded, attribute_folded, value from unique_values \
                   where tenant_id = $1 and resource_id = $2 and connection_id = $3";
        let values = vec![self.tenant.as_uuid().into(), resource.into(), connection.as_uuid().into()];
        let rows = on.query_all_raw(self.store.statement(sql, values)).await?;
        let key = |row: &sea_orm::QueryResult| {
            Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?))
        };
        rows.iter().map(key).collect()
    }

    /// Takes one value, and says whether it was free. Waits for somebody who is just taking or freeing it.
    async fn take(
        &self,
        on: &DatabaseTransaction,
        connection: ConnectionId,
        key: &Key,
        resource: Uuid,
    ) -> Result<bool, StorageError> {
        let sql = "insert into unique_values (tenant_id, connection_id, urn_folded, attribute_folded, value, resource_id) \
                   values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
        let done = on.execute_raw(self.store.statement(sql, self.row(connection, key, resource))).await?;
        Ok(done.rows_affected() == 1)
    }

    fn row(&self, connection: ConnectionId, (urn, attribute, value): &Key, resource: Uuid) -> Vec<Value> {
        vec![
            self.tenant.as_uuid().into(),
            connection.as_uuid().into(),
            urn.as_str().into(),
            attribute.as_str().into(),
            value.clone().into(),
            resource.into(),
        ]
    }

    /// Takes the values of every listed resource of the connection that has something under the schema.
    async fn take_all(
        &self,
        on: &DatabaseTransaction,
        connection: &ConnectionRecord,
        schema: &SchemaRecord,
        values: &(dyn Fn(&str) -> Vec<UniqueValue> + Send + Sync),
    ) -> Result<(), StorageError> {
        let (mut after, mut seen) = (Uuid::nil(), 0_usize);
        let mut repeated: BTreeMap<String, usize> = BTreeMap::new();
        loop {
            let page = self.under(on, connection, schema, after).await?;
            seen = seen.saturating_add(page.len());
            if seen > MOST {
                return Err(StorageError::Unfit(Unfit::TooMany { most: MOST }));
            }
            for (resource, attributes) in &page {
                for value in values(attributes) {
                    if !self.take(on, connection.id, &value.key(), *resource).await? {
                        *repeated.entry(value.path()).or_default() += 1;
                    }
                }
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => after = *last,
                Some(_) | None => break,
            }
        }
        let first = repeated.into_iter().next();
        first
            .map_or(Ok(()), |(attribute, resources)| Err(StorageError::Unfit(Unfit::Repeated { attribute, resources })))
    }

    /// Resources of the connection after an id that may have something under the schema, with their attributes.
    async fn under(
        &self,
        on: &DatabaseTransaction,
        connection: &ConnectionRecord,
        schema: &SchemaRecord,
        after: Uuid,
    ) -> Result<Vec<(Uuid, String)>, StorageError> {
        let (table, id, listed) = match schema.resource {
            ResourceType::User => ("users", "user_id", " and hidden_at is null"),
            ResourceType::Group => ("groups", "group_id", ""),
        };
        // `_` may stand in a URN and means any character to LIKE
        let sql = format!(
            "select {id}, attributes from {table} where tenant_id = $1 and connection_id = $2 and {id} > $3{listed} \
             and lower(attributes) like $4 escape '!' order by {id} limit {PAGE}"
        );
        let pattern = format!("%\"{}\"%", schema.urn.to_ascii_lowercase().replace('_', "!_"));
        let values = vec![self.tenant.as_uuid().into(), connection.id.as_uuid().into(), after.into(), pattern.into()];
        let rows = on.query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }
}
