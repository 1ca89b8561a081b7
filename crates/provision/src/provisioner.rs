//! What is made once, and everything else shares.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use usher_core::{Clock, Entropy, InvitationSecret, KeyRing, TenantId, TenantSlug, UserId};
use usher_storage::Store;

use crate::OperatorScope;
use crate::access::AccessCache;
use crate::ignored::IgnoredCounts;
use crate::lists::Scans;
use crate::refusals::RefusalBudget;

/// What a provisioner is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The keys under which invitation secrets are derived.
    pub keys: KeyRing,
    /// The address under which the world reaches usher, without a slash at its end. Every link comes from it; no
    /// header of a request does.
    pub public_url: String,
    /// `example.com` if tenants are reached at `{slug}.example.com` too.
    pub base_domain: Option<String>,
    /// Bounds on requests.
    pub limits: usher_scim::Limits,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Provisioner {
    pub(crate) inner: Arc<Inner>,
    store: Store,
}

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    pub(crate) access: AccessCache,
    pub(crate) refusals: RefusalBudget,
    pub(crate) ignored: IgnoredCounts,
    pub(crate) scans: Scans,
    pub(crate) wake: Arc<Notify>,
}

impl Provisioner {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let wake = Arc::new(Notify::new());
        let store = parts.store.clone();
        let inner = Inner {
            parts,
            access: AccessCache::new(),
            refusals: RefusalBudget::default(),
            ignored: IgnoredCounts::default(),
            scans: Scans::default(),
            wake,
        };
        Self { inner: Arc::new(inner), store }
    }

    /// The same use cases over database connections of the calling thread's own; see [`Store::for_thread`].
    #[must_use]
    pub fn for_thread(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), store: self.store.for_thread() }
    }

    /// The operator's use cases. Whoever calls this has checked the operator's authority.
    #[must_use]
    pub fn operator(&self) -> OperatorScope {
        OperatorScope { provisioner: self.clone() }
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.inner.parts.keys
    }

    /// The bounds on requests.
    #[must_use]
    pub fn limits(&self) -> &usher_scim::Limits {
        &self.inner.parts.limits
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.parts.clock.now()
    }

    /// Where chance comes from.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        self.inner.parts.entropy.as_ref()
    }

    /// Told whenever this process has written events: the worker need not wait for its next round.
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.wake)
    }

    /// The link in an invitation mail.
    #[must_use]
    pub fn join_link(&self, tenant: TenantId, user: UserId, issue: u32) -> String {
        let secret = InvitationSecret::derive(&self.inner.parts.keys, tenant, user, issue);
        format!("{}/join/{}", self.inner.parts.public_url, secret.expose())
    }

    /// The SCIM address of a tenant's own door.
    #[must_use]
    pub fn scim_url(&self, slug: &TenantSlug) -> String {
        format!("{}/t/{slug}/scim/v2", self.inner.parts.public_url)
    }

    /// The SCIM address that all tenants share; the token names the tenant.
    #[must_use]
    pub fn shared_scim_url(&self) -> String {
        format!("{}/scim/v2", self.inner.parts.public_url)
    }
}
