//! Putting a list together where the database cannot: filtering, counting, sorting, one batch at a time.

use serde_json::Value;
use usher_scim::list::{Page, Query, list_response};
use usher_scim::{Definition, Filter, Limits, Map, Projection, SortBy, SortKey};

use crate::Error;

/// Rows looked at in one step.
pub(crate) const BATCH: u64 = 500;
/// Most results that are sorted in memory; some 100 bytes each.
const SORTED: usize = 200_000;

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
}

/// Collects one page of what matches, and counts the rest.
pub(crate) struct Collector<'a, Id> {
    wanted: &'a Wanted,
    total: u64,
    keys: Vec<(SortKey, Id)>,
    window: Vec<Map>,
}

impl<'a, Id: Ord + Copy> Collector<'a, Id> {
    pub(crate) const fn new(wanted: &'a Wanted) -> Self {
        Self { wanted, total: 0, keys: Vec::new(), window: Vec::new() }
    }

    /// Looks at one resource, in the order of ids.
    pub(crate) fn offer(&mut self, id: Id, resource: Map) -> Result<(), Error> {
        if self.wanted.filter.as_ref().is_some_and(|filter| !filter.matches(&resource)) {
            return Ok(());
        }
        self.total += 1;
        if let Some(sort) = &self.wanted.sort {
            if self.keys.len() == SORTED {
                let detail = format!("more than {SORTED} resources would have to be sorted: narrow the filter");
                return Err(usher_scim::Error::too_many("too_many_to_sort", detail).into());
            }
            self.keys.push((sort.key(&resource), id));
        } else if self.total >= self.wanted.page.start && self.window.len() < self.wanted.page.count {
            self.window.push(resource);
        }
        Ok(())
    }

    /// The ids of the page, when the list is sorted.
    pub(crate) fn sorted_page(&mut self) -> Vec<Id> {
        self.keys.sort();
        let skip = usize::try_from(self.wanted.page.start - 1).unwrap_or(usize::MAX);
        self.keys.iter().skip(skip).take(self.wanted.page.count).map(|(_, id)| *id).collect()
    }

    /// What matched in all, and the page's resources when the list is not sorted.
    pub(crate) fn finish(self) -> (u64, Vec<Map>) {
        (self.total, self.window)
    }
}

/// The answer to a list request.
pub(crate) fn answer(total: u64, wanted: &Wanted, resources: impl Iterator<Item = Map>) -> Value {
    list_response(total, wanted.page.start, resources.map(Value::Object).collect())
}
