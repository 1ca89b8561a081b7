//! `GET /Groups` and `POST /Groups/.search`.

use std::collections::HashMap;

use chrono::DateTime;
use serde_json::Value;
use usher_core::{ConnectionId, GroupId, UserId, fold};
use usher_scim::filter::{CompareOp, Literal};
use usher_scim::list::Query;
use usher_scim::{AttrPath, Filter, Map, SortBy};
use usher_storage::{GroupRecord, GroupTerm, Order, Page, Subject};

use crate::collect::{BATCH, Collector, Wanted, answer};
use crate::{Error, TenantScope};

impl TenantScope {
    /// Lists groups: filter, order, page and projection as the query says. The members of a whole page are read with one
    /// query, and only when the answer or the filter needs them.
    ///
    /// # Errors
    /// [`Error::Scim`] for a broken filter, sort or projection, and for more results than can be sorted.
    pub async fn list_groups(&self, query: &Query) -> Result<Value, Error> {
        let result = self.list_groups_inner(query).await;
        self.ended("group.list", Subject::Tenant, result).await
    }

    async fn list_groups_inner(&self, query: &Query) -> Result<Value, Error> {
        let definition = self.group_definition();
        let wanted = Wanted::read(query, definition, self.limits())?;
        let (term, exact) =
            wanted.filter.as_ref().map_or((GroupTerm::All, true), |filter| term(filter, self.connection()));
        match (exact, order(wanted.sort.as_ref())) {
            (true, Some(order)) => self.page_of_groups(&wanted, &term, order).await,
            _ => self.scan_for_groups(&wanted, &term).await,
        }
    }

    async fn page_of_groups(&self, wanted: &Wanted, term: &GroupTerm, order: Order) -> Result<Value, Error> {
        let limit = u64::try_from(wanted.page.count).unwrap_or(u64::MAX);
        let page = Page { offset: wanted.page.start - 1, limit };
        let groups = if limit == 0 { Vec::new() } else { self.store.find_groups(term, order, page).await? };
        let total = self.store.count_groups(term).await?;
        let shown = self.shown(&groups, wanted.projection.wants("members")).await?;
        Ok(answer(
            total,
            wanted,
            shown.into_iter().map(|resource| wanted.projection.apply(resource, self.group_definition())),
        ))
    }

    async fn scan_for_groups(&self, wanted: &Wanted, term: &GroupTerm) -> Result<Value, Error> {
        let looked_at = wanted.filter.as_ref().map(Filter::paths).unwrap_or_default();
        let sorted_by = wanted.sort.as_ref().map(|sort| &sort.path);
        let filtered = looked_at.into_iter().chain(sorted_by).any(|path| path.is("members"));
        let members = filtered || (wanted.sort.is_none() && wanted.projection.wants("members"));
        let mut collector: Collector<'_, GroupId> = Collector::new(wanted);
        let mut after = None;
        loop {
            let batch = self.store.scan_groups(term, after, BATCH).await?;
            for (group, resource) in batch.iter().zip(self.shown(&batch, members).await?) {
                collector.offer(group.id, resource)?;
            }
            after = batch.last().map(|group| group.id);
            if u64::try_from(batch.len()).unwrap_or(u64::MAX) < BATCH {
                break;
            }
            tokio::task::yield_now().await;
        }
        let ids = collector.sorted_page();
        let (total, mut window) = collector.finish();
        if wanted.sort.is_some() {
            let mut groups = self.store.groups_of_ids(&ids).await?;
            groups.sort_by_key(|group| ids.iter().position(|id| *id == group.id));
            window = self.shown(&groups, wanted.projection.wants("members")).await?;
        }
        Ok(answer(
            total,
            wanted,
            window.into_iter().map(|resource| wanted.projection.apply(resource, self.group_definition())),
        ))
    }

    /// The resources of some groups, with their members if wanted.
    async fn shown(&self, groups: &[GroupRecord], members: bool) -> Result<Vec<Map>, Error> {
        let mut by_group: HashMap<GroupId, Vec<UserId>> = HashMap::new();
        if members && !groups.is_empty() {
            let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
            for (group, user) in self.store.members_of(&ids).await? {
                by_group.entry(group).or_default().push(user);
            }
        }
        let of = |group: &GroupRecord| by_group.get(&group.id).map(Vec::as_slice).unwrap_or_default();
        groups.iter().map(|group| Ok(self.show_group(group, of(group))?.resource)).collect()
    }
}

fn order(sort: Option<&SortBy>) -> Option<Order> {
    let Some(sort) = sort else { return Some(Order::Id) };
    if sort.path.schema.is_some() || sort.path.sub.is_some() {
        return None;
    }
    match (sort.path.attribute.as_str(), sort.descending) {
        ("id", false) => Some(Order::Id),
        ("displayName", descending) => Some(Order::Name { descending }),
        _ => None,
    }
}

/// A search term that finds at least what the filter matches, and whether it finds exactly that.
fn term(filter: &Filter, connection: ConnectionId) -> (GroupTerm, bool) {
    match filter {
        Filter::And(parts) => {
            let (terms, exact): (Vec<GroupTerm>, Vec<bool>) = parts.iter().map(|part| term(part, connection)).unzip();
            (GroupTerm::And(terms), exact.into_iter().all(|exact| exact))
        }
        Filter::Compare { path, op, value } => compare(path, *op, value, connection).unwrap_or((GroupTerm::All, false)),
        Filter::Element { attr, filter, sub: None } if attr.is("members") => match &**filter {
            Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(text) } if path.is("value") => {
                (member(text), true)
            }
            _ => (GroupTerm::All, false),
        },
        Filter::Element { .. } | Filter::Or(_) | Filter::Not(_) | Filter::Present(_) => (GroupTerm::All, false),
    }
}

fn member(text: &str) -> GroupTerm {
    UserId::parse(text).map_or(GroupTerm::Nothing, GroupTerm::Member)
}

fn compare(path: &AttrPath, op: CompareOp, value: &Literal, connection: ConnectionId) -> Option<(GroupTerm, bool)> {
    if path.schema.is_some() {
        return None;
    }
    let place = (path.attribute.as_str(), path.sub.as_deref());
    match (place, op, value) {
        (("id", None), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupId::parse(text).map_or(GroupTerm::Nothing, GroupTerm::Id), true))
        }
        (("displayName", None), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupTerm::DisplayName(fold(text)), true))
        }
        (("externalId", None), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupTerm::ExternalId(connection, text.clone()), true))
        }
        (("members", Some("value")), CompareOp::Eq, Literal::String(text)) => Some((member(text), true)),
        (("meta", Some("lastModified")), CompareOp::Gt | CompareOp::Ge, Literal::String(text)) => {
            let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
            Some((GroupTerm::ChangedSince(at), false))
        }
        _ => None,
    }
}
