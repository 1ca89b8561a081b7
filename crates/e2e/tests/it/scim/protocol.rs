//! Media types, discovery and the ends of the protocol.

use serde_json::json;
use usher_core::ConnectionKind;

use crate::harness::{App, encode, patch, user};

on_both_backends!(
    s121_discovery_tells_the_truth,
    a_filter_on_discovery_is_403,
    s131_media_types_and_slashes_are_tolerated,
    s121_me_is_501_and_unknown_endpoints_are_404,
    unknown_attributes_and_schemas_are_ignored_and_told_in_the_log,
    null_and_empty_are_unassigned,
    the_last_primary_wins,
    an_active_that_is_removed_is_not_said_until_it_is_set_again,
    an_id_has_one_spelling,
);

async fn s121_discovery_tells_the_truth(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let config = scim.get("/ServiceProviderConfig").await.assert_status(200).json();
    for (feature, supported) in
        [("patch", true), ("filter", true), ("sort", true), ("etag", true), ("changePassword", false), ("bulk", true)]
    {
        assert_eq!(config[feature]["supported"], supported, "{feature}");
    }
    assert_eq!(config["filter"]["maxResults"], 200);
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
    assert_eq!((&config["bulk"]["maxOperations"], &config["bulk"]["maxPayloadSize"]), (&json!(1000), &json!(4 << 20)));
    scim.post("/Bulk", &json!({})).await.assert_scim_error(400, Some("invalidSyntax"));
    let types = scim.get("/ResourceTypes").await.assert_status(200).json();
    let schemas = scim.get("/Schemas").await.assert_status(200).json();
    assert_eq!((&types["totalResults"], &schemas["totalResults"]), (&json!(2), &json!(3)));
    for kind in types["Resources"].as_array().expect("a list") {
        let name = kind["id"].as_str().expect("an id");
        assert_eq!(&scim.get(&format!("/ResourceTypes/{name}")).await.assert_status(200).json(), kind);
        scim.get(kind["endpoint"].as_str().expect("a path")).await.assert_status(200);
        let urn = kind["schema"].as_str().expect("a URN");
        let schema = scim.get(&format!("/Schemas/{}", encode(urn))).await.assert_status(200).json();
        assert_eq!(schema["id"], urn);
        assert!(!schema.to_string().contains("null"), "Entra takes no nulls");
    }
    let user = scim.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").await.json();
    let attributes = user["attributes"].as_array().expect("a list");
    let required: Vec<_> = attributes.iter().filter(|one| one["required"] == true).map(|one| &one["name"]).collect();
    assert_eq!(required, ["userName"]);
    assert!(attributes.iter().all(|one| one["name"] != "roles" && one["name"] != "entitlements"));
}

async fn a_filter_on_discovery_is_403(app: &App) {
    let scim = app.tenant("acme").await.scim();
    for path in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"] {
        scim.get(&format!("{path}?filter=id%20pr")).await.assert_scim_error(403, None);
    }
    for path in ["/Schemas/urn:none", "/ResourceTypes/Device"] {
        scim.get(path).await.assert_scim_error(404, None);
    }
}

async fn s131_media_types_and_slashes_are_tolerated(app: &App) {
    let scim = app.tenant_of("acme", ConnectionKind::Generic).await.scim();
    for (n, kind) in [
        "application/scim+json",
        "application/json",
        "APPLICATION/JSON; Charset=UTF-8",
        "application/scim+json;charset=utf-8",
    ]
    .into_iter()
    .enumerate()
    {
        let body = user(&format!("user{n}@acme.example")).to_string();
        scim.request("POST", "/Users").bytes(kind, body).send().await.assert_status(201);
    }
    for (accept, expected) in [
        ("application/scim+json", "application/scim+json"),
        ("application/json", "application/json"),
        ("application/json, application/scim+json", "application/scim+json"),
        ("*/*", "application/scim+json"),
        ("text/html", "application/scim+json"),
    ] {
        for path in ["/Users", "/Users/none", "/Schemas", "/none"] {
            let answer = scim.request("GET", path).header("Accept", accept).send().await;
            assert_eq!(answer.header("content-type"), expected, "{path} for {accept}");
        }
    }
    let all = scim.get("/Users").await.text();
    for path in ["/Users/", "//Users", "//Users//", "/%55sers"] {
        assert_eq!(scim.get(path).await.assert_status(200).text(), all, "{path}");
    }
}

async fn s121_me_is_501_and_unknown_endpoints_are_404(app: &App) {
    let scim = app.tenant("acme").await.scim();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        scim.request(method, "/Me").scim(&json!({})).send().await.assert_scim_error(501, None);
    }
    for path in ["/Devices", "/Users/a/b", "/bulk"] {
        scim.get(path).await.assert_scim_error(404, None);
    }
    let answer = scim.get("/Users/none").await.assert_scim_error(404, None);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
}

async fn unknown_attributes_and_schemas_are_ignored_and_told_in_the_log(app: &App) {
    let acme = app.tenant("acme").await;
    let mut body = user("ada@acme.example");
    body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", "urn:custom:1.0:Thing"]);
    body["favouriteColour"] = "green".into();
    body["urn:custom:1.0:Thing"] = json!({ "a": 1 });
    body["roles"] = json!([{ "value": "admin" }]);
    let made = acme.scim().post("/Users", &body).await.assert_status(201);
    assert!(!made.text().contains("green") && !made.text().contains("custom") && !made.text().contains("admin"));
    let ignored = app.events(&acme).await.iter().find(|event| event["kind"] == "user.invited").expect("a fact")["data"]
        ["ignored"]
        .to_string();
    for name in ["favouriteColour", "urn:custom:1.0:Thing", "roles"] {
        assert!(ignored.contains(name), "{name} in {ignored}");
    }
}

async fn null_and_empty_are_unassigned(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let mut body = user("ada@acme.example");
    body["title"] = "x".into();
    body["phoneNumbers"] = json!([{ "value": "1" }]);
    let id = scim.post("/Users", &body).await.assert_status(201).id();
    let path = format!("/Users/{id}");
    let clear = patch(
        json!([{ "op": "replace", "path": "title", "value": null }, { "op": "replace", "value": { "phoneNumbers": [] } }]),
    );
    let user = scim.patch(&path, &clear).await.assert_status(200).json();
    assert!(user.get("title").is_none() && user.get("phoneNumbers").is_none());
    body["title"] = json!(null);
    body["phoneNumbers"] = json!([]);
    body["nickName"] = json!(null);
    let user = scim.put(&path, &body).await.assert_status(200).json();
    assert!(user.get("title").is_none() && user.get("nickName").is_none() && user["displayName"] == "ada Example");
    body.as_object_mut().expect("an object").remove("displayName");
    let user = scim.put(&path, &body).await.assert_status(200).json();
    assert!(user.get("displayName").is_none(), "a PUT clears what it leaves out (RFC 7644 §3.5.1)");
}

async fn an_active_that_is_removed_is_not_said_until_it_is_set_again(app: &App) {
    let acme = app.tenant_of("acme", ConnectionKind::Generic).await;
    let scim = acme.scim();
    let id = scim.create_user("ada@acme.example").await;
    let path = format!("/Users/{id}");
    let before = scim.get(&path).await;
    let remove = patch(json!([{ "op": "remove", "path": "active" }]));
    let removed = scim.patch(&path, &remove).await.assert_status(200);
    assert_eq!((removed.json().get("active"), scim.get(&path).await.json().get("active")), (None, None));
    assert_ne!(removed.header("etag"), before.header("etag"), "what the resource shows has changed");
    assert_eq!(scim.patch(&path, &remove).await.assert_status(200).header("etag"), removed.header("etag"));
    let state = app.state_of(&acme, &id).await;
    assert_eq!((&state["state"], &state["wanted_active"]), (&json!("invited"), &json!(true)), "access stays");
    for filter in ["active eq true", "active eq true and not (title pr)", "active eq true or title eq \"x\""] {
        assert_eq!(
            scim.total("/Users", filter).await,
            1,
            "filters go by access, whether an index helps or not: {filter}"
        );
    }
    let renamed = patch(json!([{ "op": "replace", "path": "title", "value": "Dr" }]));
    assert_eq!(scim.patch(&path, &renamed).await.assert_status(200).json().get("active"), None);
    let off = patch(json!([{ "op": "replace", "path": "active", "value": false }]));
    assert_eq!(scim.patch(&path, &off).await.assert_status(200).json()["active"], false);
    assert_eq!(app.state_of(&acme, &id).await["state"], "suspended");
    assert_eq!(scim.patch(&path, &remove).await.assert_status(200).json().get("active"), None);
    assert_eq!(app.state_of(&acme, &id).await["state"], "suspended", "nobody gets access by leaving a word out");
    let whole = scim.put(&path, &user("ada@acme.example")).await.assert_status(200).json();
    assert_eq!(whole["active"], user("ada@acme.example")["active"], "a PUT says it again");
}

async fn the_last_primary_wins(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let id = scim.create_user("ada@acme.example").await;
    let add = patch(
        json!([{ "op": "add", "path": "emails", "value": [{ "value": "new@acme.example", "type": "home", "primary": true }] }]),
    );
    let user = scim.patch(&format!("/Users/{id}"), &add).await.assert_status(200).json();
    let primaries: Vec<_> =
        user["emails"].as_array().expect("a list").iter().filter(|one| one["primary"] == true).collect();
    assert_eq!(primaries.len(), 1);
    assert_eq!(primaries[0]["value"], "new@acme.example");
}

async fn an_id_has_one_spelling(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let id = scim.create_user("ada@acme.example").await;
    scim.get(&format!("/Users/{id}")).await.assert_status(200);
    for other in
        [id.to_uppercase(), id.replace('-', ""), format!("%7B{id}%7D"), format!("urn:uuid:{id}"), format!("{id}%20")]
    {
        scim.get(&format!("/Users/{other}")).await.assert_scim_error(404, None);
        assert_eq!(scim.total("/Users", &format!("id eq \"{other}\"")).await, 0, "{other}");
    }
}
