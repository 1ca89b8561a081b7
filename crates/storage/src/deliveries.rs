//! Deliveries: what an event causes to leave the house.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use usher_core::{DeliveryId, EventId, TenantId, UserId};
use uuid::Uuid;

use crate::log::{EVENT_COLUMNS, read_all};
use crate::time::{instant, millis, some_millis};
use crate::{EventRecord, StorageError, SystemStore};

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// The mail that invites.
    InvitationMail,
    /// The mail "you can start".
    ConfirmedMail,
}

impl DeliveryKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::InvitationMail => "mail.invitation",
            Self::ConfirmedMail => "mail.confirmed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::InvitationMail, Self::ConfirmedMail].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A delivery to be made of an event.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// What is delivered.
    pub kind: DeliveryKind,
    /// To whom.
    pub user: UserId,
}

/// A leased delivery.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its id: it goes out with the mail, so that a second copy can be told.
    pub id: DeliveryId,
    /// The event that caused it.
    pub event: EventId,
    /// What is delivered.
    pub kind: DeliveryKind,
    /// To whom.
    pub user: UserId,
    /// Which attempt this is, from 1 on; it is also the proof of the lease.
    pub attempt: i64,
    /// When it was first due.
    pub created_at: DateTime<Utc>,
    /// The event's data.
    pub data: serde_json::Value,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It left the house.
    Sent,
    /// It is no longer wanted; why.
    Skipped(&'static str),
    /// It failed, and is due again at this time; why.
    Retry(DateTime<Utc>, String),
    /// It failed for good; why.
    Dead(String),
}

#[derive(FromQueryResult)]
struct DeliveryRow {
    tenant_id: Uuid,
    delivery_id: Uuid,
    event_id: Uuid,
    kind: String,
    user_id: Uuid,
    attempts: i64,
    created_at: i64,
    data: String,
}

impl TryFrom<DeliveryRow> for DeliveryRecord {
    type Error = StorageError;

    fn try_from(row: DeliveryRow) -> Result<Self, StorageError> {
        let broken =
            |column| StorageError::Inconsistent { table: "deliveries", column, id: row.delivery_id.to_string() };
        Ok(Self {
            tenant: TenantId::from_uuid(row.tenant_id),
            id: DeliveryId::from_uuid(row.delivery_id),
            event: EventId::from_uuid(row.event_id),
            kind: DeliveryKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
            user: UserId::from_uuid(row.user_id),
            attempt: row.attempts,
            created_at: instant(row.created_at),
            data: serde_json::from_str(&row.data).map_err(|_| broken("data"))?,
        })
    }
}

fn told(read: Result<DeliveryRecord, StorageError>) -> Option<DeliveryRecord> {
    read.inspect_err(|error| tracing::error!(%error, "a delivery cannot be made")).ok()
}

impl SystemStore {
    /// Turns the next events of every tenant into deliveries, in the order of the log, and moves the reader's cursor, in
    /// one transaction; answers how many events were read. `plan` says what an event causes.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn plan_deliveries(
        &self,
        reader: &str,
        limit: u32,
        now: DateTime<Utc>,
        mut plan: impl FnMut(&EventRecord) -> Option<NewDelivery> + Send,
    ) -> Result<usize, StorageError> {
        let position = self.reader_position(reader).await?;
        if self.events_after(&self.store.pool, position, 1).await?.is_empty() {
            return Ok(0);
        }
        let transaction = self.store.begin().await?;
        let on = &transaction.inner;
        let lock = self.store.dialect.for_update();
        let start = "insert into readers (name, position) values ($1, 0) on conflict do nothing";
        on.execute_raw(self.store.statement(start, vec![reader.into()])).await?;
        let locked = format!("select position from readers where name = $1{lock}");
        let row = on.query_one_raw(self.store.statement(locked, vec![reader.into()])).await?;
        let position: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        let events = self.events_after(on, position, limit).await?;
        for event in &events {
            let Some(delivery) = plan(event) else { continue };
            let sql = "insert into deliveries (tenant_id, delivery_id, event_id, kind, user_id, state, attempts, due_at, created_at) \
                 values ($1, $2, $3, $4, $5, 'pending', 0, $6, $6) on conflict do nothing";
            let values = vec![
                event.tenant.as_uuid().into(),
                delivery.id.as_uuid().into(),
                event.event.id.as_uuid().into(),
                delivery.kind.as_str().into(),
                delivery.user.as_uuid().into(),
                millis(now).into(),
            ];
            on.execute_raw(self.store.statement(sql, values)).await?;
        }
        if let Some(last) = events.last() {
            let sql = "update readers set position = $2 where name = $1";
            on.execute_raw(self.store.statement(sql, vec![reader.into(), last.position.into()])).await?;
        }
        transaction.commit().await?;
        Ok(events.len())
    }

    /// Takes due deliveries for `lease`; if they are not finished by then, somebody else gets them. A row that cannot be
    /// read is left out and logged: it must not hold up the mail of every tenant.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn lease_deliveries(
        &self,
        limit: u32,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Vec<DeliveryRecord>, StorageError> {
        let probe = "select 1 as one from deliveries where state = 'pending' and due_at <= $1 limit 1";
        if self.store.pool.query_one_raw(self.store.statement(probe, vec![millis(now).into()])).await?.is_none() {
            return Ok(Vec::new());
        }
        let skip = self.store.dialect.skip_locked();
        // Materialized: as a plain subquery PostgreSQL may run it again for each row, and so take more than the limit. The
        // condition stands outside again: SQLite has no lock clause.
        let sql = format!(
            "with due as materialized (select tenant_id, delivery_id from deliveries where state = 'pending' and due_at <= $1 \
             order by due_at limit cast($3 as bigint){skip}) update deliveries set attempts = attempts + 1, due_at = $2 \
             where (tenant_id, delivery_id) in (select tenant_id, delivery_id from due) and state = 'pending' and due_at <= $1 \
             returning tenant_id, delivery_id, event_id, kind, user_id, attempts, created_at, \
             (select e.data from events e where e.tenant_id = deliveries.tenant_id and e.event_id = deliveries.event_id) as data"
        );
        let transaction = self.store.begin().await?;
        let values = vec![millis(now).into(), millis(now + lease).into(), i64::from(limit).into()];
        let rows = transaction.inner.query_all_raw(self.store.statement(sql, values)).await?;
        transaction.commit().await?;
        let read = |row| DeliveryRecord::try_from(DeliveryRow::from_query_result(row, "")?);
        Ok(rows.iter().map(read).filter_map(told).collect())
    }

    /// Notes how leased attempts ended, in one transaction; `false` for one whose lease had passed to somebody else.
    ///
    /// # Errors
    /// [`StorageError`] of the database.
    pub async fn finish_deliveries(
        &self,
        ended: &[(DeliveryRecord, Outcome)],
        now: DateTime<Utc>,
    ) -> Result<Vec<bool>, StorageError> {
        let sql = "update deliveries set state = $4, due_at = coalesce($5, due_at), finished_at = $6, outcome = $7 \
             where tenant_id = $1 and delivery_id = $2 and attempts = $3 and state = 'pending'";
        let transaction = self.store.begin().await?;
        let mut ours = Vec::with_capacity(ended.len());
        for (delivery, outcome) in ended {
            let (state, due, finished, text) = match outcome {
                Outcome::Sent => ("sent", None, Some(now), None),
                Outcome::Skipped(why) => ("skipped", None, Some(now), Some((*why).to_owned())),
                Outcome::Retry(at, why) => ("pending", Some(*at), None, Some(why.clone())),
                Outcome::Dead(why) => ("dead", None, Some(now), Some(why.clone())),
            };
            let values = vec![
                delivery.tenant.as_uuid().into(),
                delivery.id.as_uuid().into(),
                delivery.attempt.into(),
                state.into(),
                some_millis(due).into(),
                some_millis(finished).into(),
                text.into(),
            ];
            let done = transaction.inner.execute_raw(self.store.statement(sql, values)).await?;
            ours.push(done.rows_affected() == 1);
        }
        transaction.commit().await?;
        Ok(ours)
    }

    async fn reader_position(&self, reader: &str) -> Result<i64, StorageError> {
        let sql = "select position from readers where name = $1";
        let row = self.store.pool.query_one_raw(self.store.statement(sql, vec![reader.into()])).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
    }

    async fn events_after<C: ConnectionTrait>(
        &self,
        on: &C,
        position: i64,
        limit: u32,
    ) -> Result<Vec<EventRecord>, StorageError> {
        let sql = format!(
            "select {EVENT_COLUMNS} from events where position > $1 order by position limit cast($2 as bigint)"
        );
        let rows = on.query_all_raw(self.store.statement(sql, vec![position.into(), i64::from(limit).into()])).await?;
        read_all(&rows)
    }
}
