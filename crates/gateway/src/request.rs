//! What identifies a request.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use usher_provision::{Provisioner, RequestInfo};
use uuid::Builder;

/// The id of a request, as its answer, its spans and its events carry it.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    /// A new one. Clients cannot choose it: what stands in the log is made here.
    pub(crate) fn new(provisioner: &Provisioner) -> Self {
        let mut bytes = [0; 10];
        provisioner.entropy().fill(&mut bytes);
        let millis = u64::try_from(provisioner.now().timestamp_millis()).unwrap_or_default();
        Self(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string())
    }

    pub(crate) fn keep(&self, request: &ServiceRequest) {
        request.extensions_mut().insert(self.clone());
    }

    pub(crate) fn of(request: &actix_web::HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(|| Self(String::new()))
    }

    pub(crate) fn info(self) -> RequestInfo {
        RequestInfo { request_id: self.0 }
    }
}
