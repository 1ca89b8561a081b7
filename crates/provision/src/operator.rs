//! What the operator may do: tenants, tokens, members of the application, the log.

mod ignored;
mod members;
mod schemas;
mod settings;
mod tenants;
mod tokens;

use usher_core::{Reason, TenantId, TenantSlug};
use usher_storage::{Actor, TenantRecord, TenantStore};

pub use ignored::Ignored;
pub use members::{NewMember, UserState};
pub use schemas::Declared;
pub use settings::{Connection, NewTenantSettings};
pub use tenants::{NewTenant, Tenant};
pub use tokens::{CreatedToken, NewToken, TokenInfo};

use crate::events::Context;
use crate::{Error, Event, Provisioner};

/// The operator's use cases, across tenants.
#[derive(Clone)]
pub struct OperatorScope {
    pub(crate) provisioner: Provisioner,
}

/// Events numbered in one round before a reading.
const NUMBERED: u32 = 10_000;

impl OperatorScope {
    /// The tenant that a slug or an id names.
    async fn find(&self, reference: &str) -> Result<(TenantRecord, TenantStore), Error> {
        let system = self.provisioner.store().system();
        let found = match (TenantId::parse(reference), TenantSlug::parse(reference)) {
            (Ok(id), _) => system.tenant_by_id(id).await?,
            (Err(_), Ok(slug)) => system.tenant_by_slug(&slug).await?,
            (Err(_), Err(_)) => None,
        };
        let tenant = found.ok_or_else(|| Error::Request(Reason::NotFound, "there is no such tenant".to_owned()))?;
        let store = system.scope_of(&tenant);
        Ok((tenant, store))
    }

    /// The events of a tenant after a position, in the order of the log, `limit` at most.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant.
    pub async fn events(&self, tenant: &str, after: Option<i64>, limit: usize) -> Result<Vec<Event>, Error> {
        let (_, store) = self.find(tenant).await?;
        while self.provisioner.store().system().number_events(NUMBERED).await? == u64::from(NUMBERED) {}
        let events = store.events(after.unwrap_or(0), u64::try_from(limit).unwrap_or(u64::MAX)).await?;
        Ok(events.into_iter().map(Event::from).collect())
    }

    /// A name or label for people: one line of at most 200 characters.
    fn check_label(what: &str, text: &str) -> Result<(), Error> {
        if text.chars().count() <= 200 && !text.chars().any(char::is_control) {
            return Ok(());
        }
        Err(Error::Request(Reason::BadName, format!("{what} has at most 200 characters on one line")))
    }

    fn context(request_id: Option<&str>) -> Context {
        Context { actor: Actor::Operator, connection: None, request_id: request_id.map(str::to_owned) }
    }
}
