//! Input that is wrong, hostile or too much: refused at once, by name, with nothing changed and never with a 5xx.

mod bodies;
mod bombs;
mod bulk;
mod searches;
mod size;
mod text;
mod values;

use serde_json::Value;

use crate::harness::{App, Tenant};

/// A tenant with somebody in it, and what must stay as it is.
struct Untouched {
    tenant: Tenant,
    user: String,
    group: String,
    before: [String; 4],
}

impl Untouched {
    async fn new(app: &App) -> Self {
        let tenant = app.tenant("acme").await;
        let user = tenant.scim().create_user("ada@acme.example").await;
        let group = tenant.scim().create_group("Crew", &[&user]).await;
        let before = everything(&tenant).await;
        Self { tenant, user, group, before }
    }

    async fn check(&self) {
        assert_eq!(everything(&self.tenant).await, self.before, "nothing was changed");
    }
}

async fn everything(tenant: &Tenant) -> [String; 4] {
    let (scim, shared) = (tenant.scim(), tenant.shared());
    [
        scim.get("/Users").await.assert_status(200).text(),
        scim.get("/Groups").await.assert_status(200).text(),
        shared.get("/Users?sortBy=userName").await.assert_status(200).text(),
        shared.get("/Groups?sortBy=displayName").await.assert_status(200).text(),
    ]
}

/// The names of the refusals in a tenant's log.
async fn refusals(app: &App, tenant: &Tenant) -> Vec<String> {
    let events: Vec<Value> = app.events(tenant).await;
    let reasons = events.iter().filter(|event| event["kind"].as_str().is_some_and(|kind| kind.starts_with("refused.")));
    reasons.map(|event| event["reason"].as_str().unwrap_or_default().to_owned()).collect()
}
