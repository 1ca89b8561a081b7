//! `GET /Users` and `POST /Users/.search`.

use serde_json::Value;
use usher_core::{UserId, fold};
use usher_scim::list::Query;
use usher_scim::{Definition, Map};
use usher_storage::{GroupRef, Order, Page, Subject, UserRecord, UserTerm, Walk};
use uuid::Uuid;

use super::terms::term;
use crate::lists::{BATCH, Kind, Source, Turn, Wanted, list};
use crate::{Error, TenantScope};

/// The users that a query asks for.
pub(crate) struct Users<'a> {
    scope: &'a TenantScope,
    wanted: Wanted,
    term: UserTerm,
    exact: bool,
}

impl TenantScope {
    /// Lists users: filter, order, page and projection as the query says. What has an index is searched in the database,
    /// the rest is evaluated over the tenant's rows in batches.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort, projection or cursor, and for a search that takes too long;
    /// [`Error::Crowded`] when too many of those are under way.
    pub async fn list_users(&self, query: &Query) -> Result<Value, Error> {
        let result = match self.users(query) {
            Ok(users) => list(&users, query, Turn("user.list")).await,
            Err(error) => Err(error),
        };
        self.ended("user.list", Subject::Tenant, result).await
    }

    /// Resolves a query for users.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort or projection.
    pub(crate) fn users(&self, query: &Query) -> Result<Users<'_>, Error> {
        let wanted = Wanted::read(query, self.user_definition(), self.limits())?;
        let all = (UserTerm::All, true);
        let (term, exact) = wanted.filter.as_ref().map_or(all, |filter| term(filter, self.connection()));
        Ok(Users { scope: self, wanted, term, exact })
    }
}

impl Source for Users<'_> {
    type Id = UserId;
    type Row = (UserRecord, Vec<GroupRef>);
    const KIND: Kind = Kind::Users;
    const NAME: &'static str = "userName";

    fn scope(&self) -> &TenantScope {
        self.scope
    }

    fn definition(&self) -> &Definition {
        self.scope.user_definition()
    }

    fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    fn is_exact(&self) -> bool {
        self.exact
    }

    fn batch(&self) -> u64 {
        BATCH
    }

    fn id((user, _): &Self::Row) -> UserId {
        user.id
    }

    fn uuid(id: UserId) -> Uuid {
        id.as_uuid()
    }

    fn from_uuid(uuid: Uuid) -> UserId {
        UserId::from_uuid(uuid)
    }

    fn name((user, _): &Self::Row) -> String {
        fold(&user.user_name)
    }

    async fn count(&self) -> Result<u64, Error> {
        Ok(self.scope.store.count_users(&self.term).await?)
    }

    async fn find(&self, order: Order, page: Page) -> Result<Vec<Self::Row>, Error> {
        Ok(self.scope.store.find_users(&self.term, order, page, true).await?)
    }

    async fn walk(&self, walk: Walk<'_, UserId>) -> Result<Vec<Self::Row>, Error> {
        Ok(self.scope.store.walk_users(&self.term, walk, true).await?)
    }

    async fn rows_of(&self, ids: &[UserId]) -> Result<Vec<Self::Row>, Error> {
        Ok(self.scope.store.users_of(ids).await?)
    }

    async fn look<T>(&self, rows: &[Self::Row], mut look: impl FnMut(&Map) -> T) -> Result<Vec<T>, Error> {
        let one = |(user, groups): &Self::Row| {
            let mut resource = self.scope.show_user(user, groups)?.resource;
            // As the column says it that the database searches: unassigned, access stays what it was.
            resource.entry("active").or_insert_with(|| user.life.wanted_active.into());
            Ok(look(&resource))
        };
        rows.iter().map(one).collect()
    }

    async fn show(&self, rows: &[Self::Row]) -> Result<Vec<Map>, Error> {
        rows.iter().map(|(user, groups)| Ok(self.scope.show_user(user, groups)?.resource)).collect()
    }
}
