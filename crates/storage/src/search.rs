//! Searching: a closed set of terms, each with an index, becomes SQL. No text of a client ever names a column.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use usher_core::{ConnectionId, GroupId, UserId};

use crate::dialect::{id_list, user_list};
use crate::groups::{self, GROUP_COLUMNS};
use crate::memberships::GroupRef;
use crate::time::millis;
use crate::users::{self, USER_COLUMNS};
use crate::{GroupRecord, StorageError, TenantStore, UserRecord};

/// Which users. Texts named `folded` went through [`usher_core::fold`].
#[derive(Clone, Debug, PartialEq)]
pub enum UserTerm {
    /// All of them.
    All,
    /// Nobody.
    Nobody,
    /// The one of this id.
    Id(UserId),
    /// `userName eq`, folded.
    UserName(String),
    /// `externalId eq` among the users of a connection.
    ExternalId(ConnectionId, String),
    /// Somebody with this address among theirs, folded.
    Email(String),
    /// `displayName eq`, folded.
    DisplayName(String),
    /// `active eq`.
    Active(bool),
    /// `meta.lastModified ge`.
    ChangedSince(DateTime<Utc>),
    /// Member of a group.
    Group(GroupId),
    /// All of these.
    And(Vec<UserTerm>),
}

/// Which groups.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupTerm {
    /// All of them.
    All,
    /// None.
    Nothing,
    /// The one of this id.
    Id(GroupId),
    /// `displayName eq`, folded.
    DisplayName(String),
    /// `externalId eq` among the groups of a connection.
    ExternalId(ConnectionId, String),
    /// A group that has this member.
    Member(UserId),
    /// `meta.lastModified ge`.
    ChangedSince(DateTime<Utc>),
    /// All of these.
    And(Vec<GroupTerm>),
}

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

/// Which part of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many to leave out at the start.
    pub offset: u64,
    /// How many to give at most.
    pub limit: u64,
}

/// A condition and its bound values.
struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    fn bind(&mut self, before: &str, value: impl Into<Value>, after: &str) {
        self.values.push(value.into());
        let place = self.values.len().to_string();
        for part in [before, "$", &place, after] {
            self.text.push_str(part);
        }
    }

    fn all<T>(&mut self, terms: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (index, term) in terms.iter().enumerate() {
            if index > 0 {
                self.text.push_str(" and ");
            }
            each(self, term);
        }
        if terms.is_empty() {
            self.text.push_str("1 = 1");
        }
    }

    fn user(&mut self, term: &UserTerm) {
        match term {
            UserTerm::All => self.text.push_str("1 = 1"),
            UserTerm::Nobody => self.text.push_str("1 = 0"),
            UserTerm::Id(id) => self.bind("u.user_id = ", id.as_uuid(), ""),
            UserTerm::UserName(folded) => self.bind("u.user_name_folded = ", folded.as_str(), ""),
            UserTerm::ExternalId(connection, text) => {
                self.bind("u.connection_id = ", connection.as_uuid(), " and ");
                self.bind("u.external_id = ", text.as_str(), "");
            }
            UserTerm::Email(folded) => {
                self.bind(
                    "u.user_id in (select x.user_id from users x where x.tenant_id = $1 and x.email_folded = ",
                    folded.as_str(),
                    " union all ",
                );
                self.bind(
                    "select e.user_id from user_emails e where e.tenant_id = $1 and e.email_folded = ",
                    folded.as_str(),
                    ")",
                );
            }
            // As a list of ids: SQLite, which has no statistics, would rather walk the whole tenant in the order asked for.
            UserTerm::DisplayName(folded) => self.bind(
                "u.user_id in (select x.user_id from users x where x.tenant_id = $1 and x.hidden_at is null and x.display_name_folded = ",
                folded.as_str(),
                ")",
            ),
            UserTerm::Active(active) => self.bind("u.active = ", *active, ""),
            UserTerm::ChangedSince(at) => self.bind("u.updated_at >= ", millis(*at), ""),
            UserTerm::Group(group) => {
                self.bind(
                    "u.user_id in (select m.user_id from memberships m where m.tenant_id = $1 and m.group_id = ",
                    group.as_uuid(),
                    ")",
                );
            }
            UserTerm::And(terms) => self.all(terms, Self::user),
        }
    }

    fn group(&mut self, term: &GroupTerm) {
        match term {
            GroupTerm::All => self.text.push_str("1 = 1"),
            GroupTerm::Nothing => self.text.push_str("1 = 0"),
            GroupTerm::Id(id) => self.bind("g.group_id = ", id.as_uuid(), ""),
            GroupTerm::DisplayName(folded) => self.bind("g.display_name_folded = ", folded.as_str(), ""),
            GroupTerm::ExternalId(connection, text) => {
                self.bind("g.connection_id = ", connection.as_uuid(), " and ");
                self.bind("g.external_id = ", text.as_str(), "");
            }
            GroupTerm::Member(user) => {
                self.bind(
                    "g.group_id in (select m.group_id from memberships m where m.tenant_id = $1 and m.user_id = ",
                    user.as_uuid(),
                    ")",
                );
            }
            GroupTerm::ChangedSince(at) => self.bind("g.updated_at >= ", millis(*at), ""),
            GroupTerm::And(terms) => self.all(terms, Self::group),
        }
    }
}

impl TenantStore {
    fn users_where(&self, term: &UserTerm) -> Sql {
        let mut sql = Sql {
            text: "u.tenant_id = $1 and u.hidden_at is null and ".to_owned(),
            values: vec![self.tenant.as_uuid().into()],
        };
        sql.user(term);
        sql
    }

    fn groups_where(&self, term: &GroupTerm) -> Sql {
        let mut sql = Sql { text: "g.tenant_id = $1 and ".to_owned(), values: vec![self.tenant.as_uuid().into()] };
        sql.group(term);
        sql
    }

    /// How many listed users a term finds.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn count_users(&self, term: &UserTerm) -> Result<u64, StorageError> {
        let sql = self.users_where(term);
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
        let mut sql = self.users_where(term);
        let groups = if groups { self.store.dialect.groups_of_user() } else { "cast(null as text)" };
        sql.text = format!(
            "select {USER_COLUMNS}, {groups} as user_groups from users u where {}{}",
            sql.text,
            order_by(order, "u.user_name_folded", "u.user_id")
        );
        paged(&mut sql, page);
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(users::read_with_groups).collect()
    }

    /// The next listed users after an id, for going through all of them in bounded steps.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn scan_users(
        &self,
        term: &UserTerm,
        after: Option<UserId>,
        limit: u64,
        groups: bool,
    ) -> Result<Vec<(UserRecord, Vec<GroupRef>)>, StorageError> {
        let mut sql = self.users_where(term);
        if let Some(after) = after {
            sql.bind(" and u.user_id > ", after.as_uuid(), "");
        }
        let groups = if groups { self.store.dialect.groups_of_user() } else { "cast(null as text)" };
        sql.text = format!(
            "select {USER_COLUMNS}, {groups} as user_groups from users u where {} order by u.user_id",
            sql.text
        );
        paged(&mut sql, Page { offset: 0, limit });
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(users::read_with_groups).collect()
    }

    /// How many groups a term finds.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn count_groups(&self, term: &GroupTerm) -> Result<u64, StorageError> {
        let sql = self.groups_where(term);
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
        let mut sql = self.groups_where(term);
        sql.text = format!(
            "select {GROUP_COLUMNS} from groups g where {}{}",
            sql.text,
            order_by(order, "g.display_name_folded", "g.group_id")
        );
        paged(&mut sql, page);
        let rows = self.store.pool.query_all_raw(self.store.statement(sql.text, sql.values)).await?;
        rows.iter().map(groups::read).collect()
    }

    /// The next groups after an id.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn scan_groups(
        &self,
        term: &GroupTerm,
        after: Option<GroupId>,
        limit: u64,
    ) -> Result<Vec<GroupRecord>, StorageError> {
        let mut sql = self.groups_where(term);
        if let Some(after) = after {
            sql.bind(" and g.group_id > ", after.as_uuid(), "");
        }
        sql.text = format!("select {GROUP_COLUMNS} from groups g where {} order by g.group_id", sql.text);
        paged(&mut sql, Page { offset: 0, limit });
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

    /// The members of some groups, in the order of groups and members.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn members_of(&self, ids: &[GroupId]) -> Result<Vec<(GroupId, UserId)>, StorageError> {
        let is_in = self.store.dialect.is_in("m.group_id", 2);
        let sql = format!(
            "select m.group_id, m.user_id from memberships m where m.tenant_id = $1 and {is_in} order by m.group_id, m.user_id"
        );
        let values = vec![self.tenant.as_uuid().into(), id_list(ids.iter().map(|id| id.as_uuid()))];
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        let pair = |row: &QueryResult| {
            Ok((GroupId::from_uuid(row.try_get_by_index(0)?), UserId::from_uuid(row.try_get_by_index(1)?)))
        };
        rows.iter().map(pair).collect()
    }

    async fn count(&self, sql: String, values: Vec<Value>) -> Result<u64, StorageError> {
        let row = self.store.pool.query_one_raw(self.store.statement(sql, values)).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

fn order_by(order: Order, name: &str, id: &str) -> String {
    match order {
        Order::Id => format!(" order by {id}"),
        Order::Name { descending: false } => format!(" order by {name}, {id}"),
        Order::Name { descending: true } => format!(" order by {name} desc, {id} desc"),
    }
}

fn paged(sql: &mut Sql, page: Page) {
    // Cast: SQLite looks at a bare parameter of a limit while it plans, and so plans again at each binding.
    sql.bind(" limit cast(", i64::try_from(page.limit).unwrap_or(i64::MAX), " as bigint)");
    sql.bind(" offset cast(", i64::try_from(page.offset).unwrap_or(i64::MAX), " as bigint)");
}
