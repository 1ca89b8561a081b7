//! Groups whose members do not stand in the answer's resource but are written out while it is sent.

use serde_json::{Value, json};

use crate::harness::{App, Client, group, patch};

on_both_backends!(a_large_group_is_answered_like_a_small_one, a_projection_shapes_the_members_of_a_large_group);

/// More than two pieces of an answer.
const MANY: usize = 230;

/// A group and the ids of its members, in their order.
async fn large(client: &Client) -> (String, Vec<String>) {
    let mut users = Vec::new();
    for number in 0..MANY {
        users.push(client.create_user(&format!("u{number}@acme.example")).await);
    }
    users.sort();
    let ids: Vec<&str> = users.iter().map(String::as_str).collect();
    let made = client.post("/Groups", &group("Everybody", &ids)).await.assert_status(201);
    assert_eq!(made.json()["members"].as_array().expect("a list").len(), MANY, "a create answers with all of them");
    (made.id(), users)
}

fn member(id: &str) -> Value {
    json!({ "value": id, "$ref": format!("https://usher.example.com/t/acme/scim/v2/Users/{id}"), "type": "User" })
}

async fn a_large_group_is_answered_like_a_small_one(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let (id, users) = large(&scim).await;
    let path = format!("/Groups/{id}");
    let whole = scim.get(&path).await.assert_status(200);
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
    let body = whole.json();
    let expected: Vec<Value> = users.iter().map(|id| member(id)).collect();
    assert_eq!(
        (&body["members"], &body["displayName"], &body["id"]),
        (&json!(expected), &json!("Everybody"), &json!(id))
    );
    assert_eq!(body["meta"]["version"], whole.header("etag"));
    let head = scim.request("HEAD", &path).send().await.assert_status(200);
    assert_eq!((head.header("content-length"), head.body.len()), (whole.header("content-length"), 0));
    let known = scim.request("GET", &path).header("If-None-Match", whole.header("etag")).send().await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    // one goes: the rest is what the PUT and the PATCH answer
    let out = patch(json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", users[0]) }]));
    let left = scim.patch(&format!("{path}?attributes=members"), &out).await.assert_status(200).json();
    assert_eq!(left["members"], json!(expected[1..]));
    let ids: Vec<&str> = users[1..].iter().map(String::as_str).collect();
    let put = scim.put(&path, &group("All of us", &ids)).await.assert_status(200);
    assert_eq!((&put.json()["displayName"], &put.json()["members"]), (&json!("All of us"), &json!(expected[1..])));
    assert_eq!(put.json(), scim.get(&path).await.json());
}

async fn a_projection_shapes_the_members_of_a_large_group(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let (id, users) = large(&scim).await;
    let shown = async |query: &str| scim.get(&format!("/Groups/{id}?{query}")).await.assert_status(200).json();
    let values: Vec<Value> = users.iter().map(|id| json!({ "value": id })).collect();
    assert_eq!(shown("attributes=members.value").await["members"], json!(values));
    let rest = shown("excludedAttributes=members.$ref").await;
    assert_eq!(rest["members"][0], json!({ "value": users[0], "type": "User" }));
    assert_eq!(rest["members"].as_array().expect("a list").len(), MANY);
    for none in ["attributes=members.display", "attributes=displayName", "excludedAttributes=members"] {
        assert_eq!(shown(none).await.get("members"), None, "{none}");
    }
}
