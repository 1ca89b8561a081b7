//! Lists: what the database can find, order and cut it does; the rest is evaluated here, in bounded steps.
//!
//! A list is asked for by number of the first place (RFC 7644 §3.4.2.4) or by cursor (RFC 9865). [`Source`] is what a
//! resource type brings to it, and everything else is the same for all of them.

mod best;
mod changed;
mod cursor;
mod index;
mod pages;
mod scan;

use serde_json::Value;
use usher_scim::list::{Page, Query};
use usher_scim::{Definition, Filter, Limits, Map, Projection, SortBy};
use usher_storage::{Order, Place, Walk};
use uuid::Uuid;

use crate::{Error, TenantScope};

pub(crate) use changed::changed;
pub(crate) use cursor::{Cursor, Kind, QueryHash, Spot};
pub(crate) use pages::{Reached, any, page};
pub(crate) use scan::{Scans, Turn};

/// Rows looked at in one step, unless they are large.
pub(crate) const BATCH: u64 = 250;

/// What a list request asks for, resolved.
pub(crate) struct Wanted {
    pub(crate) filter: Option<Filter>,
    pub(crate) sort: Option<SortBy>,
    pub(crate) page: Page,
    pub(crate) projection: Projection,
}

impl Wanted {
    /// Resolves a query against the schemas of a resource type.
    pub(crate) fn read(query: &Query, definition: &Definition, limits: &Limits) -> Result<Self, Error> {
        let filter = query.filter.as_deref().map(|text| Filter::parse(text, definition, limits));
        let sort = query.sort_by.as_deref().map(|text| SortBy::parse(text, query.descending, definition));
        Ok(Self {
            filter: filter.transpose()?,
            sort: sort.transpose()?,
            page: query.page(limits),
            projection: query.projection(definition)?,
        })
    }

    /// Whether filter or order look at an attribute.
    pub(crate) fn looks_at(&self, attribute: &str) -> bool {
        let filtered = self.filter.as_ref().map(Filter::paths).unwrap_or_default();
        filtered.into_iter().chain(self.sort.as_ref().map(|sort| &sort.path)).any(|path| path.is(attribute))
    }

    /// The order that the database has an index for; `name` is the attribute whose folded form is a column.
    fn order(&self, name: &str) -> Option<Order> {
        let Some(sort) = &self.sort else { return Some(Order::Id) };
        if sort.path.schema.is_some() || sort.path.sub.is_some() {
            return None;
        }
        match (sort.path.attribute.as_str(), sort.descending) {
            ("id", false) => Some(Order::Id),
            (attribute, descending) if attribute == name => Some(Order::Name { descending }),
            _ => None,
        }
    }
}

/// The resources of one type that a search term finds.
pub(crate) trait Source {
    /// The type's id.
    type Id: Copy + Ord;
    /// What the database has of one resource.
    type Row;
    /// Which type it is.
    const KIND: Kind;
    /// The attribute whose folded form is a column, unique and indexed.
    const NAME: &'static str;

    fn scope(&self) -> &TenantScope;
    fn definition(&self) -> &Definition;
    fn wanted(&self) -> &Wanted;
    /// Whether the term finds nothing that the filter does not match.
    fn is_exact(&self) -> bool;
    /// Rows of one step.
    fn batch(&self) -> u64;
    fn id(row: &Self::Row) -> Self::Id;
    fn uuid(id: Self::Id) -> Uuid;
    fn from_uuid(uuid: Uuid) -> Self::Id;
    /// The folded name.
    fn name(row: &Self::Row) -> String;
    async fn count(&self) -> Result<u64, Error>;
    async fn find(&self, order: Order, page: usher_storage::Page) -> Result<Vec<Self::Row>, Error>;
    async fn walk(&self, walk: Walk<'_, Self::Id>) -> Result<Vec<Self::Row>, Error>;
    /// The rows of some ids, in no order; those that are gone are left out.
    async fn rows_of(&self, ids: &[Self::Id]) -> Result<Vec<Self::Row>, Error>;
    /// Looks at the resource of each row as filter and order see it, one after the other.
    async fn look<T>(&self, rows: &[Self::Row], look: impl FnMut(&Map) -> T) -> Result<Vec<T>, Error>;
    /// The resources of the page, in their order.
    async fn show(&self, rows: &[Self::Row]) -> Result<Vec<Map>, Error>;
}

/// The place of a row in a list.
fn place<S: Source>(row: &S::Row) -> Place<S::Id> {
    Place { name: S::name(row), id: S::id(row), inclusive: false }
}

fn matches<S: Source>(source: &S, resource: &Map) -> bool {
    source.wanted().filter.as_ref().is_none_or(|filter| filter.matches(resource))
}

/// The answer to a request for a list of one type.
pub(crate) async fn list<S: Source>(source: &S, query: &Query, turn: Turn) -> Result<Value, Error> {
    match &query.cursor {
        None => index::page(source, turn).await,
        Some(text) => {
            let hash = QueryHash::of([source.wanted()], query);
            let scope = source.scope();
            let cursor = Cursor::read(scope, S::KIND, text, hash)?;
            let reached = page(source, &cursor.spot, turn).await?;
            let total = if cursor.is_first() { reached.total } else { cursor.total };
            let seal = |spot: Option<Spot>| spot.map(|spot| cursor.at(spot, total).text(scope, S::KIND, hash));
            let (previous, next) = (seal(reached.previous), seal(reached.next));
            Ok(usher_scim::list::CursorPage { total, resources: reached.resources, previous, next }.to_response())
        }
    }
}

/// The resources of rows as the answer shows them.
async fn answered<S: Source>(source: &S, rows: &[S::Row]) -> Result<Vec<Value>, Error> {
    let resources = source.show(rows).await?.into_iter();
    let apply = |resource| Value::Object(source.wanted().projection.apply(resource, source.definition()));
    Ok(resources.map(apply).collect())
}

/// The same for ids, in their order.
async fn answered_ids<S: Source>(source: &S, ids: &[S::Id]) -> Result<Vec<Value>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = source.rows_of(ids).await?;
    let places: std::collections::BTreeMap<_, _> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    rows.sort_by_key(|row| places.get(&S::id(row)).copied());
    answered(source, &rows).await
}
