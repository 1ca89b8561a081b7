//! Who is in which group.

use std::collections::HashMap;
use std::fmt;

use sea_orm::ConnectionTrait;
use usher_core::{GroupId, UserId};
use uuid::Uuid;

use crate::dialect::id_list;
use crate::groups::{self, GROUP_COLUMNS};
use crate::{GroupRecord, StorageError, TenantStore};

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

/// The members of a group in the order of their ids, packed: 16 bytes for each, since a group may have a hundred thousand.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MemberIds(Vec<u8>);

impl MemberIds {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len() / size_of::<Uuid>()
    }

    /// Whether nobody is a member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The member at a place, from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<UserId> {
        let start = place.checked_mul(size_of::<Uuid>())?;
        let bytes = self.0.get(start..start.checked_add(size_of::<Uuid>())?)?;
        Uuid::from_slice(bytes).ok().map(UserId::from_uuid)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = UserId> + '_ {
        (0..self.len()).filter_map(|place| self.get(place))
    }
}

impl MemberIds {
    /// What [`crate::dialect::Dialect::members_of_group`] selects. Ordered here: they come from an index and are in order
    /// already, but the database would sort them all the same.
    fn of_bytes(bytes: Option<Vec<u8>>) -> Self {
        let mut bytes = bytes.unwrap_or_default();
        let (ids, _) = bytes.as_chunks_mut::<{ size_of::<Uuid>() }>();
        ids.sort_unstable();
        Self(bytes)
    }
}

impl FromIterator<UserId> for MemberIds {
    fn from_iter<I: IntoIterator<Item = UserId>>(users: I) -> Self {
        Self(users.into_iter().flat_map(|user| user.as_uuid().into_bytes()).collect())
    }
}

impl fmt::Debug for MemberIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberIds({})", self.len())
    }
}

impl TenantStore {
    /// A group and its members, both of the same moment.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn group_with_members(&self, id: GroupId) -> Result<Option<(GroupRecord, MemberIds)>, StorageError> {
        let members = self.store.dialect.members_of_group();
        let sql = format!(
            "select {GROUP_COLUMNS}, {members} as members from groups g where g.tenant_id = $1 and g.group_id = $2"
        );
        let values = vec![self.tenant.as_uuid().into(), id.as_uuid().into()];
        let row = self.store.pool.query_one_raw(self.store.statement(sql, values)).await?;
        let Some(row) = row else { return Ok(None) };
        let members: Option<Vec<u8>> = row.try_get("", "members")?;
        Ok(Some((groups::read(&row)?, MemberIds::of_bytes(members))))
    }

    /// The members of some groups, packed; a group that is gone is left out.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn members_by_group(&self, groups: &[GroupId]) -> Result<HashMap<GroupId, MemberIds>, StorageError> {
        let (members, is_in) = (self.store.dialect.members_of_group(), self.store.dialect.is_in("g.group_id", 2));
        let sql = format!("select g.group_id, {members} from groups g where g.tenant_id = $1 and {is_in}");
        let values = vec![self.tenant.as_uuid().into(), id_list(groups.iter().map(|group| group.as_uuid()))];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let members = MemberIds::of_bytes(row.try_get_by_index(1)?);
            found.insert(GroupId::from_uuid(row.try_get_by_index(0)?), members);
        }
        Ok(found)
    }
}
