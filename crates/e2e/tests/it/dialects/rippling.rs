//! Rippling. Known from guides: the test reads the configuration, failed requests come again, PATCH for groups if ticked.
//! Seen by a receiver: a group is made first, then `add members` and removals by filter (valon-technologies/gestalt, pull
//! request 3171). How users are changed is inferred.

use serde_json::{Value, json};

use super::client::{Call, Crew, Person, Speaks, change, get, with};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct Rippling;

pub async fn rippling(app: &App) {
    let idp = Idp::new(app, Rippling).await;
    cycle::replay(&idp).await;
    idp.has_sent_all();
}

impl Speaks for Rippling {
    const DIALECT: &'static str = "rippling";

    fn test(&self) -> Vec<Call> {
        vec![get("/ServiceProviderConfig")]
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let value = json!({
            "displayName": new.display(),
            "name": { "givenName": new.given, "familyName": new.family },
            "emails": [{ "value": new.email, "type": "work", "primary": true }],
            "active": new.active,
        });
        vec![change(format!("/Users/{id}"), json!([{ "op": "replace", "value": value }]))]
    }

    fn group(&self, crew: &Crew) -> Value {
        with(crew.body(), "members", json!([]))
    }

    fn after_create(&self, id: &str, crew: &Crew) -> Vec<Call> {
        self.members(id, crew, &crew.members, &[])
    }
}
