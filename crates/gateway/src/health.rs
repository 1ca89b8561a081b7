//! Health: alive is that the process turns over; ready is that it can serve.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::serve::Shared;

/// How long an answer of the database is believed.
const BELIEVED: Duration = Duration::from_secs(2);
/// How long the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The database's last sign of life.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

/// `GET /healthz`. Never asks the database: its failure must not restart every process.
pub(crate) async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({ "status": "alive" }))
}

/// `GET /readyz`: 200, or 503 with what is missing.
pub(crate) async fn ready(shared: web::Data<Shared>) -> HttpResponse {
    let mut last = shared.readiness.0.lock().await;
    let good = match *last {
        Some((at, good)) if at.elapsed() < BELIEVED => good,
        _ => {
            let good = matches!(timeout(PATIENCE, shared.provisioner.store().ping()).await, Ok(Ok(())));
            *last = Some((Instant::now(), good));
            good
        }
    };
    let (mut response, status, database) = if good {
        (HttpResponse::Ok(), "ready", "ok")
    } else {
        (HttpResponse::ServiceUnavailable(), "not ready", "unavailable")
    };
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "status": status, "checks": { "database": database } }))
}
