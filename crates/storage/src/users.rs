//! Users: rows in, records out, and the reads that look a single user up.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Value};
use usher_core::{ConnectionId, UserId, fold};
use usher_lifecycle::{InvitationState, Life, Owner, StagedReason, State};
use uuid::Uuid;

use crate::memberships::{GroupRef, groups_from_json};
use crate::time::{instant, millis, some_instant, some_millis};
use crate::{StorageError, TenantStore};

/// One user as the database knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Who it is.
    pub id: UserId,
    /// What the rules look at.
    pub life: Life,
    /// When the person accepted, or the application registered them.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When they were suspended, for a [`State::Suspended`] or a tombstone.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Where the latest invitation went.
    pub invitation_email: Option<String>,
    /// SCIM `userName` as it was sent.
    pub user_name: String,
    /// SCIM `externalId`, a label of the owning connection.
    pub external_id: Option<String>,
    /// SCIM `displayName`.
    pub display_name: Option<String>,
    /// The usable address, as it was sent.
    pub email: Option<String>,
    /// Further addresses, for look-ups by e-mail. Written with the row, not read back.
    pub other_emails: Vec<String>,
    /// The canonical attributes, a JSON object.
    pub attributes: String,
    /// Counts changes; what a write must have read.
    pub version: i64,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When what it shows last changed.
    pub updated_at: DateTime<Utc>,
}

/// The columns of a user's row, from `users u`.
pub(crate) const USER_COLUMNS: &str = "u.user_id, u.connection_id, u.user_name, u.external_id, u.display_name, u.email, \
     u.active, u.state, u.staged_reason, u.suspended_at, u.accepted_at, u.hidden_at, u.invitation, u.invitation_issue, \
     u.invitation_email, u.invitation_expires_at, u.attributes, u.version, u.created_at, u.updated_at";

#[derive(FromQueryResult)]
struct UserRow {
    user_id: Uuid,
    connection_id: Option<Uuid>,
    user_name: String,
    external_id: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    active: bool,
    state: String,
    staged_reason: Option<String>,
    suspended_at: Option<i64>,
    accepted_at: Option<i64>,
    hidden_at: Option<i64>,
    invitation: String,
    invitation_issue: i64,
    invitation_email: Option<String>,
    invitation_expires_at: Option<i64>,
    attributes: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl UserRow {
    fn broken(&self, column: &'static str) -> StorageError {
        StorageError::Inconsistent { table: "users", column, id: self.user_id.to_string() }
    }

    fn state(&self) -> Result<State, StorageError> {
        Ok(match self.state.as_str() {
            "staged" => {
                let reason = self.staged_reason.as_deref().and_then(StagedReason::parse);
                State::Staged { reason: reason.ok_or_else(|| self.broken("staged_reason"))? }
            }
            "invited" => {
                let expires_at =
                    some_instant(self.invitation_expires_at).ok_or_else(|| self.broken("invitation_expires_at"))?;
                State::Invited { expires_at }
            }
            "active" => State::Active,
            "suspended" => {
                let since = some_instant(self.suspended_at).ok_or_else(|| self.broken("suspended_at"))?;
                State::Suspended { since, accepted: self.accepted_at.is_some() }
            }
            "deleted" => State::Deleted,
            _ => return Err(self.broken("state")),
        })
    }

    fn invitation(&self) -> Result<InvitationState, StorageError> {
        Ok(match self.invitation.as_str() {
            "none" => InvitationState::None,
            "open" => InvitationState::Open,
            "accepted" => InvitationState::Accepted,
            "withdrawn" => InvitationState::Withdrawn,
            _ => return Err(self.broken("invitation")),
        })
    }
}

const fn invitation_text(state: InvitationState) -> &'static str {
    match state {
        InvitationState::None => "none",
        InvitationState::Open => "open",
        InvitationState::Accepted => "accepted",
        InvitationState::Withdrawn => "withdrawn",
    }
}

impl TryFrom<UserRow> for UserRecord {
    type Error = StorageError;

    fn try_from(row: UserRow) -> Result<Self, StorageError> {
        let life = Life {
            state: row.state()?,
            owner: row.connection_id.map_or(Owner::Unmanaged, |id| Owner::Connection(ConnectionId::from_uuid(id))),
            wanted_active: row.active,
            listed: row.hidden_at.is_none(),
            issue: u32::try_from(row.invitation_issue).map_err(|_| row.broken("invitation_issue"))?,
            invitation: row.invitation()?,
        };
        Ok(Self {
            id: UserId::from_uuid(row.user_id),
            life,
            accepted_at: some_instant(row.accepted_at),
            suspended_at: some_instant(row.suspended_at),
            invitation_email: row.invitation_email,
            user_name: row.user_name,
            external_id: row.external_id,
            display_name: row.display_name,
            email: row.email,
            other_emails: Vec::new(),
            attributes: row.attributes,
            version: row.version,
            created_at: instant(row.created_at),
            updated_at: instant(row.updated_at),
        })
    }
}

pub(crate) fn read(row: &QueryResult) -> Result<UserRecord, StorageError> {
    UserRow::from_query_result(row, "")?.try_into()
}

impl UserRecord {
    /// The values of a row, in the order of [`COLUMNS`].
    pub(crate) fn values(&self, tenant: Uuid) -> Vec<Value> {
        let (staged, expires) = match self.life.state {
            State::Staged { reason } => (Some(reason.as_str()), None),
            State::Invited { expires_at } => (None, Some(expires_at)),
            State::Absent | State::Active | State::Suspended { .. } | State::Deleted => (None, None),
        };
        let owner = match self.life.owner {
            Owner::Unmanaged => None,
            Owner::Connection(id) => Some(id.as_uuid()),
        };
        vec![
            tenant.into(),
            self.id.as_uuid().into(),
            owner.into(),
            self.user_name.as_str().into(),
            fold(&self.user_name).into(),
            self.external_id.clone().into(),
            self.display_name.clone().into(),
            self.display_name.as_deref().map(fold).into(),
            self.email.clone().into(),
            self.email.as_deref().map(fold).into(),
            self.life.wanted_active.into(),
            self.life.state.as_str().into(),
            staged.map(str::to_owned).into(),
            some_millis(self.suspended_at).into(),
            some_millis(self.accepted_at).into(),
            (!self.life.listed).then(|| millis(self.updated_at)).into(),
            invitation_text(self.life.invitation).into(),
            i64::from(self.life.issue).into(),
            self.invitation_email.clone().into(),
            some_millis(expires).into(),
            self.attributes.as_str().into(),
            self.version.into(),
            millis(self.created_at).into(),
            millis(self.updated_at).into(),
        ]
    }
}

/// What a `POST /Users` is compared by. Texts are folded where folding applies.
#[derive(Clone, Debug)]
pub struct CandidateKeys<'a> {
    /// `userName`, as sent.
    pub user_name: &'a str,
    /// `externalId`, within `connection`.
    pub external_id: Option<&'a str>,
    /// The usable address, as sent.
    pub email: Option<&'a str>,
    /// The connection that asks.
    pub connection: ConnectionId,
}

impl TenantStore {
    /// A user by id, hidden ones and tombstones too.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn user(&self, id: UserId) -> Result<Option<UserRecord>, StorageError> {
        let sql = format!("select {USER_COLUMNS} from users u where u.tenant_id = $1 and u.user_id = $2");
        let row = self
            .store
            .pool
            .query_one_raw(self.store.statement(sql, vec![self.tenant.as_uuid().into(), id.as_uuid().into()]))
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// A user by id with their groups, in one query.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn user_with_groups(&self, id: UserId) -> Result<Option<(UserRecord, Vec<GroupRef>)>, StorageError> {
        let groups = self.store.dialect.groups_of_user();
        let sql = format!(
            "select {USER_COLUMNS}, {groups} as user_groups from users u where u.tenant_id = $1 and u.user_id = $2"
        );
        let row = self
            .store
            .pool
            .query_one_raw(self.store.statement(sql, vec![self.tenant.as_uuid().into(), id.as_uuid().into()]))
            .await?;
        row.as_ref().map(read_with_groups).transpose()
    }

    /// Everyone who shares a `userName`, an `externalId` of the connection or an address with a request, tombstones
    /// left out.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn candidates(&self, keys: &CandidateKeys<'_>) -> Result<Vec<UserRecord>, StorageError> {
        let mut values: Vec<Value> = vec![self.tenant.as_uuid().into(), fold(keys.user_name).into()];
        let mut ids = each_half("x.user_name_folded = $2");
        if let Some(external_id) = keys.external_id {
            values.push(keys.connection.as_uuid().into());
            values.push(external_id.into());
            ids.push_str(" union all ");
            ids.push_str(&each_half("x.connection_id = $3 and x.external_id = $4"));
        }
        if let Some(email) = keys.email {
            values.push(fold(email).into());
            ids.push_str(&by_email(values.len()));
        }
        let (before, after) = self.store.dialect.listed();
        let sql = format!(
            "select {USER_COLUMNS} from users u where u.tenant_id = $1 and u.state <> 'deleted' and \
             u.user_id{before}{ids}{after}"
        );
        let rows = self.store.pool.query_all_raw(self.store.statement(sql, values)).await?;
        rows.iter().map(read).collect()
    }
}

/// Listed and hidden users have an index each, and neither database uses them for both halves at once.
fn each_half(condition: &str) -> String {
    let half = |hidden: &str| {
        format!("select x.user_id from users x where x.tenant_id = $1 and {condition} and x.hidden_at is {hidden}")
    };
    format!("{} union all {}", half("null"), half("not null"))
}

/// Unmanaged members first: however many people share a mailbox, none of those is left out.
fn by_email(parameter: usize) -> String {
    format!(
        " union all select user_id from (select x.user_id from users x where x.tenant_id = $1 and x.email_folded = ${parameter} \
         and x.state <> 'deleted' order by x.connection_id is not null, x.user_id limit 100) mailbox"
    )
}

pub(crate) fn read_with_groups(row: &QueryResult) -> Result<(UserRecord, Vec<GroupRef>), StorageError> {
    let user = read(row)?;
    let groups = groups_from_json(row.try_get::<Option<String>>("", "user_groups")?.as_deref()).ok_or_else(|| {
        StorageError::Inconsistent { table: "memberships", column: "group_id", id: user.id.to_string() }
    })?;
    Ok((user, groups))
}
