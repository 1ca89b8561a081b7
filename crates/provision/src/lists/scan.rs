//! Bounds on searches that no index answers: in time, in number at once, and in what they write into the log.
//!
//! The first step is free: a small tenant never waits for the search of a large one. From the second step on a search has a
//! turn, of which a tenant has one and a process a few; they are given in the order in which they were asked for. Between two
//! steps others go on. Dropping the future ends a search and gives its turn back; the HTTP server does not do so when a client
//! goes away, so that such a search ends with its time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use usher_core::TenantId;
use usher_scim::Filter;
use usher_storage::Subject;

use super::{Source, Wanted};
use crate::events::fact;
use crate::{Error, TenantScope};

/// Searches with a turn in one process.
const AT_ONCE: usize = 4;
/// Resources that a search looks at before the log hears of it.
const NOTED_FROM: u64 = 1000;
/// A search of one shape is noted once in this time.
const NOTED_AGAIN: TimeDelta = TimeDelta::hours(1);
/// Shapes noted in that time for one tenant.
const SHAPES: usize = 20;
/// Tenants remembered; beyond, the others are forgotten, which costs a second note.
const TENANTS: usize = 10_000;
/// Characters of a shape in the log.
const SHAPE_CHARACTERS: usize = 500;

/// The turns of a process.
pub(crate) struct Scans {
    all: Arc<Semaphore>,
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
    notes: Notes,
}

impl Default for Scans {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), tenants: Mutex::default(), notes: Notes::default() }
    }
}

impl Scans {
    fn of_tenant(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= TENANTS {
            // Those that nobody holds or waits for are as good as new.
            tenants.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        Arc::clone(tenants.entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(1))))
    }

    /// The tenant's turn first, then one of the process: whoever asks for many waits behind themselves.
    async fn turn(&self, tenant: TenantId) -> Option<[OwnedSemaphorePermit; 2]> {
        let own = self.of_tenant(tenant).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some([own, of_all])
    }
}

/// What was noted, and when.
#[derive(Default)]
struct Notes(Mutex<HashMap<TenantId, Vec<Note>>>);

/// A shape, and when it was noted.
type Note = (u64, DateTime<Utc>);

impl Notes {
    /// Whether a search of this shape is to be noted now.
    fn take(&self, tenant: TenantId, shape: u64, now: DateTime<Utc>) -> bool {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() >= TENANTS && !notes.contains_key(&tenant) {
            notes.clear();
        }
        let known = notes.entry(tenant).or_default();
        known.retain(|(_, at)| now - *at < NOTED_AGAIN);
        let is_new = known.len() < SHAPES && known.iter().all(|(other, _)| *other != shape);
        if is_new {
            known.push((shape, now));
        }
        is_new
    }
}

/// On whose behalf a search is made: the operation as the log names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(pub(crate) &'static str);

/// How a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// With the next step.
    On,
    /// The list is at its end.
    End,
    /// The time is over.
    Over,
}

/// One search under way.
pub(crate) struct Scan<'a> {
    scope: &'a TenantScope,
    wanted: &'a Wanted,
    operation: &'static str,
    began: Instant,
    /// Since when it has a turn, and the turn.
    running: Option<(Instant, [OwnedSemaphorePermit; 2])>,
    looked_at: u64,
    found: u64,
}

impl<'a> Scan<'a> {
    pub(crate) fn new<S: Source>(source: &'a S, turn: Turn) -> Self {
        let began = Instant::now();
        let (scope, wanted) = (source.scope(), source.wanted());
        Self { scope, wanted, operation: turn.0, began, running: None, looked_at: 0, found: 0 }
    }

    /// After each step, with the rows it brought and the rows it asked for: whether the list has ended. The search may be
    /// given up here.
    ///
    /// # Errors
    /// 400 `tooMany` when the time is over; [`Error::Crowded`] when there was no turn.
    pub(crate) async fn step(&mut self, rows: usize, limit: u64, found: u64) -> Result<bool, Error> {
        match self.step_within(rows, limit, found).await? {
            Step::End => Ok(true),
            Step::On => Ok(false),
            Step::Over => {
                self.note(false).await;
                Err(self.too_long().into())
            }
        }
    }

    /// The same for a list that can be left and taken up again.
    ///
    /// # Errors
    /// [`Error::Crowded`].
    pub(crate) async fn step_within(&mut self, rows: usize, limit: u64, found: u64) -> Result<Step, Error> {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        (self.looked_at, self.found) = (self.looked_at + rows, found);
        if rows < limit {
            return Ok(Step::End);
        }
        let bound = self.bound();
        let since = if let Some((since, _)) = &self.running {
            *since
        } else {
            let turn = self.scope.provisioner.inner.scans.turn(self.scope.tenant());
            let turn = timeout(bound, turn).await.ok().flatten().ok_or(Error::Crowded)?;
            self.running.insert((Instant::now(), turn)).0
        };
        if since.elapsed() >= bound {
            return Ok(Step::Over);
        }
        tokio::task::yield_now().await;
        Ok(Step::On)
    }

    fn bound(&self) -> Duration {
        Duration::from_secs(u64::from(self.scope.limits().scan_seconds))
    }

    fn too_long(&self) -> usher_scim::Error {
        let (looked_at, seconds) = (self.looked_at, self.scope.limits().scan_seconds);
        let advice = if self.wanted.sort.is_some() {
            "add a condition that has an index, such as userName eq, or leave sortBy out and page with \"cursor\""
        } else {
            "add a condition that has an index, such as userName eq, or page with \"cursor\""
        };
        let detail = format!(
            "no index answers this search, and its {seconds} seconds were over after {looked_at} resources: {advice}"
        );
        usher_scim::Error::too_many("search_too_long", detail)
    }

    /// Tells the log what it was.
    pub(crate) async fn done(self) {
        self.note(true).await;
    }

    async fn note(&self, complete: bool) {
        if self.looked_at < NOTED_FROM {
            return;
        }
        let shape: String =
            self.wanted.filter.as_ref().map(Filter::shape).unwrap_or_default().chars().take(SHAPE_CHARACTERS).collect();
        let sort_by = self.wanted.sort.as_ref().map(|sort| sort.path.to_string());
        let mut hasher = DefaultHasher::new();
        (self.operation, &shape, &sort_by).hash(&mut hasher);
        let provisioner = &self.scope.provisioner;
        if !provisioner.inner.scans.notes.take(self.scope.tenant(), hasher.finish(), provisioner.now()) {
            return;
        }
        let data = json!({
            "operation": self.operation, "filter": shape, "sort_by": sort_by, "looked_at": self.looked_at,
            "found": self.found, "complete": complete,
            "milliseconds": u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
        });
        let event = fact(provisioner, &self.scope.context(), "search.scanned", Subject::Tenant, data);
        // The answer to the client does not depend on it.
        if let Err(error) = self.scope.store.record(&[event]).await {
            tracing::warn!(%error, "a search could not be noted in the log");
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use tokio::time::{Duration, timeout};
    use usher_core::{OsEntropy, TenantId};

    use super::{AT_ONCE, NOTED_AGAIN, Notes, SHAPES, Scans};

    #[tokio::test]
    async fn a_tenant_has_one_turn_and_all_together_have_a_few() {
        let scans = Scans::default();
        let tenant = || TenantId::mint(DateTime::UNIX_EPOCH, &OsEntropy);
        let turn = async |tenant| timeout(Duration::ZERO, scans.turn(tenant)).await.ok().flatten();
        let acme = tenant();
        let first = turn(acme).await;
        assert!(first.is_some() && turn(acme).await.is_none(), "the second of a tenant waits");
        let mut others = Vec::new();
        for _ in 1..AT_ONCE {
            others.push(turn(tenant()).await.unwrap());
        }
        assert!(turn(tenant()).await.is_none(), "no more at once than this");
        others.pop();
        let late = tenant();
        assert!(turn(late).await.is_some() && turn(late).await.is_some(), "a turn that was given up is free again");
        drop(first);
        assert!(turn(acme).await.is_some());
    }

    #[test]
    fn one_shape_is_noted_once_an_hour_and_only_so_many_of_them() {
        let (notes, now) = (Notes::default(), DateTime::UNIX_EPOCH);
        let (acme, globex) = (TenantId::mint(now, &OsEntropy), TenantId::mint(now, &OsEntropy));
        assert!(notes.take(acme, 0, now) && !notes.take(acme, 0, now + NOTED_AGAIN - TimeDelta::milliseconds(1)));
        assert!(notes.take(acme, 0, now + NOTED_AGAIN), "an hour later");
        let more = (1..100).filter(|shape| notes.take(acme, *shape, now + NOTED_AGAIN)).count();
        assert_eq!(more, SHAPES - 1);
        assert!(notes.take(globex, 0, now), "another tenant has shapes of its own");
    }
}
