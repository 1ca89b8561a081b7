//! `GET /Groups` and `POST /Groups/.search`. The members of a whole page are read with one query, and only when the answer or
//! the filter needs them; those of large groups are read while the answer is sent.

use std::collections::HashMap;

use serde_json::Value;
use usher_core::{GroupId, UserId, fold};
use usher_scim::list::Query;
use usher_scim::{Definition, Map};
use usher_storage::{GroupRecord, GroupTerm, Order, Page, Subject, Walk};
use uuid::Uuid;

use super::long::{FEW, Later, LaterMembers, Listed};
use super::terms::term;
use crate::lists::{BATCH, Kind, Source, Turn, Wanted, list};
use crate::{Error, TenantScope};

/// Groups looked at in one step with all their members, which take 16 bytes each.
const WITH_MEMBERS: u64 = 20;
/// Most members of a group that filter and order can look at; some 500 bytes each, for one group at a time.
const MOST_MEMBERS: usize = 100_000;

/// The groups that a query asks for.
pub(crate) struct Groups<'a> {
    scope: &'a TenantScope,
    wanted: Wanted,
    term: GroupTerm,
    exact: bool,
    later: Later,
}

impl TenantScope {
    /// Lists groups: filter, order, page and projection as the query says.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort, projection or cursor, and for a search that takes too long;
    /// [`Error::Crowded`] when too many of those are under way.
    pub async fn list_groups(&self, query: &Query) -> Result<Listed, Error> {
        let result = match self.groups(query) {
            Ok(groups) => list(&groups, query, Turn("group.list")).await.map(|body| groups.listed(body)),
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
        let mark = GroupId::mint(self.provisioner.now(), self.provisioner.entropy()).to_string();
        Ok(Groups { scope: self, wanted, term, exact, later: Later::new(mark) })
    }
}

impl Groups<'_> {
    /// The answer whose body holds what was shown here.
    pub(crate) fn listed(self, body: Value) -> Listed {
        Listed { body, later: LaterMembers::of(self.scope, self.later, &self.wanted.projection) }
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

    async fn look<T>(&self, groups: &[GroupRecord], mut look: impl FnMut(&Map) -> T) -> Result<Vec<T>, Error> {
        let mut members = if self.wanted.looks_at("members") {
            self.scope.store.members_by_group(&ids(groups)).await?
        } else {
            HashMap::new()
        };
        // One after the other: the members of one group at a time are there as JSON.
        let one = |group: &GroupRecord| {
            let members = members.remove(&group.id).unwrap_or_default();
            if members.len() > MOST_MEMBERS {
                let detail = format!(
                    "a group has more than {MOST_MEMBERS} members: of such groups only those with a given member are found, by members.value eq"
                );
                return Err(usher_scim::Error::too_many("too_many_members", detail).into());
            }
            let members: Vec<UserId> = members.iter().collect();
            Ok(look(&self.scope.show_group(group, &members)?.resource))
        };
        groups.iter().map(one).collect()
    }

    async fn show(&self, groups: &[GroupRecord]) -> Result<Vec<Map>, Error> {
        if !self.wanted.projection.wants("members") || groups.is_empty() {
            return groups.iter().map(|group| Ok(self.scope.show_group(group, &[])?.resource)).collect();
        }
        let few = self.scope.store.members_of(&ids(groups), FEW + 1).await?;
        if u64::try_from(few.len()).unwrap_or(u64::MAX) > FEW {
            self.later.leave(&ids(groups));
            let marked = || Value::Array(vec![self.scope.member_of(&self.later.mark)]);
            let one = |group: &GroupRecord| {
                let mut resource = self.scope.show_group(group, &[])?.resource;
                resource.insert("members".to_owned(), marked());
                Ok(resource)
            };
            return groups.iter().map(one).collect();
        }
        let mut by_group: HashMap<GroupId, Vec<UserId>> = HashMap::new();
        for (group, user) in few {
            by_group.entry(group).or_default().push(user);
        }
        let of = |group: &GroupRecord| by_group.get(&group.id).map(Vec::as_slice).unwrap_or_default();
        groups.iter().map(|group| Ok(self.scope.show_group(group, of(group))?.resource)).collect()
    }
}

fn ids(groups: &[GroupRecord]) -> Vec<GroupId> {
    groups.iter().map(|group| group.id).collect()
}
