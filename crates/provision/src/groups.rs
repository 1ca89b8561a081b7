//! Groups, as an identity provider reads and writes them. Members are rows: a change costs what it changes.

mod create;
mod delete;
mod list;
mod members;
mod update;

use usher_core::GroupId;
use usher_scim::list::Query;
use usher_storage::{GroupRecord, Subject};

use crate::{Error, Shown, TenantScope};

impl TenantScope {
    /// `GET /Groups/{id}`. Members are only read when the answer shows them (S133).
    ///
    /// # Errors
    /// [`Error::Scim`] with 404 for an id that is no group of this tenant.
    pub async fn group(&self, id: &str, query: &Query) -> Result<Shown, Error> {
        let projection = query.projection(self.group_definition())?;
        let group = self.present_group(id).await?;
        let members = if projection.wants("members") { self.all_members(group.id).await? } else { Vec::new() };
        Ok(self.projected_group(self.show_group(&group, &members)?, &projection))
    }

    async fn present_group(&self, id: &str) -> Result<GroupRecord, Error> {
        let id = GroupId::parse(id).map_err(|_| Error::not_found())?;
        self.store.group(id).await?.ok_or_else(Error::not_found)
    }

    async fn all_members(&self, group: GroupId) -> Result<Vec<usher_core::UserId>, Error> {
        Ok(self.store.members(group, None, u64::MAX).await?)
    }
}

/// The subject of an event about whatever an address names.
fn subject(id: &str) -> Subject {
    GroupId::parse(id).map_or(Subject::Tenant, Subject::Group)
}
