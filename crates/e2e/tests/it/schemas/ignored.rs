//! What is sent that no schema has is ignored, and counted by name.

use serde_json::{Value, json};

use super::{URN, badge, declare, with};
use crate::harness::{App, Tenant, group, patch};

on_both_backends!(
    undeclared_attributes_are_counted_by_name_and_connection,
    a_patch_into_an_undeclared_extension_is_no_error_and_no_change,
);

/// Resource, name and number of requests, in the order of names.
async fn counted(app: &App, tenant: &Tenant, connection: &str) -> Vec<(String, String, u64)> {
    let path = format!("/api/v1/tenants/{}/connections/{connection}/ignored", tenant.slug);
    let body = app.api("GET", &path).send().await.assert_status(200).json();
    assert!(body["hint"].as_str().is_some_and(|hint| hint.contains("declare a schema")));
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let all = body["ignored"].as_array().expect("a list").iter();
    let mut all: Vec<_> = all
        .map(|one| (text(&one["resource"]), text(&one["name"]), one["requests"].as_u64().expect("a number")))
        .collect();
    all.sort();
    all
}

async fn undeclared_attributes_are_counted_by_name_and_connection(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let scim = acme.scim();
    let made = scim.post("/Users", &with("ada@acme.example", json!({ "badge": 7 }))).await.assert_status(201);
    let at = format!("/Users/{}", made.id());
    scim.put(&at, &with("ada@acme.example", json!({ "badge": 8 }))).await.assert_status(200);
    let operations = json!([{ "op": "add", "path": "roles[value eq \"secret@acme.example\"].display", "value": "x" },
        { "op": "replace", "value": { "shoeSize": 44 } }]);
    scim.patch(&at, &patch(operations)).await.assert_status(200);
    let mut ops = group("Ops", &[]);
    ops["costs"] = json!(5);
    scim.post("/Groups", &ops).await.assert_status(201);
    let text = |one: &str| one.to_owned();
    let expected = [
        (text("Group"), text("costs"), 1),
        (text("User"), text("roles"), 1),
        (text("User"), text("shoeSize"), 1),
        (text("User"), text(URN), 2),
    ];
    assert_eq!(counted(app, &acme, "first").await, expected);
    assert_eq!(counted(app, &acme, "first").await, expected, "looking counts nothing");
    assert!(counted(app, &globex, "first").await.is_empty());
    declare(app, &badge()).await.assert_status(201);
    scim.put(&at, &with("ada@acme.example", json!({ "badge": 8 }))).await.assert_status(200);
    assert_eq!(counted(app, &acme, "first").await, expected, "what is declared is kept and no longer counted");
}

async fn a_patch_into_an_undeclared_extension_is_no_error_and_no_change(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let at = format!("/Users/{}", scim.create_user("ada@acme.example").await);
    let before = scim.get(&at).await;
    let events = app.events(&acme).await.len();
    let tag = "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag";
    for op in ["Add", "Replace", "Remove"] {
        let answer = scim.patch(&at, &patch(json!([{ "op": op, "path": tag, "value": "x" }]))).await.assert_status(200);
        assert_eq!(answer.header("etag"), before.header("etag"));
    }
    assert_eq!(scim.get(&at).await.text(), before.text());
    assert_eq!(app.events(&acme).await.len(), events);
    assert_eq!(counted(app, &acme, "first").await, [("User".to_owned(), tag.to_owned(), 3)]);
    let unknown = patch(json!([{ "op": "add", "path": "shoeSize", "value": 44 }]));
    scim.patch(&at, &unknown).await.assert_scim_error(400, Some("invalidPath"));
}
