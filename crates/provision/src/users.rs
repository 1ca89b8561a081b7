//! Users, as an identity provider reads and writes them.

mod create;
mod delete;
mod list;
mod store;
mod terms;
mod update;

pub(crate) use list::Users;
pub(crate) use store::{after_decision, new_record};
use usher_core::UserId;
use usher_lifecycle::{Policy, State};
use usher_scim::list::Query;
use usher_scim::{Map, Projection};
use usher_storage::{GroupRef, NewEvent, StorageError, Subject, UserRecord, Write};

use crate::{Error, Shown, TenantScope};

/// How often a write is decided again after somebody else was faster.
const ATTEMPTS: usize = 8;

impl TenantScope {
    /// `GET /Users/{id}`.
    ///
    /// # Errors
    /// [`Error::Scim`] with 404 for an id that is no listed user of this tenant.
    pub async fn user(&self, id: &str, query: &Query) -> Result<Shown, Error> {
        let projection = query.projection(self.user_definition())?;
        let (user, groups) = self.listed_user(id).await?;
        Ok(self.projected_user(self.show_user(&user, &groups)?, &projection))
    }

    /// The projection of an answer to a write; checked before anything is written.
    pub(crate) fn user_projection(&self, query: &Query) -> Result<Projection, Error> {
        Ok(query.projection(self.user_definition())?)
    }

    async fn listed_user(&self, id: &str) -> Result<(UserRecord, Vec<GroupRef>), Error> {
        let id = UserId::parse(id).map_err(|_| Error::not_found())?;
        let found = self.store.user_with_groups(id).await?;
        found.filter(|(user, _)| user.life.listed && user.life.state != State::Deleted).ok_or_else(Error::not_found)
    }

    /// Stores a user with these attributes, and holds what they have alone.
    async fn write_user(
        &self,
        user: &UserRecord,
        how: Write,
        attributes: &Map,
        events: &[NewEvent],
    ) -> Result<(), StorageError> {
        match self.unique_of_user(attributes) {
            None => self.store.write_user(user, how, events).await,
            Some(unique) => self.store.write_unique_user(user, how, &unique, events).await,
        }
    }

    fn policy(&self) -> Policy {
        crate::join::policy(&self.access.grant.tenant.settings)
    }
}

/// The subject of an event about whatever an address names.
fn subject(id: &str) -> Subject {
    UserId::parse(id).map_or(Subject::Tenant, Subject::User)
}
