//! `/Bulk`.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use usher_provision::{BulkResult, Done};
use usher_scim::bulk::{Outcome, response};

use super::{Answer, body_up_to};
use crate::auth::TenantContext;
use crate::error::Failure;
use crate::reply::{self, ScimFailure};

/// `POST /Bulk`: 200 with what became of each operation (RFC 7644 §3.7.3).
pub(crate) async fn carry_out(context: TenantContext, request: HttpRequest, payload: Payload) -> Answer {
    let limit = context.scope.limits().bulk_bytes;
    let bytes = body_up_to(limit, &context, &request, payload, "bulk").await?;
    let results = context.scope.bulk(&bytes).await.map_err(ScimFailure::of(&request))?;
    let outcomes: Vec<Outcome> = results.into_iter().map(outcome).collect();
    Ok(reply::document(&request, StatusCode::OK, &response(&outcomes)))
}

/// The status that the operation would have had as a request of its own.
fn outcome(result: BulkResult) -> Outcome {
    let BulkResult { method, bulk_id, location, done } = result;
    let (status, version, error) = match done {
        Ok(Done::Created(version)) => (StatusCode::CREATED, Some(version), None),
        Ok(Done::Changed(version)) => (StatusCode::OK, Some(version), None),
        Ok(Done::ChangedUnseen(version)) => (StatusCode::NO_CONTENT, Some(version), None),
        Ok(Done::Deleted) => (StatusCode::NO_CONTENT, None, None),
        Err(error) => {
            let failure = Failure::from(error);
            (failure.status(), None, Some(failure.error))
        }
    };
    Outcome { method, bulk_id, location, version, status: status.as_u16(), error }
}
