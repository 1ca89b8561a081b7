//! Any client that does what RFC 7644 shows, and the clients that a `generic` connection is for: whatever is unambiguous is
//! taken from them too, and what is not is read as the standard says.

use serde_json::{Value, json};

use super::client::{Call, ENTERPRISE, Person, Speaks, USER, change, get, post};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct Generic;

pub async fn generic(app: &App) {
    let idp = Idp::new(app, Generic).await;
    cycle::replay(&idp).await;
    what_is_unambiguous_is_taken_and_the_rest_is_the_standards(&idp).await;
}

impl Speaks for Generic {
    const DIALECT: &'static str = "generic";

    fn test(&self) -> Vec<Call> {
        ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/Users?count=0"].map(get).into()
    }

    /// RFC 7644 §3.5.2.3.
    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let operations = json!([
            { "op": "replace", "path": "displayName", "value": new.display() },
            { "op": "replace", "path": "name.familyName", "value": new.family },
            { "op": "replace", "path": "emails[type eq \"work\"]",
              "value": { "type": "work", "value": new.email, "primary": true } },
            { "op": "replace", "path": "active", "value": new.active },
        ]);
        vec![change(format!("/Users/{id}"), operations)]
    }
}

async fn what_is_unambiguous_is_taken_and_the_rest_is_the_standards(idp: &Idp<'_, Generic>) {
    let mut body = Person::new("any").body();
    body["active"] = "True".into();
    body["title"] = "".into();
    body[ENTERPRISE] = json!({ "manager": { "managerId": "4711" } });
    body["roles"] = json!([{ "value": "{\"id\":\"18d14569\"}" }]);
    let made = idp.send(post("/Users", body)).await.json();
    assert_eq!(
        (&made["active"], &made["title"]),
        (&json!(true), &json!("")),
        "an empty text is a value (RFC 7643 §2.5)"
    );
    assert!(made.get(ENTERPRISE).is_none() && made.get("roles").is_none(), "unknown attributes are ignored: {made}");
    assert_eq!(made["schemas"], json!([USER]));
    let path = format!("/Users/{}", made["id"].as_str().expect("an id"));
    let user = idp.send(change(path, json!([{ "op": "Replace", "value": { "name.givenName": "Anna" } }]))).await.json();
    assert_eq!(user["name"], json!({ "givenName": "Anna", "familyName": "Example" }));
}
