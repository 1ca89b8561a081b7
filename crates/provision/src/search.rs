//! `POST /.search` at the root: users and groups in one list (RFC 7644 §3.4.3).

use serde_json::Value;
use usher_scim::list::{CursorPage, Query, list_response};
use usher_storage::Subject;

use crate::groups::{Groups, Listed};
use crate::lists::{self, Cursor, Kind, QueryHash, Reached, Source, Spot, Turn};
use crate::users::Users;
use crate::{Error, TenantScope};

/// The list as the log names it.
const TURN: Turn = Turn("root.search");

/// The two parts of the list. A type whose schemas lack an attribute of the query has no part in it; one of them has.
struct Parts<'a> {
    users: Option<Users<'a>>,
    groups: Option<Groups<'a>>,
}

impl TenantScope {
    /// Searches every resource type: users first, then groups, as one list. A type whose schemas lack an attribute of the
    /// filter has no match.
    ///
    /// # Errors
    /// [`Error::Scim`] for a filter or sort that no resource type understands, and as
    /// [`list_users`](TenantScope::list_users).
    pub async fn search_all(&self, query: &Query) -> Result<Listed, Error> {
        let result = self.search_all_inner(query).await;
        self.ended("root.search", Subject::Tenant, result).await
    }

    async fn search_all_inner(&self, query: &Query) -> Result<Listed, Error> {
        if let (Err(error), Err(_)) = (self.users(query), self.groups(query)) {
            return Err(error);
        }
        let Some(text) = &query.cursor else { return self.search_by_index(query).await };
        let parts = Parts { users: self.users(query).ok(), groups: self.groups(query).ok() };
        let wanted = parts.users.iter().map(Source::wanted).chain(parts.groups.iter().map(Source::wanted));
        let hash = QueryHash::of(wanted, query);
        let cursor = Cursor::read(self, Kind::All, text, hash)?;
        let (reached, is_of_groups) = parts.page(&cursor).await?;
        let total = if cursor.is_first() { parts.total(&reached, is_of_groups).await? } else { cursor.total };
        let seal = |place: Option<Place>| {
            place.map(|(groups, spot)| cursor.at(spot, total).among(groups).text(self, Kind::All, hash))
        };
        let (previous, next) = parts.ways(&cursor, is_of_groups, &reached).await?;
        let (previous, next) = (seal(previous), seal(next));
        let body = CursorPage { total, resources: reached.resources, previous, next }.to_response();
        Ok(parts.listed(body))
    }

    async fn search_by_index(&self, query: &Query) -> Result<Listed, Error> {
        let page = query.page(self.limits());
        let (mut total, mut resources) = (0, Vec::new());
        if let Ok(users) = self.users(query) {
            take(lists::list(&users, query, TURN).await?, &mut total, &mut resources);
        }
        let rest = Query {
            start_index: Some(i64::try_from(page.start.saturating_sub(total).max(1)).unwrap_or(i64::MAX)),
            count: Some(i64::try_from(page.count - resources.len().min(page.count)).unwrap_or_default()),
            ..query.clone()
        };
        let groups = self.groups(&rest).ok();
        if let Some(groups) = &groups {
            take(lists::list(groups, &rest, TURN).await?, &mut total, &mut resources);
        }
        Ok(Parts { users: None, groups }.listed(list_response(total, page.start, resources)))
    }
}

/// A spot, and whether it lies among the groups.
type Place = (bool, Spot);

impl Parts<'_> {
    /// The answer whose body holds what was shown of the parts.
    fn listed(self, body: Value) -> Listed {
        match self.groups {
            Some(groups) => groups.listed(body),
            None => Listed { body, later: None },
        }
    }

    /// The page at a cursor, and whether it is one of groups. A page is never of both; where the list begins with groups
    /// because no user matches, they are on the first page.
    async fn page(&self, cursor: &Cursor) -> Result<(Reached, bool), Error> {
        if let Some(users) = self.users.as_ref().filter(|_| !cursor.groups) {
            let reached = lists::page(users, &cursor.spot, TURN).await?;
            let begins = cursor.is_first() && reached.resources.is_empty() && reached.next.is_none();
            if !begins || self.groups.is_none() {
                return Ok((reached, false));
            }
        }
        let Some(groups) = &self.groups else { return Ok((Reached::default(), true)) };
        let spot = if cursor.groups { cursor.spot.clone() } else { Spot::default() };
        Ok((lists::page(groups, &spot, TURN).await?, true))
    }

    /// The ways on, from one type to the other where the one has come to its end.
    async fn ways(
        &self,
        cursor: &Cursor,
        is_of_groups: bool,
        reached: &Reached,
    ) -> Result<(Option<Place>, Option<Place>), Error> {
        let place = |spot: &Option<Spot>| spot.clone().map(|spot| (is_of_groups, spot));
        let (mut previous, mut next) = (place(&reached.previous), place(&reached.next));
        if let Some(users) = self.users.as_ref().filter(|_| is_of_groups && previous.is_none() && !cursor.is_first())
            && lists::any(users, TURN).await?
        {
            previous = Some((false, Spot { backward: true, from: None }));
        }
        if let Some(groups) = self.groups.as_ref().filter(|_| !is_of_groups && next.is_none())
            && lists::any(groups, TURN).await?
        {
            next = Some((true, Spot::default()));
        }
        Ok((previous, next))
    }

    /// How many there are of both, where both are counted by an index or seen whole.
    async fn total(&self, first: &Reached, is_of_groups: bool) -> Result<Option<u64>, Error> {
        let users = match &self.users {
            Some(_) if !is_of_groups => first.total,
            // Nobody matched.
            Some(_) | None => Some(0),
        };
        let groups = match &self.groups {
            Some(_) if is_of_groups => first.total,
            Some(groups) if groups.is_exact() => Some(groups.count().await?),
            Some(_) => None,
            None => Some(0),
        };
        Ok(users.zip(groups).map(|(users, groups)| users + groups))
    }
}

/// Adds a list to another.
fn take(list: Value, total: &mut u64, resources: &mut Vec<Value>) {
    *total += list.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
    if let Value::Object(mut list) = list
        && let Some(Value::Array(found)) = list.shift_remove("Resources")
    {
        resources.extend(found);
    }
}
