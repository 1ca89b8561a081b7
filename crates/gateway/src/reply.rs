//! Answers in SCIM's form.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, CACHE_CONTROL, ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::Value;
use usher_provision::{Condition, Error, Listed, Shown};
use usher_scim::dialect::{Dialect, Need};

use crate::error::Failure;
use crate::long;

const SCIM_JSON: &str = "application/scim+json";
const JSON: &str = "application/json";

/// The media type that a request asks for. One that asks for neither gets SCIM's own, unless its dialect takes nothing but
/// plain JSON.
pub(crate) fn media_type(request: &HttpRequest) -> &'static str {
    let accepts: Vec<&str> = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    let names = |kind: &str| accepts.iter().any(|line| line.to_ascii_lowercase().contains(kind));
    match (names(SCIM_JSON), names(JSON)) {
        (false, true) => JSON,
        (false, false) if speaks(request).needs(Need::JsonMediaType) => JSON,
        (true, _) | (false, false) => SCIM_JSON,
    }
}

/// Keeps the dialect of whoever came in, for all that answers the request.
pub(crate) fn remember_dialect(request: &HttpRequest, dialect: &'static Dialect) {
    request.extensions_mut().insert(dialect);
}

fn speaks(request: &HttpRequest) -> &'static Dialect {
    request.extensions().get::<&'static Dialect>().copied().unwrap_or(Dialect::generic())
}

fn start(request: &HttpRequest, status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.content_type(media_type(request)).insert_header((CACHE_CONTROL, "no-store"));
    response
}

/// A JSON document.
pub(crate) fn document(request: &HttpRequest, status: StatusCode, body: &Value) -> HttpResponse {
    start(request, status).body(body.to_string())
}

/// A list of groups, or one with groups in it.
pub(crate) fn listed(request: &HttpRequest, listed: Listed) -> HttpResponse {
    match listed.later {
        None => document(request, StatusCode::OK, &listed.body),
        Some(later) => start(request, StatusCode::OK).streaming(long::list(later.text(&listed.body))),
    }
}

/// A resource that was made or changed.
pub(crate) fn resource(request: &HttpRequest, status: StatusCode, shown: Shown) -> HttpResponse {
    let mut response = start(request, status);
    response.insert_header((ETAG, shown.version)).insert_header((LOCATION, shown.location));
    match shown.members {
        Some(members) => response.body(long::body(&shown.resource, members)),
        None => response.body(Value::Object(shown.resource).to_string()),
    }
}

/// A resource that was read; 304 if the client has this version already (RFC 7644 §3.14).
pub(crate) fn read(request: &HttpRequest, shown: Shown) -> HttpResponse {
    let known = tags(request.headers(), &IF_NONE_MATCH);
    let same = |tag: &String| tag == "*" || tag.trim_start_matches("W/") == shown.version.trim_start_matches("W/");
    if known.iter().any(same) {
        return start(request, StatusCode::NOT_MODIFIED).insert_header((ETAG, shown.version)).finish();
    }
    resource(request, StatusCode::OK, shown)
}

/// Done, and nothing to show.
pub(crate) fn nothing(version: Option<String>) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    if let Some(version) = version {
        response.insert_header((ETAG, version));
    }
    response.finish()
}

/// The versions a write may apply to.
pub(crate) fn condition(request: &HttpRequest) -> Condition {
    let (only, except) = (tags(request.headers(), &IF_MATCH), tags(request.headers(), &IF_NONE_MATCH));
    match (only.is_empty(), except.is_empty()) {
        (false, _) => Condition::Versions(only),
        (true, false) => Condition::Except(except),
        (true, true) => Condition::Always,
    }
}

fn tags(headers: &HeaderMap, name: &actix_web::http::header::HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// A failure, with what is needed of the request to answer it.
pub(crate) struct ScimFailure {
    failure: Failure,
    media_type: &'static str,
}

impl ScimFailure {
    pub(crate) fn new(request: &HttpRequest, failure: impl Into<Failure>) -> Self {
        Self { failure: failure.into(), media_type: media_type(request) }
    }

    /// For `map_err`.
    pub(crate) fn of(request: &HttpRequest) -> impl Fn(Error) -> Self + '_ {
        |error| Self::new(request, error)
    }
}

impl fmt::Debug for ScimFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.failure.error.status, self.failure.error.reason())
    }
}

impl fmt::Display for ScimFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ResponseError for ScimFailure {
    fn status_code(&self) -> StatusCode {
        self.failure.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.failure.status());
        response.content_type(self.media_type).insert_header((CACHE_CONTROL, "no-store"));
        if self.failure.error.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"usher\""));
        }
        if let Some(seconds) = self.failure.retry_after {
            // Okta understands whole seconds only.
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.body(self.failure.error.to_body().to_string())
    }
}
