//! The SCIM endpoints.

pub(crate) mod bulk;
pub(crate) mod discovery;
pub(crate) mod groups;
pub(crate) mod users;

use actix_web::http::header::{ALLOW, CACHE_CONTROL};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse, web};
use usher_core::Reason;
use usher_scim::Error;
use usher_scim::list::Query;

use crate::auth::TenantContext;
use crate::body::{self, Accepts};
use crate::reply::{self, ScimFailure, media_type};
use crate::routes;
use crate::serve::Shared;

/// The id in a path, whatever its shape; the use case finds out whether it names anything.
#[derive(serde::Deserialize)]
pub(crate) struct Id {
    id: String,
}

type Answer = Result<HttpResponse, ScimFailure>;

/// The query parameters, decoded once; `+` is a blank there.
fn query(request: &HttpRequest) -> Result<Query, ScimFailure> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map_err(|_| {
        ScimFailure::new(request, Error::invalid_syntax("query_syntax", "the query string cannot be read"))
    })?;
    Query::from_pairs(pairs.into_inner().into_iter()).map_err(|error| ScimFailure::new(request, error))
}

/// The body of a write; what is wrong with it is noted in the tenant's log.
async fn body(
    context: &TenantContext,
    request: &HttpRequest,
    payload: Payload,
    operation: &'static str,
) -> Result<Bytes, ScimFailure> {
    body_up_to(context.scope.limits().body_bytes, context, request, payload, operation).await
}

/// The same with a limit in bytes.
async fn body_up_to(
    limit: usize,
    context: &TenantContext,
    request: &HttpRequest,
    payload: Payload,
    operation: &'static str,
) -> Result<Bytes, ScimFailure> {
    let timeout = request
        .app_data::<web::Data<Shared>>()
        .map_or(std::time::Duration::from_secs(10), |shared| shared.options.body_timeout);
    match body::read(request, payload, Accepts::Scim, limit, timeout).await {
        Ok(body) => Ok(body),
        Err(error) => {
            context.scope.refused(operation, &error).await;
            Err(ScimFailure::new(request, error))
        }
    }
}

/// `GET` of the door itself: users and groups in one list (RFC 7644 §3.4.2.1).
pub(crate) async fn list(context: TenantContext, request: HttpRequest) -> Answer {
    let listed = context.scope.search_all(&query(&request)?).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::listed(&request, listed))
}

/// `POST /.search`: users and groups in one list.
pub(crate) async fn search(context: TenantContext, request: HttpRequest, payload: Payload) -> Answer {
    let bytes = body(&context, &request, payload, "root.search").await?;
    let wanted = usher_scim::json::parse(&bytes, context.scope.limits()).and_then(Query::from_search);
    let wanted = wanted.map_err(|error| ScimFailure::new(&request, error))?;
    let listed = context.scope.search_all(&wanted).await.map_err(ScimFailure::of(&request))?;
    Ok(reply::listed(&request, listed))
}

/// `/Me`: a token is of a connection, which is no user (RFC 7644 §3.11).
pub(crate) async fn me(request: HttpRequest, _: TenantContext) -> Answer {
    Err(ScimFailure::new(
        &request,
        Error::new(501, None, "not_implemented", "a provisioning token is no user, so there is no /Me"),
    ))
}

/// An address below a door that does not exist.
pub(crate) async fn nowhere(request: HttpRequest, _: TenantContext) -> Answer {
    Err(ScimFailure::new(&request, Error::new(404, None, Reason::NotFound.as_str(), "there is no such endpoint")))
}

/// A method that an endpoint does not have.
pub(crate) async fn wrong_method(request: HttpRequest, _: TenantContext) -> HttpResponse {
    let allowed = routes::allowed(&request.match_pattern().unwrap_or_default());
    let error = Error::new(405, None, Reason::Method.as_str(), format!("this endpoint takes {allowed}"));
    HttpResponse::MethodNotAllowed()
        .content_type(media_type(&request))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((ALLOW, allowed))
        .body(error.to_body().to_string())
}
