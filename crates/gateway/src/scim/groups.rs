//! `/Groups`.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Path, Payload};
use usher_scim::json;
use usher_scim::list::Query;

use super::{Answer, Id, body, query};
use crate::auth::TenantContext;
use crate::reply::{self, ScimFailure};

/// `GET /Groups`.
pub(crate) async fn list(context: TenantContext, request: HttpRequest) -> Answer {
    let listed = context.scope.list_groups(&query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::listed(&request, listed))
}

/// `POST /Groups/.search`.
pub(crate) async fn search(context: TenantContext, request: HttpRequest, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "group.search").await?;
    let wanted = json::parse(&bytes, context.scope.limits()).and_then(Query::from_search);
    let wanted = wanted.map_err(|error| ScimFailure::new(&request, error))?;
    let listed = context.scope.list_groups(&wanted).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::listed(&request, listed))
}

/// `GET /Groups/{id}`.
pub(crate) async fn get(context: TenantContext, request: HttpRequest, path: Path<Id>) -> Answer {
    let shown = context.scope.group(&path.id, &query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::read(&request, shown))
}

/// `POST /Groups`.
pub(crate) async fn create(context: TenantContext, request: HttpRequest, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "group.create").await?;
    let shown = context.scope.create_group(&bytes, &query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::resource(&request, StatusCode::CREATED, shown))
}

/// `PUT /Groups/{id}`.
pub(crate) async fn replace(context: TenantContext, request: HttpRequest, path: Path<Id>, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "group.replace").await?;
    let condition = reply::condition(&request);
    let done = context.scope.replace_group(&path.id, &bytes, &condition, &query(&request)?).await;
    Ok(reply::resource(&request, StatusCode::OK, done.map_err(ScimFailure::of(&request))?))
}

/// `PATCH /Groups/{id}`: 204, or the resource where `attributes` asks for it (RFC 7644 §3.5.2) or the dialect needs it.
pub(crate) async fn patch(context: TenantContext, request: HttpRequest, path: Path<Id>, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "group.patch").await?;
    let condition = reply::condition(&request);
    let done = context.scope.patch_group(&path.id, &bytes, &condition, &query(&request)?).await;
    Ok(match done.map_err(ScimFailure::of(&request))? {
        (Some(shown), _) => reply::resource(&request, StatusCode::OK, shown),
        (None, version) => reply::nothing(Some(version)),
    })
}

/// `DELETE /Groups/{id}`.
pub(crate) async fn delete(context: TenantContext, request: HttpRequest, path: Path<Id>) -> Answer {
    let condition = reply::condition(&request);
    context.scope.delete_group(&path.id, &condition).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::nothing(None))
}
