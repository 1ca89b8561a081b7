//! Habits of other clients: Google, JumpCloud, OneLogin, Ping, Rippling, Keycloak's plug-ins, authentik.

use serde_json::json;
use usher_core::ConnectionKind;

use crate::harness::{App, encode, patch, user};

on_both_backends!(
    onelogin_asks_for_plain_json_and_sends_texts_for_booleans,
    ping_spells_operators_in_capitals_and_asks_for_an_attribute_that_is_not_there,
    authentik_reads_the_configuration_and_walks_all_pages,
    keycloak_plugins_send_addresses_without_a_type_and_a_doubled_slash,
    jumpcloud_renames_without_a_path,
);

async fn onelogin_asks_for_plain_json_and_sends_texts_for_booleans(app: &App) {
    let scim = app.tenant_of("acme", ConnectionKind::OneLogin).await.scim();
    let mut body = user("ada@acme.example");
    body["id"] = json!(null);
    body["active"] = "true".into();
    body["schemas"] = json!(["urn:scim:schemas:core:1.0", "urn:ietf:params:scim:schemas:core:2.0:User"]);
    let request = scim.request("POST", "/Users").json(&body).header("Accept", "application/json");
    let made = request.send().await.assert_status(201);
    assert_eq!((made.header("content-type"), &made.json()["active"]), ("application/json", &json!(true)));
    let missing = scim.request("GET", "/Users/none").header("Accept", "application/json").send().await;
    assert_eq!(missing.assert_scim_error(404, None).header("content-type"), "application/json");
    let google = scim.request("GET", "/Users?count=1").header("Content-Type", "application/json");
    google.header("User-Agent", "Google-Auto-Provisioning").send().await.assert_status(200);
}

async fn ping_spells_operators_in_capitals_and_asks_for_an_attribute_that_is_not_there(app: &App) {
    let scim = app.tenant_of("acme", ConnectionKind::PingOne).await.scim();
    let id = scim.create_user("ada@acme.example").await;
    assert_eq!(scim.find("/Users", "username Eq \"ADA@acme.example\"").await["Resources"][0]["id"], id.as_str());
    let answer = scim.get(&format!("/Users?filter={}", encode("email Co \"ada\""))).await;
    answer.assert_scim_error(400, Some("invalidFilter"));
}

async fn authentik_reads_the_configuration_and_walks_all_pages(app: &App) {
    let scim = app.tenant_of("acme", ConnectionKind::Authentik).await.scim();
    let configuration = scim.get("/ServiceProviderConfig").await.assert_status(200).json();
    assert_eq!(configuration["patch"]["supported"], true);
    assert!(configuration["bulk"]["maxOperations"].is_u64());
    for n in 0..3 {
        scim.create_user(&format!("user{n}@acme.example")).await;
    }
    let first = scim.get("/Users").await.assert_status(200).json();
    assert_eq!((&first["totalResults"], first["Resources"].as_array().map(Vec::len)), (&json!(3), Some(3)));
    let beyond = scim.get("/Users?startIndex=4").await.assert_status(200).json();
    assert_eq!((&beyond["totalResults"], &beyond["Resources"]), (&json!(3), &json!([])));
    let group = scim.create_group("Crew", &[]).await;
    let update = patch(json!([{ "op": "replace", "value": {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": group, "externalId": "x1", "displayName": "Crew 2",
    } }]));
    scim.patch(&format!("/Groups/{group}"), &update).await.assert_status(204);
    assert_eq!(scim.get(&format!("/Groups/{group}")).await.json()["members"], json!([]));
}

async fn keycloak_plugins_send_addresses_without_a_type_and_a_doubled_slash(app: &App) {
    let acme = app.tenant_of("acme", ConnectionKind::Keycloak).await;
    let scim = acme.scim();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "f:1", "userName": "ada", "displayName": "Ada",
        "emails": [{ "value": "ada@acme.example" }], "active": true, "roles": [{ "value": "admin" }],
    });
    let made = scim.post("//Users", &body).await.assert_status(201);
    assert!(made.json().get("roles").is_none(), "S84");
    assert_eq!(app.state_of(&acme, &made.id()).await["email"], "ada@acme.example");
    let mut put = body.clone();
    put["id"] = made.json()["id"].clone();
    put["groups"] = json!([{ "value": "kc-group", "type": "direct" }]);
    scim.put(&format!("//Users/{}", made.id()), &put).await.assert_status(200);
    let off = patch(json!([{ "op": "replace", "path": "active", "value": "false" }]));
    assert_eq!(scim.patch(&format!("/Users/{}/", made.id()), &off).await.assert_status(200).json()["active"], false);
}

async fn jumpcloud_renames_without_a_path(app: &App) {
    let scim = app.tenant_of("acme", ConnectionKind::JumpCloud).await.scim();
    let (user, group) = (scim.create_user("ada@acme.example").await, scim.create_group("Test", &[]).await);
    let path = format!("/Groups/{group}");
    let rename = patch(json!([{ "op": "replace", "value": { "displayName": "Tested" } }]));
    scim.patch(&path, &rename).await.assert_status(204);
    for _ in 0..2 {
        let add = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": user }] }]));
        scim.patch(&path, &add).await.assert_status(204);
    }
    assert_eq!(scim.members(&group).await, [user]);
    assert_eq!(scim.get(&path).await.json()["displayName"], "Tested");
}
