//! What Okta sends, in its order ("SCIM 2.0 protocol reference", developer.okta.com).

use serde_json::{Value, json};

use crate::harness::{Answer, App, Client, encode, patch};

on_both_backends!(
    okta_tests_its_credentials,
    okta_assigns_updates_deactivates_and_reassigns_a_user,
    okta_pushes_a_group_and_keeps_its_members,
    okta_imports_in_pages_of_a_stable_order,
);

const TYPE: &str = "application/scim+json; charset=utf-8";

/// A request with the headers of Okta's client.
async fn okta(client: &Client, method: &str, path: &str, body: &Value) -> Answer {
    let request = client.request(method, path).header("User-Agent", "Okta SCIM Client 1.0.0");
    let request = request.header("Accept", "application/scim+json").header("Accept-Charset", "utf-8");
    let request = request.header("Accept-Encoding", "gzip,deflate").header("Content-Type", TYPE);
    if body.is_null() { request.send().await } else { request.body(body.to_string()).send().await }
}

fn person() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada@acme.example",
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [{ "primary": true, "value": "ada@acme.example", "type": "work" }],
        "displayName": "Ada Lovelace",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": true,
    })
}

async fn look_up(client: &Client, name: &str) -> Value {
    let filter = encode(&format!("userName eq \"{name}\""));
    let path = format!("/Users?filter={filter}&startIndex=1&count=100");
    okta(client, "GET", &path, &Value::Null).await.assert_status(200).json()
}

async fn okta_tests_its_credentials(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let users = okta(&scim, "GET", "/Users?startIndex=1&count=2", &Value::Null).await.assert_status(200);
    assert_eq!(users.header("content-type"), "application/scim+json");
    let users = users.json();
    assert_eq!((&users["totalResults"], &users["Resources"], &users["startIndex"]), (&json!(0), &json!([]), &json!(1)));
    let groups = okta(&scim, "GET", "/Groups?startIndex=1&count=100", &Value::Null).await.assert_status(200).json();
    assert!(groups["totalResults"].is_u64() && groups["itemsPerPage"].is_u64(), "numbers, not texts");
    assert_eq!(look_up(&scim, "nobody@acme.example").await["totalResults"], 0);
}

async fn okta_assigns_updates_deactivates_and_reassigns_a_user(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    assert_eq!(look_up(&scim, "ada@acme.example").await["Resources"], json!([]));
    let made = okta(&scim, "POST", "/Users", &person()).await.assert_status(201);
    let path = format!("/Users/{}", made.id());
    assert_eq!((&made.json()["externalId"], &made.json()["active"]), (&json!("00ujl29u0le5T6Aj10h7"), &json!(true)));
    okta(&scim, "POST", "/Users", &person()).await.assert_scim_error(409, Some("uniqueness"));

    let mut fetched = okta(&scim, "GET", &path, &Value::Null).await.assert_status(200).json();
    fetched["name"]["familyName"] = "King".into();
    fetched["groups"] = json!([]);
    let changed = okta(&scim, "PUT", &path, &fetched).await.assert_status(200).json();
    assert_eq!((&changed["name"]["familyName"], &changed["id"]), (&json!("King"), &made.json()["id"]));
    assert_eq!(changed["meta"]["created"], made.json()["meta"]["created"]);
    let again = okta(&scim, "PUT", &path, &changed).await.assert_status(200).json();
    assert_eq!(again, changed, "a PUT of what was read changes nothing");

    let off = patch(json!([{ "op": "replace", "value": { "active": false } }]));
    let answer = okta(&scim, "PATCH", &path, &off).await.assert_status(200).json();
    assert_eq!((&answer["active"], &answer["name"]["familyName"]), (&json!(false), &json!("King")));
    assert_eq!(app.state_of(&acme, &made.id()).await["state"], "suspended");
    let found = look_up(&scim, "ADA@ACME.EXAMPLE").await;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["active"]), (&json!(1), &json!(false)));

    let mut back = person();
    back["id"] = made.json()["id"].clone();
    let back = okta(&scim, "PUT", &path, &back).await.assert_status(200).json();
    assert_eq!((&back["active"], &back["id"]), (&json!(true), &made.json()["id"]));
}

async fn okta_pushes_a_group_and_keeps_its_members(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let (ada, bob) = (scim.create_user("ada@acme.example").await, scim.create_user("bob@acme.example").await);
    let find = format!("/Groups?filter={}&startIndex=1&count=100", encode("displayName eq \"Engineering\""));
    assert_eq!(okta(&scim, "GET", &find, &Value::Null).await.json()["totalResults"], 0);
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Engineering", "members": [{ "value": ada, "display": "ada@acme.example" }] });
    let id = okta(&scim, "POST", "/Groups", &body).await.assert_status(201).id();
    okta(&scim, "POST", "/Groups", &body).await.assert_scim_error(409, Some("uniqueness"));
    let path = format!("/Groups/{id}");
    let change = patch(json!([
        { "op": "replace", "value": { "id": id, "displayName": "Engineers" } },
        { "op": "remove", "path": format!("members[value eq \"{ada}\"]") },
        { "op": "add", "path": "members", "value": [{ "value": bob, "display": "bob@acme.example" }] },
    ]));
    okta(&scim, "PATCH", &path, &change).await.assert_status(204);
    okta(&scim, "PATCH", &path, &change).await.assert_status(204);
    assert_eq!(scim.members(&id).await, std::slice::from_ref(&bob));
    assert_eq!(scim.get(&path).await.json()["displayName"], "Engineers");
    let mut both = vec![ada.clone(), bob.clone()];
    both.sort();
    let full = patch(json!([{ "op": "replace", "path": "members", "value": [{ "value": ada }, { "value": bob }] }]));
    okta(&scim, "PATCH", &path, &full).await.assert_status(204);
    assert_eq!(scim.members(&id).await, both);
    let empty = patch(json!([{ "op": "replace", "path": "members", "value": [] }]));
    okta(&scim, "PATCH", &path, &empty).await.assert_status(204);
    assert_eq!(scim.members(&id).await, Vec::<String>::new());
    let other = patch(json!([{ "op": "replace", "value": { "id": ada, "displayName": "Engineers" } }]));
    okta(&scim, "PATCH", &path, &other).await.assert_scim_error(400, Some("mutability"));
    assert_eq!(scim.get(&path).await.assert_status(200).id(), id, "an id in a value chooses nothing");
    okta(&scim, "DELETE", &path, &Value::Null).await.assert_status(204);
    okta(&scim, "GET", &path, &Value::Null).await.assert_scim_error(404, None);
}

async fn okta_imports_in_pages_of_a_stable_order(app: &App) {
    let scim = app.tenant("acme").await.scim();
    for n in 0..25 {
        scim.create_user(&format!("user{:02}@acme.example", (n * 7) % 25)).await;
    }
    let read = async |count: usize| {
        let mut ids: Vec<String> = Vec::new();
        loop {
            let path = format!("/Users?startIndex={}&count={count}", ids.len() + 1);
            let page = okta(&scim, "GET", &path, &Value::Null).await.assert_status(200).json();
            assert_eq!(page["totalResults"], 25);
            ids.extend(page["Resources"].as_array().expect("a list").iter().map(|user| user["id"].to_string()));
            if ids.len() >= 25 {
                return ids;
            }
        }
    };
    let by_ten = read(10).await;
    assert_eq!(by_ten, read(7).await);
    assert_eq!(by_ten.iter().collect::<std::collections::BTreeSet<_>>().len(), 25);
}
