//! `/Users`.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Path, Payload};
use usher_scim::dialect::PatchAnswer;
use usher_scim::json;
use usher_scim::list::Query;

use super::{Answer, Id, body, query};
use crate::auth::TenantContext;
use crate::reply::{self, ScimFailure};

/// `GET /Users`.
pub(crate) async fn list(context: TenantContext, request: HttpRequest) -> Answer {
    let listed = context.scope.list_users(&query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::document(&request, StatusCode::OK, &listed))
}

/// `POST /Users/.search`.
pub(crate) async fn search(context: TenantContext, request: HttpRequest, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "user.search").await?;
    let wanted = json::parse(&bytes, context.scope.limits()).and_then(Query::from_search);
    let wanted = wanted.map_err(|error| ScimFailure::new(&request, error))?;
    let listed = context.scope.list_users(&wanted).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::document(&request, StatusCode::OK, &listed))
}

/// `GET /Users/{id}`.
pub(crate) async fn get(context: TenantContext, request: HttpRequest, path: Path<Id>) -> Answer {
    let shown = context.scope.user(&path.id, &query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::read(&request, shown))
}

/// `POST /Users`.
pub(crate) async fn create(context: TenantContext, request: HttpRequest, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "user.create").await?;
    let shown = context.scope.create_user(&bytes, &query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::resource(&request, StatusCode::CREATED, shown))
}

/// `PUT /Users/{id}`.
pub(crate) async fn replace(context: TenantContext, request: HttpRequest, path: Path<Id>, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "user.replace").await?;
    let condition = reply::condition(&request);
    let done = context.scope.replace_user(&path.id, &bytes, &condition, &query(&request)?).await;
    Ok(reply::resource(&request, StatusCode::OK, done.map_err(ScimFailure::of(&request))?))
}

/// `PATCH /Users/{id}`: the resource, or 204 where the dialect wants that and no `attributes` ask for more (RFC 7644
/// §3.5.2).
pub(crate) async fn patch(context: TenantContext, request: HttpRequest, path: Path<Id>, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "user.patch").await?;
    let condition = reply::condition(&request);
    let query = query(&request)?;
    let done = context.scope.patch_user(&path.id, &bytes, &condition, &query).await;
    let shown = done.map_err(ScimFailure::of(&request))?;
    Ok(match context.scope.dialect().answers.patch_user {
        PatchAnswer::NoContent if query.attributes.is_none() => reply::nothing(Some(shown.version)),
        PatchAnswer::NoContent | PatchAnswer::Resource => reply::resource(&request, StatusCode::OK, shown),
    })
}

/// `DELETE /Users/{id}`.
pub(crate) async fn delete(context: TenantContext, request: HttpRequest, path: Path<Id>) -> Answer {
    let condition = reply::condition(&request);
    context.scope.delete_user(&path.id, &condition).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::nothing(None))
}
