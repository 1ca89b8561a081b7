//! Writes of users and groups: one short transaction each, with its events inside.

use std::sync::LazyLock;

use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use usher_core::{GroupId, UserId, fold};
use uuid::Uuid;

use crate::connect::Transaction;
use crate::dialect::{Dialect, user_list};
use crate::groups::{self, GroupRecord};
use crate::time::millis;
use crate::{NewEvent, StorageError, TenantStore, UniqueValues, UserRecord, log};

/// How a user's row is written. An update applies to the version before the record's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// A new row.
    Insert,
    /// The row and the further addresses.
    Profile,
    /// The row; the further addresses stay as they are.
    State,
    /// The row; the user leaves every group (SCIM DELETE).
    Departure,
    /// A tombstone: further addresses go, groups are left, and the person's data disappears from the log.
    Erasure,
}

const COLUMNS: [&str; 24] = [
    "tenant_id",
    "user_id",
    "connection_id",
    "user_name",
    "user_name_folded",
    "external_id",
    "display_name",
    "display_name_folded",
    "email",
    "email_folded",
    "active",
    "state",
    "staged_reason",
    "suspended_at",
    "accepted_at",
    "hidden_at",
    "invitation",
    "invitation_issue",
    "invitation_email",
    "invitation_expires_at",
    "attributes",
    "version",
    "created_at",
    "updated_at",
];

/// Inserts a user's row.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let places: Vec<String> = (1..=COLUMNS.len()).map(|place| format!("${place}")).collect();
    format!("insert into users ({}) values ({})", COLUMNS.join(", "), places.join(", "))
});

/// Updates a user's row of the version before.
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let set = |(index, column): (usize, &&str)| format!("{column} = ${}", index + 1);
    let sets: Vec<String> = COLUMNS.iter().enumerate().skip(2).map(set).collect();
    format!("update users set {} where tenant_id = $1 and user_id = $2 and version = $22 - 1", sets.join(", "))
});

/// A changed profile without further addresses has none left.
const FORGET_EMAILS: &str = ", forgotten as (delete from user_emails where tenant_id = $1 and user_id = $2 \
     and exists (select 1 from changed))";

impl TenantStore {
    /// Stores a user and what happened to them, or nothing.
    ///
    /// # Errors
    /// [`StorageError::VersionConflict`] if somebody else wrote first; [`StorageError::Taken`] for a `userName` or
    /// `externalId` that another user has; otherwise those of the database.
    pub async fn write_user(&self, user: &UserRecord, how: Write, events: &[NewEvent]) -> Result<(), StorageError> {
        let plain = matches!(how, Write::Insert | Write::Profile | Write::State) && user.other_emails.is_empty();
        if self.store.dialect == Dialect::Postgres && plain && !events.is_empty() {
            return self.write_at_once(user, how, events).await;
        }
        self.write_in_steps(user, how, None, events).await
    }

    /// As [`write_user`](Self::write_user), of a user whose attributes a declared schema wants to be unique: `unique` are
    /// all such values that they have.
    ///
    /// # Errors
    /// As there, and [`StorageError::ValueTaken`] for a value that another user has.
    pub async fn write_unique_user(
        &self,
        user: &UserRecord,
        how: Write,
        unique: &UniqueValues,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        self.write_in_steps(user, how, Some(unique), events).await
    }

    async fn write_in_steps(
        &self,
        user: &UserRecord,
        how: Write,
        unique: Option<&UniqueValues>,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        let on = &transaction.inner;
        if matches!(how, Write::Departure | Write::Erasure) {
            // Groups before the user, as a change of members locks them: neither waits for the other in a ring.
            self.lock_groups(on, user).await?;
        }
        match how {
            Write::Insert => self.insert_user(on, user).await?,
            Write::Profile | Write::State | Write::Departure | Write::Erasure => self.update_user(on, user).await?,
        }
        if matches!(how, Write::Profile | Write::Erasure) {
            self.delete_emails(on, user).await?;
        }
        if matches!(how, Write::Insert | Write::Profile) {
            self.insert_emails(on, user).await?;
        }
        if let Some(unique) = unique {
            self.hold(on, user.id.as_uuid(), unique).await?;
        }
        if matches!(how, Write::Departure | Write::Erasure) {
            self.leave_groups(on, user).await?;
            self.release(on, user.id.as_uuid()).await?;
        }
        if how == Write::Erasure {
            log::erase_subject(&self.store, on, self.tenant, user.id).await?;
        }
        log::insert(&self.store, on, self.tenant, events).await?;
        transaction.commit().await
    }

    /// The same transaction as one statement, and so one round trip: what most requests write. The events come out of a
    /// query over the changed row, so without that there are none, and their place in the log is drawn after its lock.
    async fn write_at_once(&self, user: &UserRecord, how: Write, events: &[NewEvent]) -> Result<(), StorageError> {
        let (change, emails) = match how {
            Write::Insert => (INSERT.as_str(), ""),
            Write::Profile => (UPDATE.as_str(), FORGET_EMAILS),
            Write::State | Write::Departure | Write::Erasure => (UPDATE.as_str(), ""),
        };
        let rows = log::rows(events.len(), COLUMNS.len(), |_| String::new());
        let columns = log::WRITTEN;
        let sql = format!(
            "with changed as ({change} returning 1){emails} insert into events ({columns}) \
             select * from (values {rows}) as happened where exists (select 1 from changed)"
        );
        let mut values = user.values(self.tenant.as_uuid());
        log::bind(events, &mut values);
        let done = self.store.pool.execute_raw(self.store.statement(sql, values)).await?;
        if done.rows_affected() == 0 { Err(StorageError::VersionConflict) } else { Ok(()) }
    }

    async fn insert_user(&self, on: &DatabaseTransaction, user: &UserRecord) -> Result<(), StorageError> {
        on.execute_raw(self.store.statement(INSERT.as_str(), user.values(self.tenant.as_uuid()))).await?;
        Ok(())
    }

    async fn update_user(&self, on: &DatabaseTransaction, user: &UserRecord) -> Result<(), StorageError> {
        let done = on.execute_raw(self.store.statement(UPDATE.as_str(), user.values(self.tenant.as_uuid()))).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(StorageError::VersionConflict) }
    }

    /// Locks the user's groups in the order of their ids, so that two leavers cannot wait for each other.
    async fn lock_groups(&self, on: &DatabaseTransaction, user: &UserRecord) -> Result<bool, StorageError> {
        let lock = self.store.dialect.for_update();
        let sql = format!(
            "select g.group_id from groups g where g.tenant_id = $1 and g.group_id in \
             (select m.group_id from memberships m where m.tenant_id = $1 and m.user_id = $2) order by g.group_id{lock}"
        );
        let ids = vec![self.tenant.as_uuid().into(), user.id.as_uuid().into()];
        Ok(!on.query_all_raw(self.store.statement(sql, ids)).await?.is_empty())
    }

    /// Comes after the user's row is written: whoever adds the user to a group holds that row meanwhile, so that nobody
    /// is added unseen.
    async fn leave_groups(&self, on: &DatabaseTransaction, user: &UserRecord) -> Result<(), StorageError> {
        if !self.lock_groups(on, user).await? {
            return Ok(());
        }
        let ids = || vec![self.tenant.as_uuid().into(), user.id.as_uuid().into()];
        let sql = "update groups set version = version + 1, updated_at = $3 where tenant_id = $1 and group_id in \
             (select group_id from memberships where tenant_id = $1 and user_id = $2)";
        let changed = vec![self.tenant.as_uuid().into(), user.id.as_uuid().into(), millis(user.updated_at).into()];
        on.execute_raw(self.store.statement(sql, changed)).await?;
        on.execute_raw(self.store.statement("delete from memberships where tenant_id = $1 and user_id = $2", ids()))
            .await?;
        Ok(())
    }

    async fn delete_emails(&self, on: &DatabaseTransaction, user: &UserRecord) -> Result<(), StorageError> {
        let ids = vec![self.tenant.as_uuid().into(), user.id.as_uuid().into()];
        on.execute_raw(self.store.statement("delete from user_emails where tenant_id = $1 and user_id = $2", ids))
            .await?;
        Ok(())
    }

    async fn insert_emails(&self, on: &DatabaseTransaction, user: &UserRecord) -> Result<(), StorageError> {
        for email in &user.other_emails {
            let values = vec![self.tenant.as_uuid().into(), fold(email).into(), user.id.as_uuid().into()];
            let sql =
                "insert into user_emails (tenant_id, email_folded, user_id) values ($1, $2, $3) on conflict do nothing";
            on.execute_raw(self.store.statement(sql, values)).await?;
        }
        Ok(())
    }

    /// Begins to change a group: its row is locked until the write ends, so that changes through any replica come one
    /// after the other and none is lost. `None` if there is no such group.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn change_group(&self, id: GroupId) -> Result<Option<GroupWrite>, StorageError> {
        let transaction = self.store.begin().await?;
        let group = groups::read_locked(self, &transaction.inner, id).await?;
        Ok(group.map(|group| GroupWrite { store: self.clone(), transaction, group }))
    }

    /// Begins to make a group.
    ///
    /// # Errors
    /// [`StorageError::Taken`] for a name or `externalId` that another group has; otherwise those of the database.
    pub async fn create_group(&self, group: &GroupRecord) -> Result<GroupWrite, StorageError> {
        let transaction = self.store.begin().await?;
        groups::insert(self, &transaction.inner, group).await?;
        Ok(GroupWrite { store: self.clone(), transaction, group: group.clone() })
    }
}

/// A change of one group under way. Dropping it undoes everything.
pub struct GroupWrite {
    store: TenantStore,
    transaction: Transaction,
    /// The group as it was read.
    pub group: GroupRecord,
}

impl GroupWrite {
    /// Adds members; answers those who were not members before.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn add(&self, users: &[UserId]) -> Result<Vec<UserId>, StorageError> {
        let sql = format!(
            "insert into memberships (tenant_id, group_id, user_id) select $1, $2, ids.id from ({}) ids where true \
             on conflict do nothing returning user_id",
            self.store.store.dialect.ids_as_rows(3)
        );
        self.ids(sql, Some(users)).await
    }

    /// Removes members; answers those who were members before.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn remove(&self, users: &[UserId]) -> Result<Vec<UserId>, StorageError> {
        let sql = format!(
            "delete from memberships where tenant_id = $1 and group_id = $2 and {} returning user_id",
            self.store.store.dialect.is_in("user_id", 3)
        );
        self.ids(sql, Some(users)).await
    }

    /// Removes every member; answers who they were.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn clear(&self) -> Result<Vec<UserId>, StorageError> {
        self.ids("delete from memberships where tenant_id = $1 and group_id = $2 returning user_id".to_owned(), None)
            .await
    }

    /// The members as they are now, in this transaction.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn members(&self) -> Result<Vec<UserId>, StorageError> {
        self.ids(
            "select user_id from memberships where tenant_id = $1 and group_id = $2 order by user_id".to_owned(),
            None,
        )
        .await
    }

    /// Those of `users` who are listed users of this tenant. They stay so until this write ends: their rows are held.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn known(&self, users: &[UserId]) -> Result<Vec<UserId>, StorageError> {
        let sql = format!(
            "select user_id from users where tenant_id = $1 and {} and hidden_at is null order by user_id{}",
            self.store.store.dialect.is_in("user_id", 2),
            self.store.store.dialect.for_share()
        );
        let values = vec![self.tenant().into(), user_list(users)];
        let rows = self.transaction.inner.query_all_raw(self.store.store.statement(sql, values)).await?;
        rows.iter().map(|row| Ok(UserId::from_uuid(row.try_get_by_index(0)?))).collect()
    }

    /// Makes these the values that the group has alone, and no others.
    ///
    /// # Errors
    /// [`StorageError::ValueTaken`] for a value that another group has; otherwise those of the database.
    pub async fn hold(&self, unique: &UniqueValues) -> Result<(), StorageError> {
        self.store.hold(&self.transaction.inner, self.group.id.as_uuid(), unique).await
    }

    /// Writes the group's own row with the next version and ends the transaction, with what happened.
    ///
    /// # Errors
    /// [`StorageError::Taken`] for a name or `externalId` that another group has; otherwise those of the database.
    pub async fn commit(self, group: &GroupRecord, events: &[NewEvent]) -> Result<(), StorageError> {
        groups::update(&self.store, &self.transaction.inner, group).await?;
        self.finish(events).await
    }

    /// Ends the transaction of a group that was just made, or was not changed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn finish(self, events: &[NewEvent]) -> Result<(), StorageError> {
        log::insert(&self.store.store, &self.transaction.inner, self.store.tenant, events).await?;
        self.transaction.commit().await
    }

    /// Deletes the group and its memberships, and ends the transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete(self, events: &[NewEvent]) -> Result<(), StorageError> {
        let ids = || vec![self.tenant().into(), self.group.id.as_uuid().into()];
        for sql in [
            "delete from memberships where tenant_id = $1 and group_id = $2",
            "delete from groups where tenant_id = $1 and group_id = $2",
        ] {
            self.transaction.inner.execute_raw(self.store.store.statement(sql, ids())).await?;
        }
        self.store.release(&self.transaction.inner, self.group.id.as_uuid()).await?;
        self.finish(events).await
    }

    fn tenant(&self) -> Uuid {
        self.store.tenant.as_uuid()
    }

    async fn ids(&self, sql: String, users: Option<&[UserId]>) -> Result<Vec<UserId>, StorageError> {
        let mut values: Vec<Value> = vec![self.tenant().into(), self.group.id.as_uuid().into()];
        values.extend(users.map(user_list));
        let rows = self.transaction.inner.query_all_raw(self.store.store.statement(sql, values)).await?;
        rows.iter().map(|row| Ok(UserId::from_uuid(row.try_get_by_index(0)?))).collect()
    }
}
