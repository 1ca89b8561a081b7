//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644 §4): the truth as this connection sees it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::Value;
use usher_scim::{Error, discovery, list};

use super::{Answer, Id, query};
use crate::auth::TenantContext;
use crate::reply::{self, ScimFailure};

/// `GET /ServiceProviderConfig`.
pub(crate) async fn service_provider_config(context: TenantContext, request: HttpRequest) -> Answer {
    no_filter(&request)?;
    let scope = &context.scope;
    Ok(reply::document(&request, StatusCode::OK, &discovery::service_provider_config(scope.limits(), scope.base())))
}

/// `GET /ResourceTypes`.
pub(crate) async fn resource_types(context: TenantContext, request: HttpRequest) -> Answer {
    no_filter(&request)?;
    let scope = &context.scope;
    let types = discovery::resource_types(scope.base(), scope.user_definition(), scope.group_definition());
    Ok(listed(&request, types))
}

/// `GET /ResourceTypes/{name}`.
pub(crate) async fn resource_type(context: TenantContext, request: HttpRequest, path: Path<Id>) -> Answer {
    let scope = &context.scope;
    let found = discovery::resource_type(&path.id, scope.base(), scope.user_definition(), scope.group_definition());
    one(&request, found)
}

/// `GET /Schemas`.
pub(crate) async fn schemas(context: TenantContext, request: HttpRequest) -> Answer {
    no_filter(&request)?;
    let scope = &context.scope;
    Ok(listed(&request, discovery::schemas(scope.base(), &[scope.user_definition(), scope.group_definition()])))
}

/// `GET /Schemas/{urn}`.
pub(crate) async fn schema(context: TenantContext, request: HttpRequest, path: Path<Id>) -> Answer {
    let scope = &context.scope;
    one(&request, discovery::schema(&path.id, scope.base(), &[scope.user_definition(), scope.group_definition()]))
}

fn listed(request: &HttpRequest, resources: Vec<Value>) -> actix_web::HttpResponse {
    let total = u64::try_from(resources.len()).unwrap_or_default();
    reply::document(request, StatusCode::OK, &list::list_response(total, 1, resources))
}

fn one(request: &HttpRequest, found: Option<Value>) -> Answer {
    let found = found.ok_or_else(|| ScimFailure::new(request, Error::not_found()))?;
    Ok(reply::document(request, StatusCode::OK, &found))
}

/// A filter on discovery is refused (RFC 7644 §4).
fn no_filter(request: &HttpRequest) -> Result<(), ScimFailure> {
    if query(request)?.filter.is_none() {
        return Ok(());
    }
    Err(ScimFailure::new(
        request,
        Error::new(403, None, "filter_on_discovery", "discovery endpoints cannot be filtered"),
    ))
}
