//! What the operator sets over the API, and what follows at once.

use serde_json::{Value, json};

use crate::harness::{App, user};

on_both_backends!(
    s36_required_attributes_are_a_setting_of_the_connection,
    a_tenants_domains_and_days_are_set_and_kept_in_the_log,
    a_setting_that_cannot_be_is_refused_and_nothing_changes,
);

async fn s36_required_attributes_are_a_setting_of_the_connection(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let body = json!({ "userName": "ada@acme.example" });
    assert_eq!(scim.post("/Users", &body).await.status, 201);
    let settings = json!({ "required": ["displayName", "name.familyName"], "switches": { "delete_groups": false } });
    let path = "/api/v1/tenants/acme/connections/first/settings";
    let answer = app.api("PUT", path).json(&settings).send().await.assert_status(200).json();
    assert_eq!(answer["settings"]["required"], settings["required"]);
    let refused = scim.post("/Users", &json!({ "userName": "bob@acme.example", "displayName": "Bob" })).await;
    let refused = refused.assert_scim_error(400, Some("invalidValue"));
    let refused = refused.json();
    let detail = refused["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("name.familyName") && !detail.contains("displayName"), "{detail}");
    let schemas = scim.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").await.json();
    let attributes = schemas["attributes"].as_array().expect("attributes");
    let required = |name: &str| attributes.iter().find(|a| a["name"] == name).map(|a| a["required"].clone());
    assert_eq!((required("displayName"), required("title")), (Some(json!(true)), Some(json!(false))));
    let listed = app.api("GET", "/api/v1/tenants/acme/connections").send().await.assert_status(200).json();
    assert_eq!(listed["connections"][0]["settings"]["switches"]["delete_groups"], json!(false));
    assert_eq!(app.count(&acme, "connection.updated").await, 1);
}

async fn a_tenants_domains_and_days_are_set_and_kept_in_the_log(app: &App) {
    let acme = app.tenant("acme").await;
    let settings = json!({ "domains": ["Acme.Example"], "invitation_days": 3 });
    for _ in 0..2 {
        let answer = app.api("PUT", "/api/v1/tenants/acme/settings").json(&settings).send().await;
        assert_eq!(answer.assert_status(200).json()["domains"], json!(["acme.example"]));
    }
    let scim = acme.scim();
    scim.post("/Users", &user("eve@evil.example")).await.assert_scim_error(400, Some("invalidValue"));
    scim.create_user("ada@acme.example").await;
    let tenant = app.api("GET", "/api/v1/tenants/acme").send().await.assert_status(200).json();
    assert_eq!((&tenant["invitation_days"], &tenant["retention_days"]), (&json!(3), &json!(30)));
    let events = app.events(&acme).await;
    let updates: Vec<&Value> = events.iter().filter(|event| event["kind"] == "tenant.updated").collect();
    assert_eq!(updates.len(), 1, "a repeated wish is no new fact");
    assert_eq!(updates[0]["data"]["before"]["invitation_days"], json!(14));
}

async fn a_setting_that_cannot_be_is_refused_and_nothing_changes(app: &App) {
    let acme = app.tenant("acme").await;
    let before = app.api("GET", "/api/v1/tenants/acme").send().await.text();
    for (path, body, status) in [
        ("settings", json!({ "invitation_days": 0 }), 400),
        ("settings", json!({ "retention_days": 4000 }), 400),
        ("settings", json!({ "domains": ["@acme.example"] }), 400),
        ("settings", json!({ "retention": 1 }), 400),
        ("connections/first/settings", json!({ "required": ["shoeSize"] }), 400),
        ("connections/first/settings", json!({ "switches": { "create_user": true } }), 400),
        ("connections/other/settings", json!({}), 404),
    ] {
        let answer = app.api("PUT", &format!("/api/v1/tenants/acme/{path}")).json(&body).send().await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
    }
    assert_eq!(app.api("GET", "/api/v1/tenants/acme").send().await.text(), before);
    assert_eq!(app.count(&acme, "connection.updated").await + app.count(&acme, "tenant.updated").await, 0);
}
