//! Groups whose members do not stand in the answer's resource but are written out while it is sent.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{App, Client, group, patch};

on_both_backends!(
    a_large_group_is_answered_like_a_small_one,
    a_projection_shapes_the_members_of_a_large_group,
    a_list_of_many_members_is_answered_like_a_short_one,
);

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

/// The members of each group of a list, by the group's name.
fn by_name(list: &Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let groups = list["Resources"].as_array().expect("a list").iter().filter(|one| one["displayName"].is_string());
    let members = |group: &Value| {
        group["members"].as_array().expect("members").iter().map(|member| text(&member["value"])).collect()
    };
    groups.map(|group| (text(&group["displayName"]), members(group))).collect()
}

/// More memberships than stand in an answer that is made as a whole.
const GROUPS: usize = 5_100 / MANY + 1;

async fn a_list_of_many_members_is_answered_like_a_short_one(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let (_, users) = large(&scim).await;
    let ids: Vec<&str> = users.iter().map(String::as_str).collect();
    let empty = ["Nobody", "Provision Managers"].map(str::to_owned);
    let mut expected: BTreeMap<_, _> = empty.clone().map(|name| (name, Vec::new())).into();
    expected.insert("Everybody".to_owned(), users.clone());
    scim.create_group("Nobody", &[]).await;
    for number in 1..GROUPS {
        // Somebody else is missing in each, so that no two are the same.
        let name = format!("Team \"members\":[] {number:02}");
        let some: Vec<&str> = ids.iter().enumerate().filter(|(place, _)| *place != number).map(|(_, id)| *id).collect();
        scim.create_group(&name, &some).await;
        expected.insert(name, some.into_iter().map(str::to_owned).collect());
    }
    let get = async |query: &str| scim.get(&format!("/Groups{query}")).await.assert_status(200);
    let whole = get("").await;
    assert_eq!(whole.header("transfer-encoding"), "chunked", "its length is not known when it begins");
    let whole = whole.json();
    assert_eq!((&whole["totalResults"], &whole["itemsPerPage"]), (&json!(expected.len()), &json!(expected.len())));
    assert_eq!(by_name(&whole), expected);
    for group in whole["Resources"].as_array().expect("a list") {
        let path = format!("/Groups/{}", group["id"].as_str().expect("an id"));
        assert_eq!(&scim.get(&path).await.assert_status(200).json(), group, "in a list as by itself");
    }
    let names = |list: &Value| {
        let all = list["Resources"].as_array().expect("a list").iter();
        all.filter_map(|group| group["displayName"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let sorted = get("?sortBy=displayName&sortOrder=descending&attributes=displayName,members.value").await.json();
    assert_eq!(names(&sorted), expected.keys().rev().cloned().collect::<Vec<_>>());
    assert_eq!(by_name(&sorted), expected);
    assert_eq!(sorted["Resources"][0]["members"][0], json!({ "value": expected[&names(&sorted)[0]][0] }));
    assert_eq!(by_name(&get("?cursor").await.json()), expected);
    let search = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 200,
                         "filter": "displayName pr", "startIndex": MANY + 1 });
    assert_eq!(by_name(&scim.post("/.search", &search).await.assert_status(200).json()), expected);
    let without = get("?attributes=displayName,members.display").await.json();
    assert!(without["Resources"].as_array().expect("a list").iter().all(|group| group.get("members").is_none()));
    // A filter that has to look at the members of each.
    let missing =
        format!("/Groups?filter={}", crate::harness::encode(&format!("not (members.value eq \"{}\")", users[3])));
    let found = scim.get(&missing).await.assert_status(200).json();
    let mut found = names(&found);
    found.sort();
    assert_eq!(found, [&empty[..], &["Team \"members\":[] 03".to_owned()]].concat());
}
