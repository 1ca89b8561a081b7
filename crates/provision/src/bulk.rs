//! `POST /Bulk`: many operations in one request, each by the use case that it has as a request of its own.
//!
//! Every operation is a transaction with its own events, switches and refusals. What is done stays done, whatever becomes of
//! the others and of the connection (RFC 7644 §3.7: as many changes as possible).

use std::collections::HashMap;

use usher_scim::Bulk;
use usher_scim::bulk::{Action, Method, Operation, Target, Wanted};
use usher_scim::dialect::PatchAnswer;
use usher_scim::list::Query;
use usher_scim::schema::ResourceKind;
use usher_storage::Subject;

use crate::{Condition, Error, Shown, TenantScope};

/// What became of one operation of a bulk request.
#[derive(Debug)]
pub struct BulkResult {
    /// Its method, where it is one of the four.
    pub method: Option<Method>,
    /// Its `bulkId`, where it has one.
    pub bulk_id: Option<String>,
    /// The address of the resource, where one is known: not of a create that failed.
    pub location: Option<String>,
    /// How it was done, or why not.
    pub done: Result<Done, Error>,
}

/// How an operation was done, with the resource's new entity tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// There is a resource that was not there for this client.
    Created(String),
    /// The resource was replaced or changed.
    Changed(String),
    /// The resource was changed; this client does not get to see it after a PATCH of its own.
    ChangedUnseen(String),
    /// The resource is gone.
    Deleted,
}

/// A resource after an operation.
struct Touched {
    id: String,
    location: String,
    done: Done,
}

impl TenantScope {
    /// `POST /Bulk`. Answers what became of the operations, in the order of the request; those that were not tried because
    /// `failOnErrors` was reached are left out.
    ///
    /// Where the database goes away in between, that operation and the rest fail with it and are not tried, so that what
    /// was done before is told.
    ///
    /// # Errors
    /// [`Error::Scim`] for what is no bulk request, or is over a limit; [`Error::Unavailable`] if the database was away
    /// before anything was done.
    pub async fn bulk(&self, body: &[u8]) -> Result<Vec<BulkResult>, Error> {
        let read = Bulk::read(body, self.user_definition(), self.group_definition(), self.limits());
        let bulk = self.ended("bulk", Subject::Tenant, read.map_err(Error::from)).await?;
        let mut run =
            Run { scope: self, bulk: &bulk, ids: HashMap::new(), succeeded: vec![false; bulk.operations.len()] };
        let mut results: Vec<Option<BulkResult>> = bulk.operations.iter().map(|_| None).collect();
        let (mut errors, mut away) = (0, false);
        for index in &bulk.order {
            let (Some(operation), Some(place)) = (bulk.operations.get(*index), results.get_mut(*index)) else {
                continue;
            };
            let result = if away { run.failed(operation, not_tried()) } else { run.operation(*index, operation).await };
            if matches!(result.done, Err(Error::Unavailable(_))) {
                if !run.succeeded.contains(&true) {
                    return result.done.map(|_| Vec::new());
                }
                away = true;
            }
            errors += usize::from(result.done.is_err());
            *place = Some(result);
            if bulk.fail_on_errors.is_some_and(|limit| errors >= limit) {
                break;
            }
            // One bulk request must not keep the others of this thread waiting.
            tokio::task::yield_now().await;
        }
        Ok(results.into_iter().flatten().collect())
    }
}

/// A bulk request under way.
struct Run<'a> {
    scope: &'a TenantScope,
    bulk: &'a Bulk<'a>,
    /// The ids of resources by `bulkId`.
    ids: HashMap<String, String>,
    /// Which operations succeeded so far.
    succeeded: Vec<bool>,
}

impl Run<'_> {
    async fn operation(&mut self, index: usize, operation: &Operation<'_>) -> BulkResult {
        // The use cases note what they refuse; what is refused here does not get to them.
        let checked = self.scope.ended("bulk", Subject::Tenant, self.checked(operation)).await;
        let wanted = match checked {
            Ok(wanted) => wanted,
            Err(error) => return self.failed(operation, error),
        };
        match self.carry_out(wanted).await {
            Ok(Touched { id, location, done }) => {
                if let Some(place) = self.succeeded.get_mut(index) {
                    *place = true;
                }
                self.ids.extend(operation.bulk_id.clone().map(|name| (name, id)));
                let bulk_id = operation.bulk_id.clone();
                BulkResult { method: operation.method, bulk_id, location: Some(location), done: Ok(done) }
            }
            Err(error) => self.failed(operation, error),
        }
    }

    /// The operation if it can be tried now.
    fn checked<'o, 'b>(&self, operation: &'o Operation<'b>) -> Result<&'o Wanted<'b>, Error> {
        let wanted = operation.wanted.as_ref().map_err(Clone::clone)?;
        let failed = wanted.needs.iter().find(|index| self.succeeded.get(**index) != Some(&true));
        let Some(failed) = failed.and_then(|index| self.bulk.operations.get(*index)) else { return Ok(wanted) };
        Err(usher_scim::Error::failed_dependency(failed.bulk_id.as_deref().unwrap_or_default()).into())
    }

    fn failed(&self, operation: &Operation<'_>, error: Error) -> BulkResult {
        let wanted = operation.wanted.as_ref().ok();
        let location = wanted.and_then(|wanted| {
            let id = self.id(wanted.action.target()?).filter(|id| is_plain(id))?;
            Some(self.location(wanted.kind, id))
        });
        BulkResult { method: operation.method, bulk_id: operation.bulk_id.clone(), location, done: Err(error) }
    }

    async fn carry_out(&self, wanted: &Wanted<'_>) -> Result<Touched, Error> {
        let scope = self.scope;
        let definition = match wanted.kind {
            ResourceKind::User => scope.user_definition(),
            ResourceKind::Group => scope.group_definition(),
        };
        let data = wanted.data(&self.ids, definition, scope.limits())?;
        let condition = wanted.version.as_deref().map_or(Condition::Always, Condition::of_header);
        let id = wanted.action.target().and_then(|target| self.id(target)).unwrap_or_default();
        let there = |done| Touched { id: id.to_owned(), location: self.location(wanted.kind, id), done };
        match (&wanted.action, wanted.kind) {
            (Action::Create, ResourceKind::User) => scope.create_user(&data, &briefly()).await.map(created),
            (Action::Create, ResourceKind::Group) => scope.create_group(&data, &briefly()).await.map(created),
            (Action::Replace(_), ResourceKind::User) => {
                let shown = scope.replace_user(id, &data, &condition, &briefly()).await?;
                Ok(there(Done::Changed(shown.version)))
            }
            (Action::Replace(_), ResourceKind::Group) => {
                let shown = scope.replace_group(id, &data, &condition, &briefly()).await?;
                Ok(there(Done::Changed(shown.version)))
            }
            (Action::Patch(_), ResourceKind::User) => {
                let version = scope.patch_user(id, &data, &condition, &briefly()).await?.version;
                Ok(there(match scope.dialect().answers.patch_user {
                    PatchAnswer::Resource => Done::Changed(version),
                    PatchAnswer::NoContent => Done::ChangedUnseen(version),
                }))
            }
            (Action::Patch(_), ResourceKind::Group) => {
                let (shown, version) = scope.patch_group(id, &data, &condition, &without_members()).await?;
                Ok(there(if shown.is_some() { Done::Changed(version) } else { Done::ChangedUnseen(version) }))
            }
            (Action::Delete(_), ResourceKind::User) => {
                scope.delete_user(id, &condition).await.map(|()| there(Done::Deleted))
            }
            (Action::Delete(_), ResourceKind::Group) => {
                scope.delete_group(id, &condition).await.map(|()| there(Done::Deleted))
            }
        }
    }

    /// The id of a target, if it is known by now.
    fn id<'t>(&'t self, target: &'t Target) -> Option<&'t str> {
        match target {
            Target::Id(id) => Some(id),
            Target::BulkId(name) => self.ids.get(name).map(String::as_str),
        }
    }

    fn location(&self, kind: ResourceKind, id: &str) -> String {
        format!("{}{}/{id}", self.scope.base(), kind.endpoint())
    }
}

/// Resources are not part of the answer: nothing is read for them but what the row holds.
fn briefly() -> Query {
    Query { attributes: Some(vec!["id".to_owned()]), ..Query::default() }
}

/// The same for a PATCH of a group, where naming `attributes` would ask for an answer.
fn without_members() -> Query {
    Query { excluded_attributes: Some(vec!["members".to_owned()]), ..Query::default() }
}

fn created(shown: Shown) -> Touched {
    let id = shown.resource.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
    Touched { id, location: shown.location, done: Done::Created(shown.version) }
}

/// Whether a text can stand in an address as it is (RFC 3986 §2.3). No id of usher's has other characters.
fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

fn not_tried() -> Error {
    usher_scim::Error::new(503, None, "unavailable", "not tried, because the database is not available").into()
}
