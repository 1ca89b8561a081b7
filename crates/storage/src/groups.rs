//! Groups: rows in, records out.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Value};
use usher_core::{ConnectionId, GroupId, fold};
use usher_lifecycle::Owner;
use usher_lifecycle::groups::GroupKind;
use uuid::Uuid;

use crate::time::{instant, millis};
use crate::{StorageError, TenantStore};

/// One group as the database knows it; members are rows of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRecord {
    /// Which group.
    pub id: GroupId,
    /// Who manages it.
    pub owner: Owner,
    /// Whether an IdP, the application or usher itself made it.
    pub kind: GroupKind,
    /// SCIM `displayName`.
    pub display_name: String,
    /// SCIM `externalId`.
    pub external_id: Option<String>,
    /// The canonical attributes without `members`, a JSON object.
    pub attributes: String,
    /// Counts changes, of members too.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When what it shows last changed.
    pub updated_at: DateTime<Utc>,
}

/// The columns of a group's row, from `groups g`.
pub(crate) const GROUP_COLUMNS: &str = "g.group_id, g.connection_id, g.kind, g.display_name, g.external_id, g.attributes, g.version, g.created_at, g.updated_at";

#[derive(FromQueryResult)]
struct GroupRow {
    group_id: Uuid,
    connection_id: Option<Uuid>,
    kind: String,
    display_name: String,
    external_id: Option<String>,
    attributes: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

const fn kind_text(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Managed => "managed",
        GroupKind::Account => "account",
        GroupKind::BuiltIn => "built_in",
    }
}

pub(crate) fn read(row: &QueryResult) -> Result<GroupRecord, StorageError> {
    let row = GroupRow::from_query_result(row, "")?;
    let kind = match row.kind.as_str() {
        "managed" => GroupKind::Managed,
        "account" => GroupKind::Account,
        "built_in" => GroupKind::BuiltIn,
        _ => return Err(StorageError::Inconsistent { table: "groups", column: "kind", id: row.group_id.to_string() }),
    };
    Ok(GroupRecord {
        id: GroupId::from_uuid(row.group_id),
        owner: row.connection_id.map_or(Owner::Unmanaged, |id| Owner::Connection(ConnectionId::from_uuid(id))),
        kind,
        display_name: row.display_name,
        external_id: row.external_id,
        attributes: row.attributes,
        version: row.version,
        created_at: instant(row.created_at),
        updated_at: instant(row.updated_at),
    })
}

impl GroupRecord {
    fn values(&self, tenant: Uuid) -> Vec<Value> {
        let owner = match self.owner {
            Owner::Unmanaged => None,
            Owner::Connection(id) => Some(id.as_uuid()),
        };
        vec![
            tenant.into(),
            self.id.as_uuid().into(),
            owner.into(),
            kind_text(self.kind).into(),
            self.display_name.as_str().into(),
            fold(&self.display_name).into(),
            self.external_id.clone().into(),
            self.attributes.as_str().into(),
            self.version.into(),
            millis(self.created_at).into(),
            millis(self.updated_at).into(),
        ]
    }
}

const INSERT: &str = "insert into groups (tenant_id, group_id, connection_id, kind, display_name, display_name_folded, external_id, \
     attributes, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

pub(crate) async fn insert<C: ConnectionTrait>(
    store: &TenantStore,
    on: &C,
    group: &GroupRecord,
) -> Result<(), StorageError> {
    on.execute_raw(store.store.statement(INSERT, group.values(store.tenant.as_uuid()))).await?;
    Ok(())
}

/// Inserts a group unless its name is there already.
pub(crate) async fn insert_if_new<C: ConnectionTrait>(
    store: &TenantStore,
    on: &C,
    group: &GroupRecord,
) -> Result<(), StorageError> {
    let sql = format!("{INSERT} on conflict do nothing");
    on.execute_raw(store.store.statement(sql, group.values(store.tenant.as_uuid()))).await?;
    Ok(())
}

/// Writes everything of a row that was read under lock; the version goes up by one.
pub(crate) async fn update<C: ConnectionTrait>(
    store: &TenantStore,
    on: &C,
    group: &GroupRecord,
) -> Result<(), StorageError> {
    let sql = "update groups set connection_id = $3, kind = $4, display_name = $5, display_name_folded = $6, external_id = $7, \
         attributes = $8, version = $9, created_at = $10, updated_at = $11 where tenant_id = $1 and group_id = $2 and version = $9 - 1";
    let done = on.execute_raw(store.store.statement(sql, group.values(store.tenant.as_uuid()))).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StorageError::VersionConflict) }
}

pub(crate) async fn read_locked<C: ConnectionTrait>(
    store: &TenantStore,
    on: &C,
    id: GroupId,
) -> Result<Option<GroupRecord>, StorageError> {
    let lock = store.store.dialect.for_update();
    let sql = format!("select {GROUP_COLUMNS} from groups g where g.tenant_id = $1 and g.group_id = $2{lock}");
    let row =
        on.query_one_raw(store.store.statement(sql, vec![store.tenant.as_uuid().into(), id.as_uuid().into()])).await?;
    row.as_ref().map(read).transpose()
}

impl TenantStore {
    /// A group by id.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn group(&self, id: GroupId) -> Result<Option<GroupRecord>, StorageError> {
        let sql = format!("select {GROUP_COLUMNS} from groups g where g.tenant_id = $1 and g.group_id = $2");
        let row = self
            .store
            .pool
            .query_one_raw(self.store.statement(sql, vec![self.tenant.as_uuid().into(), id.as_uuid().into()]))
            .await?;
        row.as_ref().map(read).transpose()
    }
}
