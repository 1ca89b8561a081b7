//! The operator API, `/api/v1`: JSON in, JSON out, an operator token in the `Authorization` line.

pub(crate) mod schemas;

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload as Raw;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{self, Path, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_provision::{NewMember, OperatorScope, Provisioner};
use usher_scim::Error;

use crate::auth::bearer;
use crate::body::{self, Accepts};
use crate::error::Failure;
use crate::operator_token::is_operator;
use crate::request::RequestId;
use crate::routes;
use crate::serve::Shared;

/// Proof that an operator asks.
pub(crate) struct OperatorContext {
    scope: OperatorScope,
    provisioner: Provisioner,
    shared: web::Data<Shared>,
    request_id: String,
}

impl FromRequest for OperatorContext {
    type Error = ApiFailure;
    type Future = Ready<Result<Self, ApiFailure>>;

    fn from_request(request: &HttpRequest, _: &mut Raw) -> Self::Future {
        ready(enter(request).ok_or_else(|| Error::new(401, None, "unauthorized", "an operator token is needed").into()))
    }
}

fn enter(request: &HttpRequest) -> Option<OperatorContext> {
    let shared = request.app_data::<web::Data<Shared>>()?.clone();
    let provisioner = shared.provisioner.clone();
    let valid = is_operator(provisioner.keys(), bearer(request)?, provisioner.now());
    valid.then(|| OperatorContext {
        scope: provisioner.operator(),
        provisioner,
        shared,
        request_id: RequestId::of(request).0,
    })
}

/// A failure as `{"error": {"reason", "message"}}`.
pub(crate) struct ApiFailure(Failure);

impl<E: Into<Failure>> From<E> for ApiFailure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Debug for ApiFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.0.error.status, self.0.error.reason())
    }
}

impl std::fmt::Display for ApiFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

impl ResponseError for ApiFailure {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.0.status());
        response.insert_header((CACHE_CONTROL, "no-store"));
        if self.0.error.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"usher operator\""));
        }
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(json!({ "error": { "reason": self.0.error.reason(), "message": self.0.error.detail } }))
    }
}

type Answer = Result<HttpResponse, ApiFailure>;

fn answer(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(body)
}

async fn read<T: DeserializeOwned>(
    context: &OperatorContext,
    request: &HttpRequest,
    payload: Payload,
) -> Result<T, ApiFailure> {
    let limits = context.provisioner.limits();
    let bytes =
        body::read(request, payload, Accepts::Json, limits.body_bytes, context.shared.options.body_timeout).await?;
    let value = usher_scim::json::parse(&bytes, limits)?;
    Ok(serde_json::from_value(value)
        .map_err(|error| Error::invalid_value("body", format!("the body does not fit: {error}")))?)
}

/// The secret of an invitation, or the whole link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    secret: String,
}

/// `POST /api/v1/invitations/accept`: the same as the button of the join page, for an application with a sign-up page of
/// its own. The answer says `active`: the person is confirmed.
pub(crate) async fn accept(context: OperatorContext, request: HttpRequest, payload: Payload) -> Answer {
    let Acceptance { secret } = read(&context, &request, payload).await?;
    let secret = secret.rsplit('/').next().unwrap_or_default();
    let accepted = context.provisioner.accept(secret, &context.request_id).await?;
    Ok(answer(StatusCode::OK, &accepted))
}

#[derive(Deserialize)]
pub(crate) struct OfTenant {
    tenant: String,
}

#[derive(Deserialize)]
pub(crate) struct OfConnection {
    tenant: String,
    connection: String,
}

/// `GET /api/v1/tenants/{tenant}`.
pub(crate) async fn tenant(context: OperatorContext, path: Path<OfTenant>) -> Answer {
    Ok(answer(StatusCode::OK, &context.scope.tenant(&path.tenant).await?))
}

/// `PUT /api/v1/tenants/{tenant}/settings`: authorised domains, and how long invitations and suspended users are kept.
pub(crate) async fn set_tenant(
    context: OperatorContext,
    request: HttpRequest,
    path: Path<OfTenant>,
    payload: Payload,
) -> Answer {
    let settings = read(&context, &request, payload).await?;
    let tenant = context.scope.set_tenant(&path.tenant, settings, Some(&context.request_id)).await?;
    Ok(answer(StatusCode::OK, &tenant))
}

/// `GET /api/v1/tenants/{tenant}/connections`.
pub(crate) async fn connections(context: OperatorContext, path: Path<OfTenant>) -> Answer {
    let connections = context.scope.connections(&path.tenant).await?;
    Ok(answer(StatusCode::OK, &json!({ "connections": connections })))
}

/// `PUT /api/v1/tenants/{tenant}/connections/{connection}/settings`: required attributes and switches (S36, S91 to S97).
pub(crate) async fn set_connection(
    context: OperatorContext,
    request: HttpRequest,
    path: Path<OfConnection>,
    payload: Payload,
) -> Answer {
    let settings = read(&context, &request, payload).await?;
    let (tenant, connection) = (path.tenant.as_str(), path.connection.as_str());
    let connection = context.scope.set_connection(tenant, connection, &settings, Some(&context.request_id)).await?;
    Ok(answer(StatusCode::OK, &connection))
}

#[derive(Deserialize)]
pub(crate) struct OfUser {
    tenant: String,
    id: String,
}

/// `POST /api/v1/tenants/{tenant}/users`: registers a member that the application has already.
pub(crate) async fn register(
    context: OperatorContext,
    request: HttpRequest,
    path: Path<OfTenant>,
    payload: Payload,
) -> Answer {
    let new: NewMember = read(&context, &request, payload).await?;
    let user = context.scope.register_member(&path.tenant, new, &context.request_id).await?;
    Ok(answer(StatusCode::CREATED, &user))
}

/// `GET /api/v1/tenants/{tenant}/users/{id}`: a user's state.
pub(crate) async fn user(context: OperatorContext, path: Path<OfUser>) -> Answer {
    Ok(answer(StatusCode::OK, &context.scope.user(&path.tenant, &path.id).await?))
}

/// `DELETE /api/v1/tenants/{tenant}/users/{id}`: erases a user who was deprovisioned.
pub(crate) async fn delete(context: OperatorContext, path: Path<OfUser>) -> Answer {
    let user = context.scope.delete_user(&path.tenant, &path.id, &context.request_id).await?;
    Ok(answer(StatusCode::OK, &user))
}

/// `POST /api/v1/tenants/{tenant}/users/{id}/invitation`: invites again.
pub(crate) async fn resend(context: OperatorContext, path: Path<OfUser>) -> Answer {
    let user = context.scope.resend_invitation(&path.tenant, &path.id, &context.request_id).await?;
    Ok(answer(StatusCode::OK, &user))
}

/// `DELETE /api/v1/tenants/{tenant}/users/{id}/invitation`: withdraws the invitation.
pub(crate) async fn withdraw(context: OperatorContext, path: Path<OfUser>) -> Answer {
    let user = context.scope.withdraw_invitation(&path.tenant, &path.id, &context.request_id).await?;
    Ok(answer(StatusCode::OK, &user))
}

#[derive(Deserialize)]
pub(crate) struct EventQuery {
    after: Option<i64>,
    limit: Option<usize>,
}

/// `GET /api/v1/tenants/{tenant}/events?after=…&limit=…`: the log in order; `next` is what to pass as `after`.
pub(crate) async fn events(context: OperatorContext, request: HttpRequest, path: Path<OfTenant>) -> Answer {
    let query = web::Query::<EventQuery>::from_query(request.query_string());
    let query = query.map_err(|error| Error::invalid_value("query", format!("the query does not fit: {error}")))?;
    let limit = query.limit.unwrap_or(100).clamp(1, 1000);
    let events = context.scope.events(&path.tenant, query.after, limit).await?;
    let next = events.last().map_or(query.after, |event| Some(event.position));
    Ok(answer(StatusCode::OK, &json!({ "events": events, "next": next })))
}

/// An address that does not exist.
pub(crate) async fn nowhere() -> HttpResponse {
    ApiFailure::from(Error::new(404, None, "not_found", "there is nothing at this address")).error_response()
}

/// A method that an address does not have.
pub(crate) async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let allowed = routes::allowed(&request.match_pattern().unwrap_or_default());
    let error =
        json!({ "error": { "reason": "method_not_allowed", "message": format!("this address takes {allowed}") } });
    HttpResponse::MethodNotAllowed()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((ALLOW, allowed))
        .json(error)
}
