//! The one log: facts and refusals of every tenant, and the order in which readers see them.
//!
//! A reader with a cursor must not miss an event whose transaction commits late. So the cursor runs over `position`,
//! and on PostgreSQL a position is given only to events that are committed: [`SystemStore::number_events`] does it in
//! one short transaction under a lock, in the order of `seq`, which a transaction draws after it holds the lock of the
//! user or group that it changes. On SQLite writers are alone, so the position is given at once.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::Value as Json;
use usher_core::{ConnectionId, EventId, GroupId, TenantId, TokenId, UserId};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::time::{instant, millis};
use crate::{StorageError, Store, SystemStore, TenantStore};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An identity provider, by a token.
    Token(TokenId),
    /// The person themself, by the secret of an invitation.
    Person(UserId),
    /// The operator, by an operator token or at the command line.
    Operator,
    /// usher itself.
    System,
}

/// What it happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// A token.
    Token(TokenId),
    /// A connection.
    Connection(ConnectionId),
    /// The tenant as a whole, or nobody that exists.
    Tenant,
}

/// A fact to be written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Its id, made by the caller.
    pub id: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Its kind, such as `user.invited`; refusals begin with `refused.`.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// Through which connection.
    pub connection: Option<ConnectionId>,
    /// In which request.
    pub request_id: Option<String>,
    /// To whom.
    pub subject: Subject,
    /// The reason code of a refusal, or of a state.
    pub reason: Option<String>,
    /// What else is to know, such as `before` and `after` of changed attributes.
    pub data: Json,
}

/// A fact as readers see it.
#[derive(Clone, Debug)]
pub struct EventRecord {
    /// Whose log it is in.
    pub tenant: TenantId,
    /// Its place in the order of the log; gaps mean nothing.
    pub position: i64,
    /// The fact.
    pub event: NewEvent,
}

const fn actor_columns(actor: Actor) -> (&'static str, Option<Uuid>) {
    match actor {
        Actor::Token(id) => ("token", Some(id.as_uuid())),
        Actor::Person(id) => ("person", Some(id.as_uuid())),
        Actor::Operator => ("operator", None),
        Actor::System => ("system", None),
    }
}

const fn subject_columns(subject: Subject) -> (&'static str, Option<Uuid>) {
    match subject {
        Subject::User(id) => ("user", Some(id.as_uuid())),
        Subject::Group(id) => ("group", Some(id.as_uuid())),
        Subject::Token(id) => ("token", Some(id.as_uuid())),
        Subject::Connection(id) => ("connection", Some(id.as_uuid())),
        Subject::Tenant => ("tenant", None),
    }
}

/// The columns of an event's row as it is written, but the position.
pub(crate) const WRITTEN: &str = "tenant_id, event_id, occurred_at, kind, actor_kind, actor_id, connection_id, request_id, \
     subject_kind, subject_id, reason, data";
/// How many of them a statement binds for each event; the tenant stands in front once.
const BOUND: usize = 11;

/// Rows of placeholders for `count` events behind `bound` other parameters. The tenant is `$1`; `position` is what to write
/// for the event of an index.
pub(crate) fn rows(count: usize, bound: usize, position: impl Fn(usize) -> String) -> String {
    let row = |index: usize| {
        let first = bound + index * BOUND;
        let places: Vec<String> = (first + 1..=first + BOUND).map(|place| format!("${place}")).collect();
        format!("($1, {}{})", places.join(", "), position(index))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

/// What those rows bind.
pub(crate) fn bind(events: &[NewEvent], values: &mut Vec<Value>) {
    for event in events {
        let (actor_kind, actor) = actor_columns(event.actor);
        let (subject_kind, subject) = subject_columns(event.subject);
        values.extend::<[Value; BOUND]>([
            event.id.as_uuid().into(),
            millis(event.at).into(),
            event.kind.as_str().into(),
            actor_kind.into(),
            actor.into(),
            event.connection.map(ConnectionId::as_uuid).into(),
            event.request_id.clone().into(),
            subject_kind.into(),
            subject.into(),
            event.reason.clone().into(),
            event.data.to_string().into(),
        ]);
    }
}

/// Writes events into a transaction, in their order. Comes after the statement that locks the changed row.
pub(crate) async fn insert<C: ConnectionTrait>(
    store: &Store,
    on: &C,
    tenant: TenantId,
    events: &[NewEvent],
) -> Result<(), StorageError> {
    if events.is_empty() {
        return Ok(());
    }
    let (column, rows) = match store.dialect {
        // The condition is the index's own: without it SQLite would read the whole log for each event.
        Dialect::Sqlite => {
            let next = |index: usize| {
                format!(", (select coalesce(max(position), 0) + {} from events where position is not null)", index + 1)
            };
            (", position", rows(events.len(), 1, next))
        }
        Dialect::Postgres => ("", rows(events.len(), 1, |_| String::new())),
    };
    let mut values: Vec<Value> = vec![tenant.as_uuid().into()];
    bind(events, &mut values);
    on.execute_raw(store.statement(format!("insert into events ({WRITTEN}{column}) values {rows}"), values)).await?;
    Ok(())
}

/// Takes the person's data out of every event about them; that the event happened stays.
pub(crate) async fn erase_subject<C: ConnectionTrait>(
    store: &Store,
    on: &C,
    tenant: TenantId,
    user: UserId,
) -> Result<(), StorageError> {
    let sql = "update events set data = '{}' where tenant_id = $1 and subject_kind = 'user' and subject_id = $2";
    on.execute_raw(store.statement(sql, vec![tenant.as_uuid().into(), user.as_uuid().into()])).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct EventRow {
    tenant_id: Uuid,
    event_id: Uuid,
    position: i64,
    occurred_at: i64,
    kind: String,
    actor_kind: String,
    actor_id: Option<Uuid>,
    connection_id: Option<Uuid>,
    request_id: Option<String>,
    subject_kind: String,
    subject_id: Option<Uuid>,
    reason: Option<String>,
    data: String,
}

pub(crate) const EVENT_COLUMNS: &str = "tenant_id, event_id, position, occurred_at, kind, actor_kind, actor_id, connection_id, request_id, \
     subject_kind, subject_id, reason, data";

impl TryFrom<EventRow> for EventRecord {
    type Error = StorageError;

    fn try_from(row: EventRow) -> Result<Self, StorageError> {
        let broken = |column| StorageError::Inconsistent { table: "events", column, id: row.event_id.to_string() };
        let actor = match (row.actor_kind.as_str(), row.actor_id) {
            ("token", Some(id)) => Actor::Token(TokenId::from_uuid(id)),
            ("person", Some(id)) => Actor::Person(UserId::from_uuid(id)),
            ("operator", None) => Actor::Operator,
            ("system", None) => Actor::System,
            _ => return Err(broken("actor_kind")),
        };
        let subject = match (row.subject_kind.as_str(), row.subject_id) {
            ("user", Some(id)) => Subject::User(UserId::from_uuid(id)),
            ("group", Some(id)) => Subject::Group(GroupId::from_uuid(id)),
            ("token", Some(id)) => Subject::Token(TokenId::from_uuid(id)),
            ("connection", Some(id)) => Subject::Connection(ConnectionId::from_uuid(id)),
            ("tenant", None) => Subject::Tenant,
            _ => return Err(broken("subject_kind")),
        };
        let event = NewEvent {
            id: EventId::from_uuid(row.event_id),
            at: instant(row.occurred_at),
            actor,
            connection: row.connection_id.map(ConnectionId::from_uuid),
            subject,
            data: serde_json::from_str(&row.data).map_err(|_| broken("data"))?,
            kind: row.kind,
            request_id: row.request_id,
            reason: row.reason,
        };
        Ok(Self { tenant: TenantId::from_uuid(row.tenant_id), position: row.position, event })
    }
}

pub(crate) fn read_all(rows: &[sea_orm::QueryResult]) -> Result<Vec<EventRecord>, StorageError> {
    rows.iter().map(|row| EventRow::from_query_result(row, "")?.try_into()).collect()
}

impl TenantStore {
    /// Writes events that change nothing else: refusals.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn record(&self, events: &[NewEvent]) -> Result<(), StorageError> {
        let transaction = self.store.begin().await?;
        insert(&self.store, &transaction.inner, self.tenant, events).await?;
        transaction.commit().await
    }

    /// The tenant's events after a position, in order. Call [`SystemStore::number_events`] before, to see the newest.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn events(&self, after: i64, limit: u64) -> Result<Vec<EventRecord>, StorageError> {
        let sql = format!(
            "select {EVENT_COLUMNS} from events where tenant_id = $1 and position > $2 order by position limit cast($3 as bigint)"
        );
        let values = vec![self.tenant.as_uuid().into(), after.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
        read_all(&self.store.pool.query_all_raw(self.store.statement(sql, values)).await?)
    }
}

/// Key of the advisory lock under which positions are given.
const NUMBERING: i64 = 0x7573_6865_7200_0002;

impl SystemStore {
    /// Gives committed events of every tenant their place in the order, `limit` of them at most, and says how many.
    /// Any process may do it at any time; on SQLite there is never anything to do.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn number_events(&self, limit: u32) -> Result<u64, StorageError> {
        if self.store.dialect == Dialect::Sqlite || !self.has_unnumbered().await? {
            return Ok(0);
        }
        let transaction = self.store.begin().await?;
        let on = &transaction.inner;
        on.execute_unprepared(&format!("select pg_advisory_xact_lock({NUMBERING})")).await?;
        let sql = "update events set position = numbered.position from (select tenant_id, event_id, \
             (select coalesce(max(position), 0) from events where position is not null) + row_number() over (order by seq) as position \
             from (select tenant_id, event_id, seq from events where position is null order by seq limit cast($1 as bigint)) waiting) numbered \
             where events.tenant_id = numbered.tenant_id and events.event_id = numbered.event_id";
        let done = on.execute_raw(self.store.statement(sql, vec![i64::from(limit).into()])).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }

    async fn has_unnumbered(&self) -> Result<bool, StorageError> {
        let sql = "select 1 as one from events where position is null limit 1";
        Ok(self.store.pool.query_one_raw(self.store.statement(sql, Vec::new())).await?.is_some())
    }
}
