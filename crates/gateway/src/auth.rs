//! Who asks: the only way to a tenant's use cases.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HOST};
use actix_web::{FromRequest, HttpRequest, web};
use usher_provision::{AuthError, Door, TenantScope};

use crate::error::Failure;
use crate::reply::{ScimFailure, remember_dialect};
use crate::request::RequestId;
use crate::serve::Shared;

/// Proof that a token opened a tenant's door, and the use cases behind it. Comes before the body is looked at.
pub(crate) struct TenantContext {
    pub(crate) scope: TenantScope,
}

impl FromRequest for TenantContext {
    type Error = ScimFailure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ScimFailure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let done = enter(&request).await;
            done.map_err(|error| ScimFailure::new(&request, Failure::from(error)))
        })
    }
}

async fn enter(request: &HttpRequest) -> Result<TenantContext, AuthError> {
    let shared = request.app_data::<web::Data<Shared>>().ok_or(AuthError::Unauthorized)?;
    let token = bearer(request).ok_or(AuthError::Unauthorized)?;
    let host = host_tenant(request, shared.options.base_domain.as_deref());
    let door = match (request.match_info().get("tenant"), &host) {
        (Some(tenant), _) => Door::Tenant(tenant),
        (None, Some(tenant)) => Door::Host(tenant),
        (None, None) => Door::Shared,
    };
    let scope = shared.provisioner.for_bearer(door, token, RequestId::of(request).info()).await?;
    remember_dialect(request, scope.dialect());
    let span = tracing::Span::current();
    span.record("tenant.id", tracing::field::display(scope.tenant()));
    span.record("token.id", tracing::field::display(scope.token()));
    Ok(TenantContext { scope })
}

/// The token of the one `Authorization: Bearer …` line. Two lines are refused: proxies and servers disagree about which
/// counts. The scheme's name ignores case (RFC 9110 §11.1).
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut lines = request.headers().get_all(AUTHORIZATION);
    let (line, more) = (lines.next()?, lines.next());
    let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
    (more.is_none() && scheme.eq_ignore_ascii_case("bearer")).then_some(token.trim())
}

/// `acme` of `acme.example.com` where `example.com` is the base domain.
fn host_tenant(request: &HttpRequest, base: Option<&str>) -> Option<String> {
    let host = request.headers().get(HOST)?.to_str().ok()?.split(':').next()?.to_ascii_lowercase();
    let label = host.strip_suffix(&base?.to_ascii_lowercase())?.strip_suffix('.')?;
    (!label.is_empty() && !label.contains('.')).then(|| label.to_owned())
}
