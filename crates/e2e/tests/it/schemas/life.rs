//! Declared, published, changed, taken back, declared again.

use serde_json::{Value, json};
use usher_core::ConnectionKind;

use super::{URN, badge, declare, path, with};
use crate::harness::{App, Client, Setup};

on_both_backends!(
    a_declared_schema_is_published_to_its_connection_alone,
    a_declaration_is_an_event_and_the_same_again_is_none,
    a_change_keeps_types_and_shows_at_once_in_every_version,
    a_schema_that_was_taken_back_hides_its_values_until_it_is_declared_again,
    values_of_another_type_are_left_out_and_nothing_breaks,
    settings_keep_schemas_and_schemas_keep_required_paths,
    another_process_sees_a_declaration_when_it_looks_again,
    groups_have_schemas_too,
);

fn urns(listed: &Value, key: &str) -> Vec<String> {
    let all = listed["Resources"].as_array().expect("a list").iter();
    all.map(|one| one[key].as_str().expect("text").to_owned()).collect()
}

async fn extensions(client: &Client) -> Value {
    client.get("/ResourceTypes/User").await.assert_status(200).json()["schemaExtensions"].clone()
}

async fn a_declared_schema_is_published_to_its_connection_alone(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let other = app.connection(&acme, "other", ConnectionKind::Entra).await;
    let ada = acme.scim().create_user("ada@acme.example").await;
    declare(app, &badge()).await.assert_status(201);
    let schema = acme.scim().get(&format!("/Schemas/{URN}")).await.assert_status(200).json();
    assert_eq!(
        (&schema["id"], &schema["name"], &schema["meta"]["resourceType"]),
        (&json!(URN), &json!("Acme"), &json!("Schema"))
    );
    let badge_number = json!({ "name": "badge", "type": "integer", "multiValued": false, "description": "", "required": false,
        "mutability": "readWrite", "returned": "default", "uniqueness": "none" });
    assert_eq!(schema["attributes"][0], badge_number);
    assert!(urns(&acme.scim().get("/Schemas").await.json(), "id").contains(&URN.to_owned()));
    let enterprise =
        json!({ "schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "required": false });
    assert_eq!(extensions(&acme.scim()).await, json!([enterprise, { "schema": URN, "required": false }]));
    acme.scim()
        .put(&format!("/Users/{ada}"), &with("ada@acme.example", json!({ "badge": 7 })))
        .await
        .assert_status(200);
    for client in [other.scim(), globex.scim()] {
        client.get(&format!("/Schemas/{URN}")).await.assert_scim_error(404, None);
        assert!(!urns(&client.get("/Schemas").await.json(), "id").contains(&URN.to_owned()));
        assert_eq!(extensions(&client).await, json!([enterprise]));
        let filter = crate::harness::encode(&format!("{URN}:badge pr"));
        client.get(&format!("/Users?filter={filter}")).await.assert_scim_error(400, Some("invalidFilter"));
    }
    let seen = other.scim().get(&format!("/Users/{ada}")).await.assert_status(200);
    assert!(!seen.text().contains("urn:example"), "{}", seen.text());
    let made = other.scim().post("/Users", &with("bob@acme.example", json!({ "badge": "no number" }))).await;
    assert_eq!(made.assert_status(201).json().get(URN), None, "there it is one more unknown extension");
}

async fn a_declaration_is_an_event_and_the_same_again_is_none(app: &App) {
    let acme = app.tenant("acme").await;
    declare(app, &badge()).await.assert_status(201);
    declare(app, &badge()).await.assert_status(200);
    let mut changed = badge();
    changed["description"] = "Changed".into();
    changed["resourceType"] = "User".into();
    let answer =
        app.api("PUT", &path("first", &URN.to_lowercase())).json(&changed).send().await.assert_status(200).json();
    assert_eq!((&answer["urn"], &answer["resource"]), (&json!(URN), &json!("User")));
    assert_eq!(answer["schema"]["description"], "Changed");
    let listed =
        app.api("GET", "/api/v1/tenants/acme/connections/first/schemas").send().await.assert_status(200).json();
    assert_eq!(listed["schemas"], json!([answer]));
    let connections = app.api("GET", "/api/v1/tenants/acme/connections").send().await.json();
    assert_eq!(connections["connections"][0]["schemas"], 1);
    app.api("DELETE", &path("first", URN)).send().await.assert_status(204);
    app.api("DELETE", &path("first", URN)).send().await.assert_status(404);
    let events = app.events(&acme).await;
    let told: Vec<&Value> =
        events.iter().filter(|event| event["kind"].as_str().is_some_and(|kind| kind.contains("schema"))).collect();
    let kinds: Vec<&Value> = told.iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["connection.schema_declared", "connection.schema_changed", "connection.schema_removed"]);
    assert_eq!((&told[0]["actor"]["kind"], &told[0]["data"]["before"]), (&json!("operator"), &Value::Null));
    assert_eq!(told[1]["data"]["before"]["description"], "What Acme knows of its people");
    assert_eq!((&told[1]["data"]["after"]["description"], &told[2]["data"]["urn"]), (&json!("Changed"), &json!(URN)));
}

async fn a_change_keeps_types_and_shows_at_once_in_every_version(app: &App) {
    let acme = app.tenant("acme").await;
    declare(app, &badge()).await.assert_status(201);
    let made = acme.scim().post("/Users", &with("ada@acme.example", json!({ "badge": 7, "notes": "n" }))).await;
    let id = made.assert_status(201).id();
    let before = acme.scim().get(&format!("/Users/{id}")).await.assert_status(200);
    assert_eq!(before.json()[URN], json!({ "badge": 7 }));
    for (index, kind, word) in [
        (0, json!({ "name": "badge", "type": "string" }), "badge"),
        (0, json!({ "name": "BADGE", "type": "integer", "multiValued": true }), "badge"),
        (6, json!({ "name": "car", "type": "string" }), "car"),
    ] {
        let mut other = badge();
        other["attributes"][index] = kind;
        let refused = declare(app, &other).await.assert_status(409).json();
        assert_eq!(refused["error"]["reason"], "schema_incompatible");
        assert!(refused["error"]["message"].as_str().is_some_and(|text| text.contains(word)), "{refused}");
    }
    let elsewhere = app.api("PUT", &format!("{}?resource=Group", path("first", URN))).json(&badge()).send().await;
    assert_eq!(elsewhere.assert_status(409).json()["error"]["reason"], "schema_incompatible");
    let mut shown = badge();
    shown["attributes"][5]["returned"] = "default".into();
    shown["attributes"].as_array_mut().expect("a list").push(json!({ "name": "team", "multiValued": true }));
    declare(app, &shown).await.assert_status(200);
    let same = acme.scim().request("GET", &format!("/Users/{id}")).header("If-None-Match", before.header("etag"));
    let after = same.send().await.assert_status(200);
    assert_eq!(after.json()[URN], json!({ "badge": 7, "notes": "n" }), "another answer has another version");
    let team = crate::harness::patch(json!([{ "op": "add", "path": format!("{URN}:team"), "value": ["a", "b"] }]));
    let patched = acme.scim().patch(&format!("/Users/{id}"), &team).await.assert_status(200).json();
    assert_eq!(patched[URN]["team"], json!(["a", "b"]));
}

async fn a_schema_that_was_taken_back_hides_its_values_until_it_is_declared_again(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &badge()).await.assert_status(201);
    let make = async |name: &str| scim.post("/Users", &with(name, json!({ "badge": 7 }))).await.assert_status(201).id();
    let (ada, bob) = (make("ada@acme.example").await, make("bob@acme.example").await);
    app.api("DELETE", &path("first", URN)).send().await.assert_status(204);
    for id in [&ada, &bob] {
        let seen = scim.get(&format!("/Users/{id}")).await.assert_status(200);
        assert!(!seen.text().contains("urn:example"), "{}", seen.text());
    }
    scim.get(&format!("/Schemas/{URN}")).await.assert_scim_error(404, None);
    scim.patch(
        &format!("/Users/{ada}"),
        &crate::harness::patch(json!([{ "op": "add", "path": "title", "value": "x" }])),
    )
    .await
    .assert_status(200);
    scim.put(&format!("/Users/{bob}"), &crate::harness::user("bob@acme.example")).await.assert_status(200);
    declare(app, &badge()).await.assert_status(201);
    assert_eq!(scim.get(&format!("/Users/{ada}")).await.json()[URN], json!({ "badge": 7 }), "a PATCH leaves them");
    assert_eq!(scim.get(&format!("/Users/{bob}")).await.json().get(URN), None, "a PUT clears what it does not name");
}

async fn values_of_another_type_are_left_out_and_nothing_breaks(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &badge()).await.assert_status(201);
    let parts =
        json!({ "badge": 7, "room": "A1", "car": { "plate": "X", "electric": true }, "cards": [{ "value": "c" }] });
    let ada = scim.post("/Users", &with("ada@acme.example", parts)).await.assert_status(201).id();
    app.api("DELETE", &path("first", URN)).send().await.assert_status(204);
    let other = json!({ "id": URN.to_uppercase().replace("URN:", "urn:"), "attributes": [
        { "name": "Badge", "type": "string" }, { "name": "ROOM", "type": "string" }, { "name": "car", "type": "boolean" },
        { "name": "cards", "type": "complex", "subAttributes": [{ "name": "value", "type": "integer" }] },
    ] });
    declare(app, &other).await.assert_status(201);
    let urn = other["id"].as_str().expect("a URN");
    let seen = scim.get(&format!("/Users/{ada}")).await.assert_status(200).json();
    assert_eq!(seen[urn], json!({ "ROOM": "A1" }), "what does not fit is not shown");
    for query in
        [format!("filter={urn}:badge%20pr"), format!("sortBy={urn}:badge"), format!("filter={urn}:car%20eq%20true")]
    {
        scim.get(&format!("/Users?{query}")).await.assert_status(200);
    }
    let operations = json!([{ "op": "add", "path": format!("{urn}:badge"), "value": "seven" },
        { "op": "add", "path": format!("{urn}:cards.value"), "value": 3 }, { "op": "remove", "path": format!("{urn}:car") }]);
    let patched =
        scim.patch(&format!("/Users/{ada}"), &crate::harness::patch(operations)).await.assert_status(200).json();
    assert_eq!(patched[urn], json!({ "ROOM": "A1", "Badge": "seven", "cards": { "value": 3 } }));
}

async fn settings_keep_schemas_and_schemas_keep_required_paths(app: &App) {
    let acme = app.tenant("acme").await;
    let settings = "/api/v1/tenants/acme/connections/first/settings";
    let required = json!({ "required": [format!("{URN}:badge")] });
    app.api("PUT", settings).json(&required).send().await.assert_status(400);
    declare(app, &badge()).await.assert_status(201);
    app.api("PUT", settings).json(&required).send().await.assert_status(200);
    let missing = acme.scim().post("/Users", &crate::harness::user("ada@acme.example")).await;
    let missing = missing.assert_scim_error(400, Some("invalidValue"));
    assert!(missing.text().contains(&format!("{URN}:badge")), "{}", missing.text());
    let published = extensions(&acme.scim()).await;
    assert_eq!(published[1], json!({ "schema": URN, "required": true }), "{published}");
    let refused = app.api("DELETE", &path("first", URN)).send().await.assert_status(409).json();
    assert_eq!(refused["error"]["reason"], "schema_in_use");
    let mut without = badge();
    without["attributes"].as_array_mut().expect("a list").remove(0);
    assert_eq!(declare(app, &without).await.assert_status(409).json()["error"]["reason"], "schema_in_use");
    app.api("PUT", settings).json(&json!({})).send().await.assert_status(200);
    acme.scim().get(&format!("/Schemas/{URN}")).await.assert_status(200);
    app.api("DELETE", &path("first", URN)).send().await.assert_status(204);
}

async fn another_process_sees_a_declaration_when_it_looks_again(app: &App) {
    let acme = app.tenant("acme").await;
    declare(app, &badge()).await.assert_status(201);
    let replica = app.replica(Setup::default()).await;
    acme.through(replica.address).get(&format!("/Schemas/{URN}")).await.assert_status(200);
    replica.stop().await;
}

async fn groups_have_schemas_too(app: &App) {
    let acme = app.tenant("acme").await;
    let urn = "urn:example:acme:2.0:Group";
    let schema = json!({ "id": urn, "resourceType": "Group", "attributes": [
        { "name": "displayName", "type": "string" }, { "name": "cost", "type": "integer", "mutability": "immutable" }] });
    app.api("PUT", &path("first", urn)).json(&schema).send().await.assert_status(201);
    let types = acme.scim().get("/ResourceTypes/Group").await.assert_status(200).json();
    assert_eq!(types["schemaExtensions"], json!([{ "schema": urn, "required": false }]));
    let body = json!({ "displayName": "Ops", urn: { "displayName": "Operations", "cost": 5 } });
    let group = acme.scim().post("/Groups", &body).await.assert_status(201);
    assert_eq!(group.json()[urn], json!({ "displayName": "Operations", "cost": 5 }));
    assert_eq!(acme.scim().total("/Groups", &format!("{urn}:displayName eq \"operations\"")).await, 1);
    assert_eq!(acme.scim().total("/Groups", "displayName eq \"operations\"").await, 0);
    let at = format!("/Groups/{}", group.id());
    let change = crate::harness::patch(json!([{ "op": "replace", "path": format!("{urn}:cost"), "value": 6 }]));
    acme.scim().patch(&at, &change).await.assert_scim_error(400, Some("mutability"));
    let change =
        crate::harness::patch(json!([{ "op": "replace", "path": format!("{urn}:displayName"), "value": "O" }]));
    acme.scim().patch(&at, &change).await.assert_status(204);
    acme.scim().put(&at, &json!({ "displayName": "Ops" })).await.assert_status(200);
    assert_eq!(
        acme.scim().get(&at).await.json()[urn],
        json!({ "cost": 5 }),
        "immutable: a PUT that leaves it out keeps it"
    );
}
