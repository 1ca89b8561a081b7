//! Declarations that are none.

use serde_json::{Value, json};

use super::{URN, badge, declare, path};
use crate::harness::App;

on_both_backends!(
    what_is_no_schema_is_refused_with_the_name_of_what_is_wrong,
    large_and_deep_declarations_are_refused_at_once,
    a_connection_has_a_bounded_number_of_schemas,
);

async fn what_is_no_schema_is_refused_with_the_name_of_what_is_wrong(app: &App) {
    app.tenant("acme").await;
    let schema = |attributes: Value| json!({ "id": URN, "attributes": attributes });
    for (body, word) in [
        (schema(json!([{ "name": "badge", "type": "number" }])), "\\\"badge\\\""),
        (schema(json!([{ "name": "badge" }, { "name": "Badge" }])), "declared twice"),
        (schema(json!([{ "name": "__proto__" }])), "__proto__"),
        (schema(json!([{ "name": "a.b" }])), "a.b"),
        (schema(json!([{ "name": "badge", "uniqueness": "server", "multiValued": true }])), "is a list"),
        (schema(json!([{ "name": "badge", "unique": true }])), "\\\"unique\\\""),
        (schema(json!([])), "attributes"),
        (json!({ "id": URN }), "attributes"),
        (json!([badge()]), "JSON object"),
        (json!({ "id": "urn:example:other:User", "attributes": [{ "name": "a" }] }), "in the address"),
        (json!({ "id": URN, "resourceType": "Device", "attributes": [{ "name": "a" }] }), "User or Group"),
        (json!({ "id": URN, "resourceType": "Group", "attributes": [{ "name": "a" }] }), "different resources"),
    ] {
        let answer = app.api("PUT", &format!("{}?resource=User", path("first", URN))).json(&body).send().await;
        let text = answer.assert_status(400).text();
        assert!(text.contains(word), "{body}: {text}");
    }
    let neither = app.api("PUT", &path("first", URN)).json(&badge()).send().await.assert_status(400).text();
    assert!(neither.contains("?resource=User"), "{neither}");
    let reserved = "urn:ietf:params:scim:schemas:core:2.0:User";
    let answer = app.api("PUT", &format!("{}?resource=User", path("first", reserved)));
    let answer = answer.json(&json!({ "id": reserved, "attributes": [{ "name": "a" }] })).send().await;
    assert_eq!(answer.assert_status(400).json()["error"]["reason"], "schema_urn");
    for (method, path) in
        [("PUT", path("nobody", URN)), ("DELETE", path("first", URN)), ("DELETE", path("nobody", URN))]
    {
        app.api(method, &path).json(&badge()).send().await.assert_status(404);
    }
    app.api("GET", "/api/v1/tenants/acme/connections/nobody/schemas").send().await.assert_status(404);
    app.api("GET", "/api/v1/tenants/acme/connections/nobody/ignored").send().await.assert_status(404);
    let listed =
        app.api("GET", "/api/v1/tenants/acme/connections/first/schemas").send().await.assert_status(200).json();
    assert_eq!(listed["schemas"], json!([]));
}

async fn large_and_deep_declarations_are_refused_at_once(app: &App) {
    app.tenant("acme").await;
    let of_size =
        |bytes: usize| json!({ "id": URN, "attributes": [{ "name": "a", "description": "x".repeat(bytes) }] });
    assert_eq!(declare(app, &of_size(70_000)).await.assert_status(400).json()["error"]["reason"], "schema_limit");
    declare(app, &of_size(1_100_000)).await.assert_status(413);
    let mut deep = json!({ "name": "a" });
    for _ in 0..60 {
        deep = json!({ "name": "a", "type": "complex", "subAttributes": [deep] });
    }
    declare(app, &json!({ "id": URN, "attributes": [deep] })).await.assert_status(400);
    let request = app.api("PUT", &format!("{}?resource=User", path("first", URN)));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    request.bytes("application/json", nested).send().await.assert_status(400);
    declare(app, &badge()).await.assert_status(201);
}

async fn a_connection_has_a_bounded_number_of_schemas(app: &App) {
    app.tenant("acme").await;
    let schema = |urn: &str| json!({ "id": urn, "attributes": [{ "name": "a" }] });
    for number in 0..20 {
        declare(app, &schema(&format!("urn:example:number{number}:User"))).await.assert_status(201);
    }
    let refused = declare(app, &schema("urn:example:one:too:many")).await.assert_status(400).json();
    assert_eq!(refused["error"]["reason"], "schema_limit");
    let mut changed = schema("urn:example:number7:User");
    changed["name"] = "Seven".into();
    declare(app, &changed).await.assert_status(200);
    app.api("DELETE", &path("first", "urn:example:number7:User")).send().await.assert_status(204);
    let ambiguous = declare(app, &schema("urn:example:number8:User:more")).await.assert_status(400).text();
    assert!(ambiguous.contains("cannot be told apart"), "{ambiguous}");
}
