//! Google Workspace. Known are the user agent, the media type (pond/scimitar, issue 142), the probe and that there are no
//! groups; create, update and suspension are inferred: RFC 7644's own forms, with PUT.

use serde_json::Value;

use super::client::{Call, Person, Speaks, get, put};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct Google;

pub async fn google(app: &App) {
    let idp = Idp::new(app, Google).await;
    cycle::replay(&idp).await;
    idp.has_sent_all();
}

impl Speaks for Google {
    const DIALECT: &'static str = "google";
    const HEADERS: &'static [(&'static str, &'static str)] = &[("User-Agent", "Google-Auto-Provisioning")];

    fn media_type(&self, _: &str) -> &'static str {
        "application/json"
    }

    fn test(&self) -> Vec<Call> {
        vec![get("/Users?count=1")]
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), new.body_of(id))]
    }
}
