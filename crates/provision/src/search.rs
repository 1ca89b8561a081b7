//! `POST /.search` at the root: users and groups in one list (RFC 7644 §3.4.3).

use serde_json::Value;
use usher_scim::list::{Query, list_response};
use usher_scim::{Definition, Filter, SortBy};
use usher_storage::Subject;

use crate::{Error, TenantScope};

impl TenantScope {
    /// Searches every resource type: users first, then groups, as one list. A type whose schemas lack an attribute of the
    /// filter has no match.
    ///
    /// # Errors
    /// [`Error::Scim`] for a filter or sort that no resource type understands.
    pub async fn search_all(&self, query: &Query) -> Result<Value, Error> {
        let result = self.search_all_inner(query).await;
        self.ended("root.search", Subject::Tenant, result).await
    }

    async fn search_all_inner(&self, query: &Query) -> Result<Value, Error> {
        let (users, groups) =
            (self.understands(query, self.user_definition()), self.understands(query, self.group_definition()));
        if let (Err(error), Err(_)) = (&users, &groups) {
            return Err(error.clone().into());
        }
        let page = query.page(self.limits());
        let (mut total, mut resources) = (0, Vec::new());
        if users.is_ok() {
            take(self.list_users(query).await?, &mut total, &mut resources);
        }
        if groups.is_ok() {
            let rest = Query {
                start_index: Some(i64::try_from(page.start.saturating_sub(total).max(1)).unwrap_or(i64::MAX)),
                count: Some(i64::try_from(page.count - resources.len().min(page.count)).unwrap_or_default()),
                ..query.clone()
            };
            take(self.list_groups(&rest).await?, &mut total, &mut resources);
        }
        Ok(list_response(total, page.start, resources))
    }

    fn understands(&self, query: &Query, definition: &Definition) -> Result<(), usher_scim::Error> {
        if let Some(filter) = &query.filter {
            Filter::parse(filter, definition, self.limits())?;
        }
        if let Some(sort) = &query.sort_by {
            SortBy::parse(sort, query.descending, definition)?;
        }
        Ok(())
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
