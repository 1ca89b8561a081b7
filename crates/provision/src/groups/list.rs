//! `GET /Groups` and `POST /Groups/.search`. The members of a whole page are read with one query, and only when the answer or
//! the filter needs them.

use std::collections::HashMap;

use serde_json::Value;
use usher_core::{GroupId, UserId, fold};
use usher_scim::list::Query;
use usher_scim::{Definition, Map};
use usher_storage::{GroupRecord, GroupTerm, Order, Page, Subject, Walk};
use uuid::Uuid;

use super::terms::term;
use crate::lists::{BATCH, Kind, Purpose, Source, Turn, Wanted, list};
use crate::{Error, TenantScope};

/// Groups looked at in one step with all their members.
const WITH_MEMBERS: u64 = 20;

/// The groups that a query asks for.
pub(crate) struct Groups<'a> {
    scope: &'a TenantScope,
    wanted: Wanted,
    term: GroupTerm,
    exact: bool,
}

impl TenantScope {
    /// Lists groups: filter, order, page and projection as the query says.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort, projection or cursor, and for a search that takes too long;
    /// [`Error::Crowded`] when too many of those are under way.
    pub async fn list_groups(&self, query: &Query) -> Result<Value, Error> {
        let result = match self.groups(query) {
            Ok(groups) => list(&groups, query, Turn("group.list")).await,
            Err(error) => Err(error),
        };
        self.ended("group.list", Subject::Tenant, result).await
    }

    /// Resolves a query for groups.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort or projection.
    pub(crate) fn groups(&self, query: &Query) -> Result<Groups<'_>, Error> {
        let wanted = Wanted::read(query, self.group_definition(), self.limits())?;
        let all = (GroupTerm::All, true);
        let (term, exact) = wanted.filter.as_ref().map_or(all, |filter| term(filter, self.connection()));
        Ok(Groups { scope: self, wanted, term, exact })
    }
}

impl Source for Groups<'_> {
    type Id = GroupId;
    type Row = GroupRecord;
    const KIND: Kind = Kind::Groups;
    const NAME: &'static str = "displayName";

    fn scope(&self) -> &TenantScope {
        self.scope
    }

    fn definition(&self) -> &Definition {
        self.scope.group_definition()
    }

    fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    fn is_exact(&self) -> bool {
        self.exact
    }

    fn batch(&self) -> u64 {
        if self.wanted.looks_at("members") { WITH_MEMBERS } else { BATCH }
    }

    fn id(group: &GroupRecord) -> GroupId {
        group.id
    }

    fn uuid(id: GroupId) -> Uuid {
        id.as_uuid()
    }

    fn from_uuid(uuid: Uuid) -> GroupId {
        GroupId::from_uuid(uuid)
    }

    fn name(group: &GroupRecord) -> String {
        fold(&group.display_name)
    }

    async fn count(&self) -> Result<u64, Error> {
        Ok(self.scope.store.count_groups(&self.term).await?)
    }

    async fn find(&self, order: Order, page: Page) -> Result<Vec<GroupRecord>, Error> {
        Ok(self.scope.store.find_groups(&self.term, order, page).await?)
    }

    async fn walk(&self, walk: Walk<'_, GroupId>) -> Result<Vec<GroupRecord>, Error> {
        Ok(self.scope.store.walk_groups(&self.term, walk).await?)
    }

    async fn rows_of(&self, ids: &[GroupId]) -> Result<Vec<GroupRecord>, Error> {
        Ok(self.scope.store.groups_of_ids(ids).await?)
    }

    async fn show(&self, groups: &[GroupRecord], purpose: Purpose) -> Result<Vec<Map>, Error> {
        let with_members = match purpose {
            Purpose::Test => self.wanted.looks_at("members"),
            Purpose::Answer => self.wanted.projection.wants("members"),
        };
        let mut by_group: HashMap<GroupId, Vec<UserId>> = HashMap::new();
        if with_members && !groups.is_empty() {
            let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
            for (group, user) in self.scope.store.members_of(&ids).await? {
                by_group.entry(group).or_default().push(user);
            }
        }
        let of = |group: &GroupRecord| by_group.get(&group.id).map(Vec::as_slice).unwrap_or_default();
        groups.iter().map(|group| Ok(self.scope.show_group(group, of(group))?.resource)).collect()
    }
}
