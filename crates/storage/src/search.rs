//! Searching: what the terms find, in pages by number or in steps from a place.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use usher_core::{GroupId, UserId};
use uuid::Uuid;

use crate::dialect::{id_list, user_list};
use crate::groups::{self, GROUP_COLUMNS};
use crate::memberships::GroupRef;
use crate::terms::{GroupTerm, Ranges, Sql, UserTerm};
use crate::users::{self, USER_COLUMNS};
use crate::{GroupRecord, StorageError, TenantStore, UserRecord};

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By id, which is the order of creation.
    Id,
    /// By folded `userName` or `displayName`, then id.
    Name {
        /// From the end of the alphabet.
        descending: bool,
    },
}

impl Order {
    /// Whether it goes down, seen from its end if `backward`.
    const fn descends(self, backward: bool) -> bool {
        match self {
            Self::Id => backward,
            Self::Name { descending } => descending != backward,
        }
    }
}

/// Which part of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many to leave out at the start.
    pub offset: u64,
    /// How many to give at most.
    pub limit: u64,
}

/// A place in the order of a list, between two rows or on one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<Id> {
    /// The folded name of the row, for [`Order::Name`].
    pub name: String,
    /// The row's id.
    pub id: Id,
    /// Whether the row itself comes too, if it is still there.
    pub inclusive: bool,
}

/// Some steps through a list.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a, Id> {
    /// The order of the list.
    pub order: Order,
    /// Against that order; what is found comes in the order of the walk.
    pub backward: bool,
    /// Where to begin; at the end that the walk comes from, if nowhere.
    pub from: Option<&'a Place<Id>>,
    /// How many rows at most.
    pub limit: u64,
}

impl<Id> Walk<'_, Id> {
    /// Through all rows, by id.
    #[must_use]
    pub const fn all(limit: u64) -> Self {
        Self { order: Order::Id, backward: false, from: None, limit }
    }

    /// The rest of a condition, the order and the limit.
    fn bind(&self, sql: &mut Sql, name: &str, id: &str, uuid: impl Fn(&Id) -> Uuid) {
        let descends = self.order.descends(self.backward);
        let after = if descends { "<" } else { ">" };
        if let Some(place) = self.from {
            let on = if place.inclusive { "=" } else { "" };
            match self.order {
                Order::Id => sql.bind(&format!(" and {id} {after}{on} "), uuid(&place.id), ""),
                Order::Name { .. } => {
                    // The first comparison is the one that an index understands.
                    sql.bind(&format!(" and {name} {after}= "), place.name.as_str(), "");
                    sql.bind(&format!(" and ({name} {after} "), place.name.as_str(), "");
                    sql.bind(&format!(" or {id} {after}{on} "), uuid(&place.id), ")");
                }
            }
        }
        sql.text.push_str(&order_by(self.order, descends, name, id));
        limited(sql, self.limit);
    }
}

/// A range that holds no more rows than this is searched by the list of their ids.
const LISTED: u64 = 20_000;

impl TenantStore {
    fn users_where(&self, term: &UserTerm, ranges: Ranges) -> Sql {
        Sql::of_users(self.tenant.as_uuid().into(), self.store.dialect, ranges, term)
    }

    fn groups_where(&self, term: &GroupTerm, ranges: Ranges) -> Sql {
        Sql::of_groups(self.tenant.as_uuid().into(), self.store.dialect, ranges, term)
    }

    async fn user_ranges(&self, term: &UserTerm) -> Result<Ranges, StorageError> {
        let size = Sql::size_of_user_range(self.tenant.as_uuid().into(), self.store.dialect, term, LISTED + 1);
        self.ranges(size).await
    }

    async fn group_ranges(&self, term: &GroupTerm) -> Result<Ranges, StorageError> {
        let size = Sql::size_of_group_range(self.tenant.as_uuid().into(), self.store.dialect, term, LISTED + 1);
        self.ranges(size).await
    }

    /// Few rows are listed. Of many, every part of the order has its share, so that walking it finds a page soon; and where it
    /// does not, each row is passed only once on the way through all pages.
    async fn ranges(&self, size: Option<Sql>) -> Result<Ranges, StorageError> {
        let Some(sql) = size else { return Ok(Ranges::Walked) };
        Ok(if self.count(sql.text, sql.values).await? > LISTED { Ranges::Walked } else { Ranges::Listed })
    }

    /// How many listed users a term finds.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn count_users(&self, term: &UserTerm) -> Result<u64, StorageError> {
        let sql = self.users_where(term, Ranges::Plain);
        self.count(format!("select count(*) from users u where {}", sql.text), sql.values).await
    }

    /// A page of listed users, with their groups if asked.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn find_users(
        &self,
        term: &UserTerm,
        order: Order,
        page: Page,
        groups: bool,
    ) -> Result<Vec<(UserRecord, Vec<GroupRef>)>, StorageError> {
        let mut sql = self.users_where(term, self.user_ranges(term).await?);
        let groups = if groups { self.store.dialect.groups_of_user() } else { "cast(null as text)" };
        let order = order_by(order, order.descends(false), "u.user_name_folded", "u.user_id");
        if page.offset > 0 {
            // The rows of the page are chosen first: PostgreSQL would look up the groups of everybody it leaves out.
            sql.text = format!("u.user_id in (select u.user_id from users u where {}{order}", sql.text);
            paged(&mut sql, page);
            sql.text.push_str(") and u.tenant_id = $1");
        }
        sql.text = format!("select {USER_COLUMNS}, {groups} as user_groups from users u where {}{order}", sql.text);
        if page.offset == 0 {
            limited(&mut sql, page.limit);
        }
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(users::read_with_groups).collect()
    }

    /// Some steps through the listed users that a term finds, with their groups if asked. What a step costs does not depend on
    /// where it begins.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn walk_users(
        &self,
        term: &UserTerm,
        walk: Walk<'_, UserId>,
        groups: bool,
    ) -> Result<Vec<(UserRecord, Vec<GroupRef>)>, StorageError> {
        let mut sql = self.users_where(term, self.user_ranges(term).await?);
        let groups = if groups { self.store.dialect.groups_of_user() } else { "cast(null as text)" };
        sql.text = format!("select {USER_COLUMNS}, {groups} as user_groups from users u where {}", sql.text);
        walk.bind(&mut sql, "u.user_name_folded", "u.user_id", |id| id.as_uuid());
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(users::read_with_groups).collect()
    }

    /// How many groups a term finds.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn count_groups(&self, term: &GroupTerm) -> Result<u64, StorageError> {
        let sql = self.groups_where(term, Ranges::Plain);
        self.count(format!("select count(*) from groups g where {}", sql.text), sql.values).await
    }

    /// A page of groups.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn find_groups(
        &self,
        term: &GroupTerm,
        order: Order,
        page: Page,
    ) -> Result<Vec<GroupRecord>, StorageError> {
        let mut sql = self.groups_where(term, self.group_ranges(term).await?);
        sql.text = format!(
            "select {GROUP_COLUMNS} from groups g where {}{}",
            sql.text,
            order_by(order, order.descends(false), "g.display_name_folded", "g.group_id")
        );
        paged(&mut sql, page);
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(groups::read).collect()
    }

    /// Some steps through the groups that a term finds.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn walk_groups(
        &self,
        term: &GroupTerm,
        walk: Walk<'_, GroupId>,
    ) -> Result<Vec<GroupRecord>, StorageError> {
        let mut sql = self.groups_where(term, self.group_ranges(term).await?);
        sql.text = format!("select {GROUP_COLUMNS} from groups g where {}", sql.text);
        walk.bind(&mut sql, "g.display_name_folded", "g.group_id", |id| id.as_uuid());
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(groups::read).collect()
    }

    /// The listed users of some ids, in no order, with their groups.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn users_of(&self, ids: &[UserId]) -> Result<Vec<(UserRecord, Vec<GroupRef>)>, StorageError> {
        let (groups, is_in) = (self.store.dialect.groups_of_user(), self.store.dialect.is_in("u.user_id", 2));
        let sql = format!(
            "select {USER_COLUMNS}, {groups} as user_groups from users u where u.tenant_id = $1 and {is_in} and u.hidden_at is null"
        );
        let values = vec![self.tenant.as_uuid().into(), user_list(ids)];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(users::read_with_groups).collect()
    }

    /// The groups of some ids, in no order.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn groups_of_ids(&self, ids: &[GroupId]) -> Result<Vec<GroupRecord>, StorageError> {
        let is_in = self.store.dialect.is_in("g.group_id", 2);
        let sql = format!("select {GROUP_COLUMNS} from groups g where g.tenant_id = $1 and {is_in}");
        let values = vec![self.tenant.as_uuid().into(), id_list(ids.iter().map(|id| id.as_uuid()))];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(groups::read).collect()
    }

    /// The members of some groups, in the order of groups and members: all of them, or some `limit` of them.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn members_of(&self, ids: &[GroupId], limit: u64) -> Result<Vec<(GroupId, UserId)>, StorageError> {
        let is_in = self.store.dialect.is_in("m.group_id", 2);
        // Ordered here: the database would have to sort all of them before it could stop at the limit.
        let sql = format!(
            "select m.group_id, m.user_id from memberships m where m.tenant_id = $1 and {is_in} limit cast($3 as bigint)"
        );
        let groups = id_list(ids.iter().map(|id| id.as_uuid()));
        let values = vec![self.tenant.as_uuid().into(), groups, i64::try_from(limit).unwrap_or(i64::MAX).into()];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        let pair = |row: &QueryResult| {
            Ok((GroupId::from_uuid(row.try_get_by_index(0)?), UserId::from_uuid(row.try_get_by_index(1)?)))
        };
        let mut members: Vec<(GroupId, UserId)> = rows.iter().map(pair).collect::<Result<_, StorageError>>()?;
        members.sort_unstable();
        Ok(members)
    }

    async fn count(&self, sql: String, values: Vec<Value>) -> Result<u64, StorageError> {
        let row = self.store.pool.query_one_raw(self.store.statement(sql, values)).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

fn order_by(order: Order, descends: bool, name: &str, id: &str) -> String {
    let down = if descends { " desc" } else { "" };
    match order {
        Order::Id => format!(" order by {id}{down}"),
        Order::Name { .. } => format!(" order by {name}{down}, {id}{down}"),
    }
}

fn limited(sql: &mut Sql, limit: u64) {
    // Cast: SQLite looks at a bare parameter of a limit while it plans, and so plans again at each binding.
    sql.bind(" limit cast(", i64::try_from(limit).unwrap_or(i64::MAX), " as bigint)");
}

fn paged(sql: &mut Sql, page: Page) {
    limited(sql, page.limit);
    sql.bind(" offset cast(", i64::try_from(page.offset).unwrap_or(i64::MAX), " as bigint)");
}
