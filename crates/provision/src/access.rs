//! Who comes in: a bearer token at one of three doors.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use thiserror::Error;
use usher_core::{PlainToken, TenantId, TokenHash, TokenId};
use usher_scim::Definition;
use usher_scim::dialect::Dialect;
use usher_storage::{Actor, Grant, NewEvent, Subject, TokenRecord};

use crate::definitions::Definitions;
use crate::events::{Context, fact};
use crate::{Error, Provisioner, RequestInfo, TenantScope};

/// How long a token's grant is remembered: within this time every process notices a revocation or a changed setting.
const REMEMBERED: Duration = Duration::from_secs(5);
/// Tokens remembered at most; some 1 KB each.
const REMEMBERED_TOKENS: u64 = 20_000;
/// How long a replaced token still works after the first request with its successor.
const SUNSET: TimeDelta = TimeDelta::minutes(10);
/// How exactly the last use of a token is kept.
const USE_RESOLUTION: TimeDelta = TimeDelta::minutes(1);

/// Through which door a request came, which decides the addresses in its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door<'a> {
    /// `/scim/v2`: the token names the tenant.
    Shared,
    /// `/t/{tenant}/scim/v2`, by slug or id.
    Tenant(&'a str),
    /// `{tenant}.{base_domain}/scim/v2`.
    Host(&'a str),
}

/// Why nobody came in.
#[derive(Debug, Error)]
pub enum AuthError {
    /// No token of this door that is valid now. Which part was wrong is nobody's business (S132).
    #[error("the bearer token is missing or not valid here")]
    Unauthorized,
    /// It could not be found out.
    #[error(transparent)]
    Trouble(Error),
}

/// What a token opens, what its connection speaks, and the schemas as it sees them.
pub(crate) struct Access {
    pub(crate) grant: Grant,
    pub(crate) dialect: &'static Dialect,
    pub(crate) user: Arc<Definition>,
    pub(crate) group: Arc<Definition>,
}

impl Access {
    fn is_valid(&self, now: DateTime<Utc>) -> bool {
        let token = &self.grant.token;
        let over = |end: Option<DateTime<Utc>>| end.is_some_and(|end| end <= now);
        !over(token.expires_at) && !over(token.revoked_at) && self.grant.tenant.suspended_at.is_none()
    }

    fn fits(&self, door: Door<'_>) -> bool {
        let tenant = &self.grant.tenant;
        match door {
            Door::Shared => true,
            Door::Tenant(name) => name == tenant.slug.as_str() || TenantId::parse(name).is_ok_and(|id| id == tenant.id),
            Door::Host(name) => name.eq_ignore_ascii_case(tenant.slug.as_str()),
        }
    }
}

/// Warm authentication: the hash of a token to what it opens, bounded, for a few seconds.
pub(crate) struct AccessCache {
    grants: Cache<TokenHash, Arc<Access>>,
    definitions: Definitions,
}

impl AccessCache {
    pub(crate) fn new() -> Self {
        let grants = Cache::builder().max_capacity(REMEMBERED_TOKENS).time_to_live(REMEMBERED).build();
        Self { grants, definitions: Definitions::default() }
    }

    /// Forgets everything, after a change by this very process.
    pub(crate) fn forget(&self) {
        self.grants.invalidate_all();
    }
}

impl Provisioner {
    /// Lets a request in that carries a token. Costs no query when the token was seen in the last seconds.
    ///
    /// # Errors
    /// [`AuthError::Unauthorized`] for every token that does not open this door now, whatever the cause; otherwise
    /// [`AuthError::Trouble`].
    pub async fn for_bearer(&self, door: Door<'_>, token: &str, info: RequestInfo) -> Result<TenantScope, AuthError> {
        let token = PlainToken::parse(token).map_err(|_| AuthError::Unauthorized)?;
        let hash = token.hash();
        let now = self.now();
        let access = match self.inner.access.grants.get(&hash).await {
            Some(access) => access,
            None => self.load(door, &token, hash, now).await?,
        };
        if !access.is_valid(now) || !access.fits(door) {
            return Err(AuthError::Unauthorized);
        }
        let base = self.base(door, &access);
        Ok(TenantScope::new(self.clone(), access, base, info))
    }

    async fn load(
        &self,
        door: Door<'_>,
        token: &PlainToken,
        hash: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Arc<Access>, AuthError> {
        let grant =
            self.store().authenticate(token.tenant(), &hash).await.map_err(|error| AuthError::Trouble(error.into()))?;
        let grant = grant.ok_or(AuthError::Unauthorized)?;
        let access = Arc::new(self.access_of(grant).await.map_err(AuthError::Trouble)?);
        // What is refused is no use: a token tried at a wrong address must not end the one that it replaces.
        if !access.is_valid(now) || !access.fits(door) {
            return Err(AuthError::Unauthorized);
        }
        self.note_use(&access.grant, now).await.map_err(AuthError::Trouble)?;
        self.inner.access.grants.insert(hash, Arc::clone(&access)).await;
        Ok(access)
    }

    /// What a grant opens. Declared schemas are read once for each of their revisions, whoever asks.
    async fn access_of(&self, grant: Grant) -> Result<Access, Error> {
        let definitions = &self.inner.access.definitions;
        let dialect = Dialect::of(grant.connection.kind.as_str()).unwrap_or(Dialect::generic());
        if grant.connection.schemas == 0 {
            let user = definitions.of_users(dialect, &grant.connection.settings.required)?;
            return Ok(Access { user, group: definitions.of_groups(dialect), dialect, grant });
        }
        let (user, group) = if let Some(known) = definitions.known(&grant.connection) {
            known
        } else {
            let schemas = self.store().tenant(&grant.resolved).schemas(grant.connection.id).await?;
            definitions.declare(dialect, &grant.connection, &schemas)?
        };
        Ok(Access { grant, dialect, user, group })
    }

    /// Keeps when a token was used, to the minute. The first use of a token that replaces another one begins the other's
    /// sunset: rotation completes itself.
    async fn note_use(&self, grant: &Grant, now: DateTime<Utc>) -> Result<(), Error> {
        let token = &grant.token;
        if token.last_used_at.is_some_and(|last| now - last < USE_RESOLUTION) {
            return Ok(());
        }
        let sunset = token.replaces.filter(|_| token.first_used_at.is_none()).map(|old| (old, now + SUNSET));
        let events: Vec<_> = sunset.map(|(old, end)| self.sunset(token, old, end)).into_iter().collect();
        self.store().tenant(&grant.resolved).mark_token_used(token.id, now, sunset, &events).await?;
        Ok(())
    }

    fn sunset(&self, token: &TokenRecord, old: TokenId, end: DateTime<Utc>) -> NewEvent {
        let context = Context { actor: Actor::System, connection: Some(token.connection), request_id: None };
        let data = serde_json::json!({ "replaced_by": token.id, "ends_at": end });
        fact(self, &context, "token.sunset", Subject::Token(old), data)
    }

    fn base(&self, door: Door<'_>, access: &Access) -> String {
        let slug = &access.grant.tenant.slug;
        match (door, &self.inner.parts.base_domain) {
            (Door::Tenant(name), _) => format!("{}/t/{name}/scim/v2", self.inner.parts.public_url),
            (Door::Host(_), Some(domain)) => {
                let scheme = self.inner.parts.public_url.split("://").next().unwrap_or("https");
                format!("{scheme}://{slug}.{domain}/scim/v2")
            }
            (Door::Shared | Door::Host(_), _) => self.shared_scim_url(),
        }
    }
}
