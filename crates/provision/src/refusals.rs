//! Refusals are facts too, and bounded: a client in a loop cannot fill the disk.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use usher_core::TenantId;
use usher_storage::Subject;

use crate::TenantScope;
use crate::events::fact;

/// Refusals a tenant may write at once in one process.
const BURST: u32 = 300;
/// One more for each of these.
const REFILL: TimeDelta = TimeDelta::seconds(10);
/// Tenants remembered; beyond, the fullest budgets are forgotten, which costs nothing.
const TENANTS: usize = 10_000;

/// How many refusals each tenant may still write.
#[derive(Default)]
pub(crate) struct RefusalBudget(Mutex<HashMap<TenantId, Budget>>);

struct Budget {
    left: u32,
    since: DateTime<Utc>,
    suppressed: u64,
}

impl RefusalBudget {
    /// Takes one from the tenant's budget: `Some` with the number of refusals left out before, or `None` if this one is
    /// to be left out too.
    pub(crate) fn take(&self, tenant: TenantId, now: DateTime<Utc>) -> Option<u64> {
        let mut budgets = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if budgets.len() >= TENANTS && !budgets.contains_key(&tenant) {
            budgets.retain(|_, budget| budget.left < BURST / 2 || budget.suppressed > 0);
        }
        let budget = budgets.entry(tenant).or_insert(Budget { left: BURST, since: now, suppressed: 0 });
        let earned = (now - budget.since).num_milliseconds().max(0) / REFILL.num_milliseconds();
        if earned > 0 {
            budget.left = budget.left.saturating_add(u32::try_from(earned).unwrap_or(u32::MAX)).min(BURST);
            budget.since = now;
        }
        if budget.left == 0 {
            budget.suppressed += 1;
            return None;
        }
        budget.left -= 1;
        Some(std::mem::take(&mut budget.suppressed))
    }
}

impl TenantScope {
    pub(crate) async fn note_refusal(
        &self,
        operation: &'static str,
        subject: Subject,
        reason: &'static str,
        detail: &str,
    ) {
        let Some(suppressed) = self.provisioner.inner.refusals.take(self.tenant(), self.provisioner.now()) else {
            return;
        };
        let mut data = json!({ "operation": operation, "detail": detail });
        if suppressed > 0 {
            data["suppressed_before"] = suppressed.into();
        }
        let mut event = fact(&self.provisioner, &self.context(), "refused", subject, data);
        event.kind = format!("refused.{reason}");
        event.reason = Some(reason.to_owned());
        // The answer to the client does not depend on it.
        if let Err(error) = self.store.record(&[event]).await {
            tracing::warn!(%error, "a refusal could not be written into the log");
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use usher_core::{OsEntropy, TenantId};

    use super::{BURST, REFILL, RefusalBudget};

    #[test]
    fn a_loop_of_refusals_is_cut_and_counted() {
        let (budget, now) = (RefusalBudget::default(), DateTime::UNIX_EPOCH);
        let tenant = TenantId::mint(now, &OsEntropy);
        for _ in 0..BURST {
            assert_eq!(budget.take(tenant, now), Some(0));
        }
        assert_eq!((budget.take(tenant, now), budget.take(tenant, now)), (None, None));
        let other = TenantId::mint(now, &OsEntropy);
        assert_eq!(budget.take(other, now), Some(0), "another tenant has a budget of its own");
        assert_eq!(budget.take(tenant, now + REFILL), Some(2), "what was left out is told");
        assert_eq!(budget.take(tenant, now + REFILL + TimeDelta::milliseconds(1)), None);
    }
}
