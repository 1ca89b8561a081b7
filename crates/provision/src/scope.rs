//! What an identity provider may do: everything in one tenant, as one connection, and nothing else.

use std::sync::Arc;

use usher_core::{ConnectionId, Reason, TenantId, TokenId};
use usher_scim::dialect::Dialect;
use usher_scim::{Definition, Limits};
use usher_storage::{Actor, Subject, TenantStore};

use crate::access::Access;
use crate::events::Context;
use crate::{Error, Provisioner};

/// What identifies a request in the log.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// The request's id, as its answer carries it.
    pub request_id: String,
}

/// `If-Match` or `If-None-Match` of a write: the versions it may apply to (RFC 7644 §3.14, RFC 9110 §13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// None was sent: it applies to every version.
    #[default]
    Always,
    /// One of these entity tags, as sent.
    Versions(Vec<String>),
    /// None of these entity tags, as sent.
    Except(Vec<String>),
}

impl Condition {
    /// Reads entity tags as a line of `If-Match` has them, with commas between them.
    #[must_use]
    pub fn of_header(line: &str) -> Self {
        let tags: Vec<String> =
            line.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        if tags.is_empty() { Self::Always } else { Self::Versions(tags) }
    }

    /// Checks the present version.
    pub(crate) fn check(&self, version: &str) -> Result<(), Error> {
        match self {
            Self::Always => Ok(()),
            Self::Versions(versions) if names(versions, version) => Ok(()),
            Self::Except(versions) if !names(versions, version) => Ok(()),
            Self::Versions(_) | Self::Except(_) => Err(usher_scim::Error::stale_version().into()),
        }
    }
}

/// Whether a list of entity tags has that of a resource; `*` is every one that is there.
fn names(tags: &[String], version: &str) -> bool {
    tags.iter().any(|tag| tag == "*" || weak_equal(tag, version))
}

/// Weak comparison of entity tags (RFC 9110 §8.8.3.2): SCIM's are weak, and some clients drop the `W/`.
fn weak_equal(one: &str, other: &str) -> bool {
    one.strip_prefix("W/").unwrap_or(one) == other.strip_prefix("W/").unwrap_or(other)
}

/// The use cases of one connection of one tenant. Only a valid token makes one.
#[derive(Clone)]
pub struct TenantScope {
    pub(crate) provisioner: Provisioner,
    pub(crate) store: TenantStore,
    pub(crate) access: Arc<Access>,
    /// Address of the SCIM root at the door that was used.
    pub(crate) base: String,
    info: RequestInfo,
}

impl TenantScope {
    pub(crate) fn new(provisioner: Provisioner, access: Arc<Access>, base: String, info: RequestInfo) -> Self {
        let store = provisioner.store().tenant(&access.grant.resolved);
        Self { provisioner, store, access, base, info }
    }

    /// The tenant's id, for spans.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.access.grant.tenant.id
    }

    /// The token's id, for spans.
    #[must_use]
    pub fn token(&self) -> TokenId {
        self.access.grant.token.id
    }

    /// The address of the SCIM root at the door that was used.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What the client at the other end speaks, by the kind of the connection.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.access.dialect
    }

    /// The User schemas as this connection sees them.
    #[must_use]
    pub fn user_definition(&self) -> &Definition {
        &self.access.user
    }

    /// The Group schema.
    #[must_use]
    pub fn group_definition(&self) -> &Definition {
        &self.access.group
    }

    /// The bounds on requests.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.provisioner.limits()
    }

    pub(crate) fn connection(&self) -> ConnectionId {
        self.access.grant.connection.id
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            actor: Actor::Token(self.token()),
            connection: Some(self.connection()),
            request_id: Some(self.info.request_id.clone()),
        }
    }

    /// Ends a use case: what was refused is written into the log, within bounds, and passed on.
    pub(crate) async fn ended<T>(
        &self,
        operation: &'static str,
        subject: Subject,
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        if let Err(error) = &result
            && error.is_refusal()
        {
            self.note_refusal(operation, subject, error.reason(), &error.to_string()).await;
        }
        result
    }

    /// Writes a refusal that the edge decided, such as a body that is too large, into the log.
    pub async fn refused(&self, operation: &'static str, error: &usher_scim::Error) {
        self.note_refusal(operation, Subject::Tenant, error.reason(), &error.detail).await;
    }
}

/// Refuses what the admin has switched off for a connection (S91 to S98).
pub(crate) fn allow(switch: bool, what: &str) -> Result<(), Error> {
    if switch {
        return Ok(());
    }
    Err(Error::Policy(Reason::SwitchedOff, format!("{what} is switched off for this connection")))
}
