//! What an identity provider sends that nobody keeps.

use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_core::ResourceType;

use super::OperatorScope;
use super::schemas::Found;
use crate::Error;

/// A name that a connection sends and no schema has. Never a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// In which resources it comes: `User` or `Group`.
    pub resource: ResourceType,
    /// The attribute's name or path, or the URN of a schema; `…other` for all that had no room of their own.
    pub name: String,
    /// In how many requests it came.
    pub requests: i64,
    /// When it first came.
    pub first_seen: DateTime<Utc>,
    /// When it last came.
    pub last_seen: DateTime<Utc>,
}

impl OperatorScope {
    /// What a connection sends that no schema has, the most frequent first. Other processes' counts are some seconds old.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or connection.
    pub async fn ignored(&self, tenant: &str, connection: &str) -> Result<Vec<Ignored>, Error> {
        let Found { store, connection, .. } = self.declared(tenant, connection).await?;
        self.provisioner.write_counts().await?;
        let names = store.ignored_names(connection.id).await?.into_iter().map(|one| Ignored {
            resource: one.resource,
            name: one.name,
            requests: one.requests,
            first_seen: one.first_seen,
            last_seen: one.last_seen,
        });
        Ok(names.collect())
    }
}
