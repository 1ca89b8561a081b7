//! Bodies that are no JSON, no SCIM, or not what the endpoint takes.

use serde_json::json;

use super::{Untouched, refusals};
use crate::harness::{App, patch, user};

on_both_backends!(
    a_body_that_is_no_json_object_is_invalid_syntax_and_changes_nothing,
    a_body_in_another_media_type_is_415,
    a_message_of_another_kind_is_refused,
    wrong_types_are_invalid_values,
    a_patch_that_names_nothing_is_refused_whole,
    a_patch_is_all_or_nothing,
    the_operator_api_refuses_what_it_does_not_know,
);

async fn a_body_that_is_no_json_object_is_invalid_syntax_and_changes_nothing(app: &App) {
    let there = Untouched::new(app).await;
    let bodies: [&[u8]; 21] = [
        b"",
        b" ",
        b"{",
        b"{}}",
        b"nonsense",
        b"[]",
        b"null",
        b"true",
        b"\"text\"",
        b"{\"userName\":\"a\",}",
        b"{'userName':'a'}",
        b"{\"userName\":\"a\" /* comment */}",
        b"{\"userName\":\"\xff\xfe\"}",
        b"{\"userName\":\"\xed\xa0\x80\"}",
        b"{\"userName\":\"\\ud800\"}",
        b"{\"userName\":\"a\\u0000b\"}",
        b"{\"userName\":\"a\",\"userName\":\"b\"}",
        b"{\"userName\":\"a\",\"username\":\"b\"}",
        b"{\"userName\":\"a\",\"name\":{\"givenName\":\"b\",\"GIVENNAME\":\"c\"}}",
        b"{\"userName\":\"a\",\"x\":1e400}",
        b"{\"userName\":\"a\",\"x\":NaN}",
    ];
    let (users, groups) = (format!("/Users/{}", there.user), format!("/Groups/{}", there.group));
    for (method, path) in [
        ("POST", "/Users"),
        ("PUT", &users),
        ("PATCH", &users),
        ("POST", "/Groups"),
        ("PUT", &groups),
        ("PATCH", &groups),
        ("POST", "/Users/.search"),
        ("POST", "/.search"),
    ] {
        for body in bodies {
            let shown = String::from_utf8_lossy(body);
            let request = there.tenant.scim().request(method, path).bytes("application/scim+json", body);
            let answer = request.send().await;
            assert_eq!(answer.status, 400, "{method} {path} {shown}: {}", answer.text());
            let kind = answer.json()["scimType"].as_str().unwrap_or_default().to_owned();
            assert!(matches!(kind.as_str(), "invalidSyntax" | "invalidValue"), "{method} {path} {shown}: {kind}");
        }
    }
    there.check().await;
}

async fn a_body_in_another_media_type_is_415(app: &App) {
    let there = Untouched::new(app).await;
    let body = user("eve@acme.example").to_string();
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
        "application/json-patch+json",
        "text/json",
    ] {
        let request = there.tenant.scim().request("POST", "/Users").bytes(kind, body.clone());
        request.send().await.assert_scim_error(415, None);
    }
    there.tenant.scim().request("POST", "/Users").body(body.clone()).send().await.assert_scim_error(415, None);
    for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip"] {
        let request = there.tenant.scim().request("POST", "/Users").bytes("application/scim+json", body.clone());
        request.header("Content-Encoding", encoding).send().await.assert_scim_error(415, None);
    }
    there.check().await;
    assert_eq!(refusals(app, &there.tenant).await, vec!["media_type"; 14]);
}

async fn a_message_of_another_kind_is_refused(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let (users, groups) = (format!("/Users/{}", there.user), format!("/Groups/{}", there.group));
    for body in [
        json!({}),
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] }),
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": null }),
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": {} }),
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": "replace" }),
        patch(json!([null])),
        patch(json!([{ "path": "active", "value": false }])),
        patch(json!([{ "op": "delete", "path": "title" }])),
        patch(json!([{ "op": 1, "path": "title", "value": "x" }])),
        patch(json!([{ "op": "replace", "path": 1, "value": "x" }])),
        patch(json!([{ "op": "replace", "value": "x" }])),
        patch(json!([{ "op": "add" }])),
    ] {
        for path in [&users, &groups] {
            let answer = scim.patch(path, &body).await;
            assert_eq!(answer.status, 400, "{path} {body}: {}", answer.text());
        }
    }
    scim.post("/Users", &json!({ "userName": "  " })).await.assert_scim_error(400, Some("invalidValue"));
    scim.post("/Users", &json!({ "displayName": "Eve" })).await.assert_scim_error(400, Some("invalidValue"));
    scim.post("/Groups", &json!({ "members": [] })).await.assert_scim_error(400, Some("invalidValue"));
    there.check().await;
}

async fn wrong_types_are_invalid_values(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    for (attribute, value) in [
        ("userName", json!(1)),
        ("userName", json!(["a"])),
        ("userName", json!({ "value": "a" })),
        ("name", json!("Ada")),
        ("name", json!({ "givenName": 1 })),
        ("emails", json!(7)),
        ("emails", json!([["a"]])),
        ("emails", json!([{ "value": 1 }])),
        ("emails", json!([{ "value": "a@b.example", "primary": "perhaps" }])),
        ("active", json!("perhaps")),
        ("active", json!(2)),
        ("active", json!([true])),
        ("displayName", json!({})),
        ("externalId", json!(7)),
    ] {
        let mut body = user("eve@acme.example");
        body[attribute] = value.clone();
        let create = scim.post("/Users", &body).await;
        assert_eq!(create.status, 400, "{attribute} = {value}: {}", create.text());
        create.assert_scim_error(400, Some("invalidValue"));
        let path = format!("/Users/{}", there.user);
        scim.put(&path, &body).await.assert_scim_error(400, Some("invalidValue"));
        let operation = patch(json!([{ "op": "replace", "path": attribute, "value": value }]));
        scim.patch(&path, &operation).await.assert_scim_error(400, Some("invalidValue"));
    }
    for members in [json!("x"), json!([1]), json!([{ "value": 1 }]), json!([{ "display": "x" }])] {
        let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "New", "members": members });
        scim.post("/Groups", &body).await.assert_scim_error(400, Some("invalidValue"));
    }
    there.check().await;
}

async fn a_patch_that_names_nothing_is_refused_whole(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let path = format!("/Users/{}", there.user);
    for (operation, kind) in [
        (json!({ "op": "remove" }), "noTarget"),
        (
            json!({ "op": "replace", "path": "emails[type eq \"home\" or type eq \"x\"].display", "value": "x" }),
            "noTarget",
        ),
        (
            json!({ "op": "replace", "path": "emails[value eq \"nobody\" and not (type eq \"x\")]", "value": { "type": "x" } }),
            "noTarget",
        ),
        (json!({ "op": "replace", "path": "no such", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "emails[", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "emails[type eq]", "value": "x" }), "invalidFilter"),
        (json!({ "op": "replace", "path": "emails[type eq \"work\"", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "..", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "id", "value": "x" }), "mutability"),
        (json!({ "op": "remove", "path": "userName" }), "mutability"),
    ] {
        let answer = scim.patch(&path, &patch(json!([operation]))).await;
        assert_eq!(answer.json()["scimType"], kind, "{operation}: {}", answer.text());
        answer.assert_scim_error(400, Some(kind));
    }
    there.check().await;
}

async fn a_patch_is_all_or_nothing(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let body = patch(json!([
        { "op": "replace", "path": "title", "value": "Engineer" },
        { "op": "replace", "path": "active", "value": false },
        { "op": "remove", "path": "userName" },
    ]));
    scim.patch(&format!("/Users/{}", there.user), &body).await.assert_scim_error(400, Some("mutability"));
    let body = patch(json!([
        { "op": "remove", "path": "members" },
        { "op": "replace", "path": "displayName", "value": "Other" },
        { "op": "add", "path": "members", "value": [{ "value": "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e" }] },
    ]));
    scim.patch(&format!("/Groups/{}", there.group), &body).await.assert_scim_error(400, Some("invalidValue"));
    there.check().await;
    assert_eq!(app.state_of(&there.tenant, &there.user).await["state"], "invited");
}

async fn the_operator_api_refuses_what_it_does_not_know(app: &App) {
    let there = Untouched::new(app).await;
    let path = "/api/v1/tenants/acme/users";
    for body in [
        json!({}),
        json!([]),
        json!({ "email": 1 }),
        json!({ "email": "no address" }),
        json!({ "email": "a\r\nb@acme.example" }),
        json!({ "email": "eve@acme.example", "tenant": "globex" }),
        json!({ "email": "eve@acme.example", "user_name": "" }),
        json!({ "email": "eve@acme.example", "user_name": "x".repeat(5000) }),
    ] {
        let answer = app.api("POST", path).json(&body).send().await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert!(answer.json()["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    app.api("POST", path).bytes("text/plain", "{}").send().await.assert_status(415);
    for query in ["?after=x", "?limit=-1", "?limit=99999999999999999999", "?after=1&after=2"] {
        let answer = app.api("GET", &format!("/api/v1/tenants/acme/events{query}")).send().await.assert_status(400);
        assert!(answer.json()["error"]["reason"].is_string(), "{query}");
    }
    app.api("GET", "/api/v1/tenants/acme/events?after=-5&limit=0").send().await.assert_status(200);
    there.check().await;
}
