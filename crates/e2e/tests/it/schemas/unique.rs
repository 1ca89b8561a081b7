//! Attributes that a declared schema lets have a value once.

use futures::future::join_all;
use serde_json::{Value, json};
use usher_core::ConnectionKind;

use super::{URN, declare, path, with};
use crate::harness::{Answer, App, Client, Setup, patch};

on_both_backends!(
    a_unique_value_is_taken_once_whatever_the_request,
    values_are_free_when_they_are_given_up_and_taken_by_whoever_is_first,
    who_comes_back_takes_the_values_again_or_is_refused,
    what_another_connection_or_tenant_has_does_not_count,
    of_eight_writers_at_once_one_gets_the_value,
    uniqueness_is_declared_over_stored_values_only_if_they_are_unique,
    a_schema_that_is_taken_back_or_changed_frees_what_was_unique,
    groups_have_unique_attributes_too,
);

/// A number and a login that are unique, a code that is unique in its very spelling, and a room that is not.
fn schema() -> Value {
    json!({ "id": URN, "attributes": [
        { "name": "badge", "type": "integer", "uniqueness": "server" },
        { "name": "login", "uniqueness": "global" },
        { "name": "code", "caseExact": true, "uniqueness": "server" },
        { "name": "room" },
    ] })
}

/// The same with nothing unique.
fn plain() -> Value {
    let mut schema = schema();
    for attribute in schema["attributes"].as_array_mut().expect("a list") {
        attribute["uniqueness"] = "none".into();
    }
    schema
}

async fn create(scim: &Client, name: &str, parts: Value) -> Answer {
    scim.post("/Users", &with(&format!("{name}@acme.example"), parts)).await
}

/// Creates a user and answers the path.
async fn made(scim: &Client, name: &str, parts: Value) -> String {
    format!("/Users/{}", create(scim, name, parts).await.assert_status(201).id())
}

fn set(attribute: &str, value: &Value) -> Value {
    patch(json!([{ "op": "replace", "path": format!("{URN}:{attribute}"), "value": value }]))
}

/// A 409 that names the attribute and not the value.
#[track_caller]
fn refused(answer: Answer, attribute: &str) {
    let answer = answer.assert_scim_error(409, Some("uniqueness"));
    let detail = answer.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains(&format!("\"{URN}:{attribute}\"")), "{detail}");
}

async fn a_unique_value_is_taken_once_whatever_the_request(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &schema()).await.assert_status(201);
    let published = scim.get(&format!("/Schemas/{URN}")).await.json();
    let words: Vec<&Value> =
        published["attributes"].as_array().expect("a list").iter().map(|one| &one["uniqueness"]).collect();
    assert_eq!(words, ["server", "global", "server", "none"]);
    let long = "x".repeat(5_000);
    let ada = made(&scim, "ada", json!({ "badge": 7, "login": "Straße", "code": "a", "room": "1" })).await;
    let bob = made(&scim, "bob", json!({ "badge": 8, "code": "A", "room": "1", "login": long })).await;
    refused(create(&scim, "eve", json!({ "badge": 7 })).await, "badge");
    refused(create(&scim, "eve", json!({ "login": "STRASSE" })).await, "login");
    refused(create(&scim, "eve", json!({ "login": long })).await, "login");
    refused(create(&scim, "eve", json!({ "code": "A" })).await, "code");
    refused(scim.put(&bob, &with("bob@acme.example", json!({ "badge": 7 }))).await, "badge");
    refused(scim.patch(&bob, &set("login", &json!("strasse"))).await, "login");
    let results = scim
        .bulk(json!([
            { "method": "POST", "path": "/Users", "bulkId": "1", "data": with("eve@acme.example", json!({ "badge": 7 })) },
            { "method": "PATCH", "path": bob, "data": set("code", &json!("a")) },
            { "method": "POST", "path": "/Users", "bulkId": "2", "data": with("cleo@acme.example", json!({ "badge": 9 })) },
            { "method": "POST", "path": "/Users", "bulkId": "3", "data": with("dan@acme.example", json!({ "badge": 9 })) },
        ]))
        .await;
    let statuses: Vec<&Value> = results.iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, ["409", "409", "201", "409"]);
    let found = async |name: &str| scim.total("/Users", &format!("userName eq \"{name}@acme.example\"")).await;
    assert_eq!((found("eve").await, found("dan").await), (0, 0), "a refused create leaves nothing behind");
    assert_eq!(scim.get(&bob).await.json()[URN]["badge"], 8);
    scim.put(&ada, &with("ada@acme.example", json!({ "badge": 7, "login": "strasse", "code": "a" })))
        .await
        .assert_status(200);
    scim.patch(&ada, &set("badge", &json!(7))).await.assert_status(200);
    create(&scim, "fay", json!({ "login": "" })).await.assert_status(201);
    create(&scim, "gil", json!({ "login": "" })).await.assert_status(201);
    let refusals = app.events(&acme).await.into_iter().filter(|event| event["kind"] == "refused.value_taken");
    let refusals: Vec<String> = refusals.map(|event| event.to_string()).collect();
    assert_eq!(refusals.len(), 9);
    assert!(!refusals.concat().to_lowercase().contains("strasse"), "a refusal is told without the value");
}

async fn values_are_free_when_they_are_given_up_and_taken_by_whoever_is_first(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &schema()).await.assert_status(201);
    let ada = made(&scim, "ada", json!({ "badge": 1, "login": "ada", "code": "a" })).await;
    let bob = made(&scim, "bob", json!({ "room": "1" })).await;
    scim.patch(&ada, &set("badge", &json!(2))).await.assert_status(200);
    scim.patch(&bob, &set("badge", &json!(1))).await.assert_status(200);
    refused(scim.patch(&ada, &set("badge", &json!(1))).await, "badge");
    scim.patch(&ada, &patch(json!([{ "op": "remove", "path": format!("{URN}:login") }]))).await.assert_status(200);
    scim.patch(&bob, &set("login", &json!("ADA"))).await.assert_status(200);
    refused(scim.patch(&bob, &set("code", &json!("a"))).await, "code");
    scim.put(&ada, &crate::harness::user("ada@acme.example")).await.assert_status(200);
    scim.patch(&bob, &set("code", &json!("a"))).await.assert_status(200);
    scim.delete(&bob).await.assert_status(204);
    let cleo = made(&scim, "cleo", json!({ "badge": 1, "login": "ada", "code": "a" })).await;
    scim.patch(&cleo, &patch(json!([{ "op": "replace", "path": "active", "value": false }]))).await.assert_status(200);
    refused(create(&scim, "dan", json!({ "badge": 1 })).await, "badge");
    app.api("DELETE", &format!("/api/v1/tenants/acme{cleo}").to_lowercase()).send().await.assert_status(200);
    create(&scim, "dan", json!({ "badge": 1 })).await.assert_status(201);
}

async fn who_comes_back_takes_the_values_again_or_is_refused(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &schema()).await.assert_status(201);
    let ada = made(&scim, "ada", json!({ "badge": 1 })).await;
    let bob = made(&scim, "bob", json!({ "badge": 2 })).await;
    for gone in [&ada, &bob] {
        scim.delete(gone).await.assert_status(204);
    }
    let cleo = made(&scim, "cleo", json!({ "badge": 1 })).await;
    refused(create(&scim, "ada", json!({ "badge": 1 })).await, "badge");
    scim.get(&ada).await.assert_status(404);
    assert_eq!(made(&scim, "bob", json!({ "badge": 2 })).await, bob, "back under the same id");
    refused(scim.patch(&cleo, &set("badge", &json!(2))).await, "badge");
    assert_eq!(made(&scim, "ada", json!({ "badge": 3 })).await, ada);
    refused(scim.patch(&cleo, &set("badge", &json!(3))).await, "badge");
    scim.patch(&ada, &patch(json!([{ "op": "replace", "path": "active", "value": false }]))).await.assert_status(200);
    refused(scim.patch(&cleo, &set("badge", &json!(3))).await, "badge");
}

async fn what_another_connection_or_tenant_has_does_not_count(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let other = app.connection(&acme, "other", ConnectionKind::Entra).await;
    declare(app, &schema()).await.assert_status(201);
    create(&acme.scim(), "ada", json!({ "badge": 1 })).await.assert_status(201);
    create(&other.scim(), "bob", json!({ "badge": 1 })).await.assert_status(201);
    for (tenant, connection) in [("acme", "other"), ("globex", "first")] {
        let at = format!("/api/v1/tenants/{tenant}/connections/{connection}/schemas/{URN}?resource=User");
        app.api("PUT", &at).json(&schema()).send().await.assert_status(201);
    }
    let cleo = made(&other.scim(), "cleo", json!({ "badge": 1 })).await;
    refused(create(&other.scim(), "dan", json!({ "badge": 1 })).await, "badge");
    create(&globex.scim(), "ada", json!({ "badge": 1 })).await.assert_status(201);
    refused(create(&globex.scim(), "bob", json!({ "badge": 1 })).await, "badge");
    other.scim().delete(&cleo).await.assert_status(204);
    refused(create(&acme.scim(), "dan", json!({ "badge": 1 })).await, "badge");
    app.api("DELETE", &path("other", URN)).send().await.assert_status(204);
    refused(create(&acme.scim(), "dan", json!({ "badge": 1 })).await, "badge");
}

async fn of_eight_writers_at_once_one_gets_the_value(app: &App) {
    let acme = app.tenant("acme").await;
    declare(app, &schema()).await.assert_status(201);
    let replica = app.replica(Setup::default()).await;
    let client = |n: usize| acme.through(if n.is_multiple_of(2) { app.address } else { replica.address });
    let winners = |answers: Vec<Answer>, good: u16| {
        let (good, late): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| answer.status == good);
        for answer in late {
            refused(answer, "badge");
        }
        good.len()
    };
    let creates = (0..8).map(|n| {
        let client = client(n);
        async move { create(&client, &format!("new{n}"), json!({ "badge": 1, "login": format!("new{n}") })).await }
    });
    assert_eq!(winners(join_all(creates).await, 201), 1);
    let mut paths = Vec::new();
    for n in 0..8 {
        paths.push(made(&acme.scim(), &format!("user{n}"), json!({ "room": "1" })).await);
    }
    let changes = paths.iter().enumerate().map(|(n, path)| {
        let client = client(n);
        async move { client.patch(path, &set("badge", &json!(2))).await }
    });
    assert_eq!(winners(join_all(changes).await, 200), 1);
    assert_eq!(acme.scim().total("/Users", &format!("{URN}:badge pr")).await, 2);
    replica.stop().await;
}

async fn uniqueness_is_declared_over_stored_values_only_if_they_are_unique(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &plain()).await.assert_status(201);
    let ada = made(&scim, "ada", json!({ "login": "ada", "badge": 1 })).await;
    let bob = made(&scim, "bob", json!({ "login": "ADA", "badge": 2 })).await;
    let cleo = made(&scim, "cleo", json!({ "login": "Ada", "badge": 2 })).await;
    scim.delete(&cleo).await.assert_status(204);
    let refusal = declare(app, &schema()).await.assert_status(409).json();
    assert_eq!(refusal["error"]["reason"], "schema_not_unique");
    let message = refusal["error"]["message"].as_str().expect("a message");
    assert!(message.contains(&format!("{URN}:login")) && message.contains("another one: 1."), "{message}");
    create(&scim, "dan", json!({ "badge": 1 })).await.assert_status(201);
    scim.delete(&ada).await.assert_status(204);
    declare(app, &schema()).await.assert_status(200);
    refused(create(&scim, "eve", json!({ "login": "ada" })).await, "login");
    refused(create(&scim, "eve", json!({ "badge": 1 })).await, "badge");
    let mut described = schema();
    described["description"] = "The same values are unique".into();
    declare(app, &described).await.assert_status(200);
    refused(create(&scim, "eve", json!({ "login": "ada" })).await, "login");
    scim.patch(&bob, &set("login", &json!("bob"))).await.assert_status(200);
    create(&scim, "eve", json!({ "login": "ada" })).await.assert_status(201);
}

async fn a_schema_that_is_taken_back_or_changed_frees_what_was_unique(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &schema()).await.assert_status(201);
    made(&scim, "ada", json!({ "badge": 1, "code": "x" })).await;
    declare(app, &plain()).await.assert_status(200);
    let bob = made(&scim, "bob", json!({ "badge": 1, "code": "X" })).await;
    assert_eq!(declare(app, &schema()).await.assert_status(409).json()["error"]["reason"], "schema_not_unique");
    scim.patch(&bob, &set("badge", &json!(2))).await.assert_status(200);
    declare(app, &schema()).await.assert_status(200);
    refused(create(&scim, "cleo", json!({ "badge": 2 })).await, "badge");
    let mut folded = schema();
    folded["attributes"][2]["caseExact"] = false.into();
    assert_eq!(declare(app, &folded).await.assert_status(409).json()["error"]["reason"], "schema_not_unique");
    app.api("DELETE", &path("first", URN)).send().await.assert_status(204);
    create(&scim, "cleo", json!({ "badge": 2 })).await.assert_status(201);
    declare(app, &schema()).await.assert_status(201);
    refused(create(&scim, "dan", json!({ "badge": 2 })).await, "badge");
}

async fn groups_have_unique_attributes_too(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let urn = "urn:example:acme:2.0:Group";
    let schema =
        json!({ "id": urn, "resourceType": "Group", "attributes": [{ "name": "cost", "uniqueness": "server" }] });
    let body = |name: &str, cost: &str| json!({ "displayName": name, urn: { "cost": cost } });
    let early = scim.post("/Groups", &json!({ "displayName": "Early" })).await.assert_status(201).id();
    app.api("PUT", &path("first", urn)).json(&schema).send().await.assert_status(201);
    let ops = format!("/Groups/{}", scim.post("/Groups", &body("Ops", "c-1")).await.assert_status(201).id());
    scim.post("/Groups", &body("Dev", "C-1")).await.assert_scim_error(409, Some("uniqueness"));
    assert_eq!(scim.total("/Groups", "displayName eq \"Dev\"").await, 0);
    let dev = format!("/Groups/{}", scim.post("/Groups", &body("Dev", "c-2")).await.assert_status(201).id());
    scim.put(&dev, &body("Dev", "c-1")).await.assert_scim_error(409, Some("uniqueness"));
    let change = patch(json!([{ "op": "replace", "path": format!("{urn}:cost"), "value": "c-1" }]));
    for path in [&dev, &format!("/Groups/{early}")] {
        scim.patch(path, &change).await.assert_scim_error(409, Some("uniqueness"));
    }
    scim.put(&ops, &body("Ops", "c-3")).await.assert_status(200);
    scim.patch(&dev, &change).await.assert_status(204);
    scim.delete(&dev).await.assert_status(204);
    scim.put(&ops, &body("Ops", "c-1")).await.assert_status(200);
    app.api("DELETE", &path("first", urn)).send().await.assert_status(204);
    scim.post("/Groups", &body("Two", "c-1")).await.assert_status(201);
    app.api("PUT", &path("first", urn)).json(&schema).send().await.assert_status(201);
    scim.post("/Groups", &body("Three", "c-1")).await.assert_scim_error(409, Some("uniqueness"));
}
