//! `GET /Users` and `POST /Users/.search`.

use serde_json::Value;
use usher_core::UserId;
use usher_scim::SortBy;
use usher_scim::list::Query;
use usher_storage::{GroupRef, Order, Page, Subject, UserRecord, UserTerm};

use super::terms::term;
use crate::collect::{BATCH, Collector, Wanted, answer};
use crate::{Error, TenantScope};

impl TenantScope {
    /// Lists users: filter, order, page and projection as the query says. What has an index is searched in the database,
    /// the rest is evaluated over the tenant's rows in batches.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort or projection, and for more results than can be sorted.
    pub async fn list_users(&self, query: &Query) -> Result<Value, Error> {
        let result = self.list_users_inner(query).await;
        self.ended("user.list", Subject::Tenant, result).await
    }

    async fn list_users_inner(&self, query: &Query) -> Result<Value, Error> {
        let definition = self.user_definition();
        let wanted = Wanted::read(query, definition, self.limits())?;
        let (term, exact) =
            wanted.filter.as_ref().map_or((UserTerm::All, true), |filter| term(filter, self.connection()));
        match (exact, order(wanted.sort.as_ref())) {
            (true, Some(order)) => self.page_of_users(&wanted, &term, order).await,
            _ => self.scan_for_users(&wanted, &term).await,
        }
    }

    /// The database finds, orders and cuts.
    async fn page_of_users(&self, wanted: &Wanted, term: &UserTerm, order: Order) -> Result<Value, Error> {
        let limit = u64::try_from(wanted.page.count).unwrap_or(u64::MAX);
        let page = Page { offset: wanted.page.start - 1, limit };
        let users = if limit == 0 { Vec::new() } else { self.store.find_users(term, order, page, true).await? };
        let short = u64::try_from(users.len()).unwrap_or(u64::MAX) < limit && (page.offset == 0 || !users.is_empty());
        // A page that is not full says by itself where the list ends.
        let total = if short {
            page.offset + u64::try_from(users.len()).unwrap_or_default()
        } else {
            self.store.count_users(term).await?
        };
        let shown =
            users.iter().map(|(user, groups)| self.listed(wanted, user, groups)).collect::<Result<Vec<_>, _>>()?;
        Ok(answer(total, wanted, shown.into_iter()))
    }

    /// usher goes through all that the term finds.
    async fn scan_for_users(&self, wanted: &Wanted, term: &UserTerm) -> Result<Value, Error> {
        let mut collector: Collector<'_, UserId> = Collector::new(wanted);
        let mut after = None;
        loop {
            let batch = self.store.scan_users(term, after, BATCH, true).await?;
            for (user, groups) in &batch {
                collector.offer(user.id, self.show_user(user, groups)?.resource)?;
            }
            after = batch.last().map(|(user, _)| user.id);
            if u64::try_from(batch.len()).unwrap_or(u64::MAX) < BATCH {
                break;
            }
            tokio::task::yield_now().await;
        }
        let ids = collector.sorted_page();
        let (total, window) = collector.finish();
        let definition = self.user_definition();
        if wanted.sort.is_none() {
            return Ok(answer(
                total,
                wanted,
                window.into_iter().map(|resource| wanted.projection.apply(resource, definition)),
            ));
        }
        let mut users = self.store.users_of(&ids).await?;
        users.sort_by_key(|(user, _)| ids.iter().position(|id| *id == user.id));
        let shown =
            users.iter().map(|(user, groups)| self.listed(wanted, user, groups)).collect::<Result<Vec<_>, _>>()?;
        Ok(answer(total, wanted, shown.into_iter()))
    }

    fn listed(&self, wanted: &Wanted, user: &UserRecord, groups: &[GroupRef]) -> Result<usher_scim::Map, Error> {
        Ok(wanted.projection.apply(self.show_user(user, groups)?.resource, self.user_definition()))
    }
}

/// The order that the database has an index for.
fn order(sort: Option<&SortBy>) -> Option<Order> {
    let Some(sort) = sort else { return Some(Order::Id) };
    if sort.path.schema.is_some() || sort.path.sub.is_some() {
        return None;
    }
    match (sort.path.attribute.as_str(), sort.descending) {
        ("id", false) => Some(Order::Id),
        ("userName", descending) => Some(Order::Name { descending }),
        _ => None,
    }
}
