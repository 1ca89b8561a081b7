//! Counting what identity providers send that no schema has: in memory while requests wait, in the database every few
//! seconds. Names only, and bounded: a client that invents names cannot fill memory or disk.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use usher_core::{ConnectionId, ResourceType, TenantId};
use usher_storage::{IgnoredName, OTHER_NAMES};

use crate::{Error, Provisioner, TenantScope};

/// Names counted for one connection; what is beyond is counted together.
const NAMES: usize = 200;
/// Longest name, in bytes; longer ones are cut.
const NAME_BYTES: usize = 255;
/// Connections counted between two writings; some 20 KB each at most. Those beyond are not counted.
const CONNECTIONS: usize = 2_000;
/// How often counts are written.
const EVERY: Duration = Duration::from_secs(5);

type Key = (TenantId, ConnectionId);
type Names = HashMap<(ResourceType, String), IgnoredName>;

/// What was counted since the last writing.
#[derive(Default)]
pub(crate) struct IgnoredCounts(Mutex<HashMap<Key, Names>>);

impl IgnoredCounts {
    /// Counts the names of one request, each once.
    fn add(&self, key: Key, resource: ResourceType, names: &[String], now: DateTime<Utc>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= CONNECTIONS && !all.contains_key(&key) {
            return;
        }
        let counted = all.entry(key).or_default();
        for name in names.iter().map(|name| cut(name)).filter(|name| !name.is_empty()) {
            let one = IgnoredName { resource, name: name.to_owned(), requests: 1, first_seen: now, last_seen: now };
            merge(counted, one);
        }
    }

    fn take(&self) -> HashMap<Key, Names> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts back what could not be written.
    fn put_back(&self, key: Key, names: Vec<IgnoredName>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = all.entry(key).or_default();
        for one in names {
            merge(counted, one);
        }
    }
}

fn cut(name: &str) -> &str {
    name.get(..name.floor_char_boundary(NAME_BYTES)).unwrap_or_default()
}

fn merge(counted: &mut Names, mut one: IgnoredName) {
    if counted.len() >= NAMES && !counted.contains_key(&(one.resource, one.name.clone())) {
        OTHER_NAMES.clone_into(&mut one.name);
    }
    counted
        .entry((one.resource, one.name.clone()))
        .and_modify(|known| {
            known.requests = known.requests.saturating_add(one.requests);
            known.first_seen = known.first_seen.min(one.first_seen);
            known.last_seen = known.last_seen.max(one.last_seen);
        })
        .or_insert(one);
}

impl TenantScope {
    /// Counts what a request held that no schema has.
    pub(crate) fn count_ignored(&self, resource: ResourceType, names: &[String]) {
        if !names.is_empty() {
            let key = (self.tenant(), self.connection());
            self.provisioner.inner.ignored.add(key, resource, names, self.provisioner.now());
        }
    }
}

impl Provisioner {
    /// Writes what this process has counted.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Storage`] of the database; what was not written is kept for the next time.
    pub async fn write_counts(&self) -> Result<(), Error> {
        let mut failed = None;
        for ((tenant, connection), names) in self.inner.ignored.take() {
            let names: Vec<IgnoredName> = names.into_values().collect();
            let done = self.store().system().count_ignored_names(tenant, connection, &names, NAMES).await;
            if let Err(error) = done {
                self.inner.ignored.put_back((tenant, connection), names);
                failed = Some(error);
            }
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Writes counts every few seconds until `stop` is ready, and a last time then.
    pub async fn keep_counts(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let stopped = tokio::select! {
                () = &mut stop => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Err(error) = self.write_counts().await {
                tracing::warn!(%error, "what was ignored could not be counted");
            }
            if stopped {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use usher_core::{ConnectionId, OsEntropy, ResourceType, TenantId};
    use usher_storage::OTHER_NAMES;

    use super::{CONNECTIONS, IgnoredCounts, NAMES};

    #[test]
    fn names_are_counted_once_a_request_and_bounded() {
        let (counts, now) = (IgnoredCounts::default(), DateTime::UNIX_EPOCH);
        let tenant = TenantId::mint(now, &OsEntropy);
        let key = (tenant, ConnectionId::mint(now, &OsEntropy));
        let later = now + TimeDelta::seconds(9);
        let names: Vec<String> = (0..NAMES + 50).map(|number| format!("name{number}")).collect();
        counts.add(key, ResourceType::User, &names, now);
        counts.add(key, ResourceType::User, &["name0".to_owned(), "ü".repeat(200), String::new()], later);
        for number in 0..=CONNECTIONS {
            let key =
                (tenant, ConnectionId::mint(now + TimeDelta::seconds(i64::try_from(number).unwrap()), &OsEntropy));
            counts.add(key, ResourceType::Group, &["x".to_owned()], now);
        }
        let mut all = counts.take();
        assert_eq!(all.len(), CONNECTIONS);
        let taken = all.remove(&key).unwrap();
        let of =
            |name: &str| taken.get(&(ResourceType::User, name.to_owned())).map(|one| (one.requests, one.last_seen));
        assert_eq!((taken.len(), of("name0")), (NAMES + 1, Some((2, later))));
        assert_eq!(of(OTHER_NAMES), Some((51, later)), "the long name had no room either");
        assert!(counts.take().is_empty());
    }

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        let counts = IgnoredCounts::default();
        let now = DateTime::UNIX_EPOCH;
        let key = (TenantId::mint(now, &OsEntropy), ConnectionId::mint(now, &OsEntropy));
        counts.add(key, ResourceType::User, &["ü".repeat(200)], now);
        let names: Vec<String> = counts.take().remove(&key).unwrap().into_values().map(|one| one.name).collect();
        assert_eq!(names, ["ü".repeat(127)]);
    }
}
