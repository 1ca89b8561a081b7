//! Reading a body: its type, its size, its pace. Nothing is parsed here.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures::StreamExt;
use usher_core::Reason;
use usher_scim::Error;

/// Which media types are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// `application/scim+json` and `application/json` (RFC 7644 §3.1); parameters such as `charset` do not matter.
    Scim,
    /// `application/json`.
    Json,
}

/// Reads a whole body of at most `limit` bytes that arrives within `timeout`.
pub(crate) async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    accepts: Accepts,
    limit: usize,
    timeout: Duration,
) -> Result<Bytes, Error> {
    check_type(request, accepts)?;
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Error::too_large(limit));
    }
    let all = async {
        let mut body = BytesMut::with_capacity(announced.unwrap_or(1024));
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Error::invalid_syntax("body_broken", "the body did not arrive whole"))?;
            if body.len() + chunk.len() > limit {
                return Err(Error::too_large(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    // actix-web cuts slow heads, but waits for a slow body for ever.
    match tokio::time::timeout(timeout, all).await {
        Ok(done) => done,
        Err(_) => Err(Error::new(408, None, Reason::BodyTimeout.as_str(), "the body did not arrive in time")),
    }
}

fn check_type(request: &HttpRequest, accepts: Accepts) -> Result<(), Error> {
    let refused = |detail: &str| Err(Error::new(415, None, Reason::MediaType.as_str(), detail));
    let encoding = request.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    if encoding.is_some_and(|encoding| encoding != b"identity") {
        return refused("the body must not be compressed");
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match (accepts, kind.as_str()) {
        (Accepts::Scim, "application/scim+json" | "application/json") | (Accepts::Json, "application/json") => Ok(()),
        (Accepts::Scim, _) => refused("send the body as application/scim+json or application/json"),
        (Accepts::Json, _) => refused("send the body as application/json"),
    }
}
