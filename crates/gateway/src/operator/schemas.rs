//! Schemas that a connection declares, and what it sends that no schema has.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use usher_scim::Error;

use super::{Answer, OfConnection, OperatorContext, answer, read};

/// What a reader of ignored names can do about them.
const HINT: &str = "nobody keeps these: declare a schema with such attributes by PUT …/schemas/{urn}, or take them out of \
                    the mapping in the identity provider";

#[derive(Deserialize)]
pub(crate) struct OfSchema {
    tenant: String,
    connection: String,
    urn: String,
}

impl OfSchema {
    fn parts(&self) -> (&str, &str, &str) {
        (&self.tenant, &self.connection, &self.urn)
    }
}

#[derive(Deserialize)]
struct Extends {
    resource: Option<String>,
}

/// `GET /api/v1/tenants/{tenant}/connections/{connection}/schemas`.
pub(crate) async fn list(context: OperatorContext, path: Path<OfConnection>) -> Answer {
    let schemas = context.scope.schemas(&path.tenant, &path.connection).await?;
    Ok(answer(StatusCode::OK, &json!({ "schemas": schemas })))
}

/// `PUT /api/v1/tenants/{tenant}/connections/{connection}/schemas/{urn}?resource=User|Group`: declares or changes a schema;
/// the body is the schema in the form of RFC 7643 §7.
pub(crate) async fn put(
    context: OperatorContext,
    request: HttpRequest,
    path: Path<OfSchema>,
    payload: Payload,
) -> Answer {
    let query = Query::<Extends>::from_query(request.query_string());
    let query = query.map_err(|error| Error::invalid_value("query", format!("the query does not fit: {error}")))?;
    let body: Value = read(&context, &request, payload).await?;
    let request_id = Some(context.request_id.as_str());
    let done = context.scope.declare_schema(path.parts(), query.resource.as_deref(), body, request_id).await?;
    let (declared, new) = done;
    Ok(answer(if new { StatusCode::CREATED } else { StatusCode::OK }, &declared))
}

/// `DELETE /api/v1/tenants/{tenant}/connections/{connection}/schemas/{urn}`: takes a declaration back; values stay stored.
pub(crate) async fn delete(context: OperatorContext, path: Path<OfSchema>) -> Answer {
    context.scope.remove_schema(path.parts(), Some(&context.request_id)).await?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

/// `GET /api/v1/tenants/{tenant}/connections/{connection}/ignored`: names only, the most frequent first.
pub(crate) async fn ignored(context: OperatorContext, path: Path<OfConnection>) -> Answer {
    let names = context.scope.ignored(&path.tenant, &path.connection).await?;
    Ok(answer(StatusCode::OK, &json!({ "ignored": names, "hint": HINT })))
}
