//! Who is in which group.

use sea_orm::ConnectionTrait;
use usher_core::{GroupId, UserId};
use uuid::Uuid;

use crate::{StorageError, TenantStore};

/// A group as a user's `groups` shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupRef {
    /// Which group.
    pub id: GroupId,
    /// Its name.
    pub display_name: String,
}

/// Reads what [`crate::dialect::Dialect::groups_of_user`] selects, in the order of ids.
pub(crate) fn groups_from_json(text: Option<&str>) -> Option<Vec<GroupRef>> {
    let Some(text) = text.filter(|text| *text != "[]") else { return Some(Vec::new()) };
    let pairs: Vec<(String, String)> = serde_json::from_str(text).ok()?;
    let mut groups = Vec::with_capacity(pairs.len());
    for (id, display_name) in pairs {
        groups.push(GroupRef { id: GroupId::from_uuid(Uuid::try_parse(&id).ok()?), display_name });
    }
    groups.sort();
    Some(groups)
}

impl TenantStore {
    /// The members of a group in the order of their ids, `limit` of them after `after`.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn members(
        &self,
        group: GroupId,
        after: Option<UserId>,
        limit: u64,
    ) -> Result<Vec<UserId>, StorageError> {
        let mut values =
            vec![self.tenant.as_uuid().into(), group.as_uuid().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
        let mut sql = String::from("select m.user_id from memberships m where m.tenant_id = $1 and m.group_id = $2");
        if let Some(after) = after {
            values.push(after.as_uuid().into());
            sql.push_str(" and m.user_id > $4");
        }
        sql.push_str(" order by m.user_id limit cast($3 as bigint)");
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(|row| Ok(UserId::from_uuid(row.try_get_by_index(0)?))).collect()
    }
}
