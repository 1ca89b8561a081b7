//! Groups, as an identity provider reads and writes them. Members are rows: a change costs what it changes.

mod create;
mod delete;
mod list;
mod long;
mod members;
mod shown;
mod terms;
mod update;

use usher_core::GroupId;
use usher_scim::list::Query;
use usher_storage::Subject;

pub(crate) use list::Groups;
pub use long::{LaterMembers, Listed, LongText};
pub use shown::ManyMembers;

use crate::{Error, Shown, TenantScope};

impl TenantScope {
    /// `GET /Groups/{id}`. Members are only read when the answer shows them (S133).
    ///
    /// # Errors
    /// [`Error::Scim`] with 404 for an id that is no group of this tenant.
    pub async fn group(&self, id: &str, query: &Query) -> Result<Shown, Error> {
        let projection = query.projection(self.group_definition())?;
        let id = GroupId::parse(id).map_err(|_| Error::not_found())?;
        let (group, members) = self.group_and_members(id, &projection).await?;
        self.shown_group(&group, members, &projection)
    }
}

/// The subject of an event about whatever an address names.
fn subject(id: &str) -> Subject {
    GroupId::parse(id).map_or(Subject::Tenant, Subject::Group)
}
