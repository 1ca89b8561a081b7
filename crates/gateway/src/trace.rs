//! One span for each request, with ids and no people in it.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use tracing::Instrument;
use tracing::field::Empty;

use crate::request::RequestId;
use crate::serve::Shared;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");

/// Gives a request its id and its span. The path is not in it, because a path can hold a secret or a name: the route's
/// pattern is.
pub(crate) async fn request(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(shared) = request.app_data::<web::Data<Shared>>().cloned() else { return next.call(request).await };
    let id = RequestId::new(&shared.provisioner);
    id.keep(&request);
    let span = tracing::info_span!(
        "request",
        request.id = %id.0,
        method = %request.method(),
        route = Empty,
        status = Empty,
        tenant.id = Empty,
        token.id = Empty,
    );
    let started = tokio::time::Instant::now();
    let mut response = next.call(request).instrument(span.clone()).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    span.record("route", route.as_str());
    span.record("status", response.status().as_u16());
    // Changes and refusals are in the tenant's log; a line for each request is for whoever looks for it.
    let duration_ms = started.elapsed().as_millis();
    if response.status().is_server_error() {
        span.in_scope(|| tracing::warn!(duration_ms, "answered with an error"));
    } else {
        span.in_scope(|| tracing::debug!(duration_ms, "answered"));
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
