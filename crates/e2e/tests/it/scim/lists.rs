//! Filters, order, pages, projection and `/.search`.

use serde_json::{Value, json};

use crate::harness::{App, Client, encode, patch, user};

on_both_backends!(
    filters_find_what_they_say,
    lists_are_sorted_both_ways_with_those_without_a_value_last,
    s133_attributes_are_chosen_and_left_out_everywhere,
    search_by_post_finds_the_same,
    user_names_are_one_without_case_and_after_normalisation,
);

async fn people(scim: &Client) {
    for (name, title, active) in [
        ("ada", Some("Countess"), true),
        ("bob", Some("Builder"), true),
        ("cyd", None, false),
        ("dot", Some("builder"), true),
    ] {
        let mut body = user(&format!("{name}@acme.example"));
        body["userName"] = name.into();
        body["title"] = title.map_or(Value::Null, Value::from);
        body["active"] = active.into();
        body["emails"] = json!([
            { "value": format!("{name}@acme.example"), "type": "work", "primary": true },
            { "value": format!("{name}@home.example"), "type": "home" },
        ]);
        scim.post("/Users", &body).await.assert_status(201);
    }
}

fn names(list: &Value) -> Vec<&str> {
    list["Resources"].as_array().expect("a list").iter().map(|one| one["userName"].as_str().expect("a name")).collect()
}

async fn filters_find_what_they_say(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    for (filter, expected) in [
        ("userName eq \"ADA\"", &["ada"][..]),
        ("userName ne \"ada\"", &["bob", "cyd", "dot"]),
        ("title pr", &["ada", "bob", "dot"]),
        ("not (title pr)", &["cyd"]),
        ("title eq \"BUILDER\"", &["bob", "dot"]),
        ("title sw \"count\" or active eq false", &["ada", "cyd"]),
        ("userName eq \"ada\" or userName eq \"bob\" and active eq false", &["ada"]),
        ("(userName eq \"ada\" or userName eq \"bob\") and active eq false", &[]),
        ("userName ge \"bob\" and userName lt \"dot\"", &["bob", "cyd"]),
        ("emails[type eq \"home\" and value co \"acme\"]", &[]),
        ("emails[type eq \"home\" and value sw \"bob@\"]", &["bob"]),
        ("emails.value ew \"@home.example\" and userName sw \"d\"", &["dot"]),
        ("emails[type eq \"work\" and not (value co \"a@\")]", &["bob", "cyd", "dot"]),
        ("name.givenName eq \"Cyd\"", &["cyd"]),
        ("active eq true", &["ada", "bob", "dot"]),
        ("ACTIVE EQ \"False\"", &["cyd"]),
        ("meta.resourceType eq \"User\" and title eq \"countess\"", &["ada"]),
        ("externalId pr", &[]),
        ("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\" and userName eq \"dot\"", &["dot"]),
    ] {
        let path = format!("/Users?sortBy=userName&filter={}", encode(filter));
        let found = scim.get(&path).await.assert_status(200).json();
        assert_eq!(names(&found), expected, "{filter}");
        assert_eq!(found["totalResults"], expected.len(), "{filter}");
        assert_eq!(
            scim.total("/Users", filter).await,
            u64::try_from(expected.len()).expect("small"),
            "{filter}, unsorted"
        );
    }
}

async fn lists_are_sorted_both_ways_with_those_without_a_value_last(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    for (query, expected) in [
        ("sortBy=userName", ["ada", "bob", "cyd", "dot"]),
        ("sortBy=userName&sortOrder=descending", ["dot", "cyd", "bob", "ada"]),
        ("sortBy=name.givenName&sortOrder=descending", ["dot", "cyd", "bob", "ada"]),
        ("sortBy=emails", ["ada", "bob", "cyd", "dot"]),
    ] {
        let list = scim.get(&format!("/Users?{query}")).await.assert_status(200).json();
        assert_eq!(names(&list), expected, "{query}");
    }
    let list = scim.get("/Users?sortBy=title").await.assert_status(200).json();
    assert_eq!(names(&list).last(), Some(&"cyd"), "RFC 7644 §3.4.2.3");
    let list = scim.get("/Users?sortBy=title&sortOrder=descending").await.assert_status(200).json();
    assert_eq!(names(&list).first(), Some(&"cyd"));
    let page = scim.get("/Users?sortBy=title&startIndex=2&count=2").await.assert_status(200).json();
    assert_eq!((&page["itemsPerPage"], &page["startIndex"], &page["totalResults"]), (&json!(2), &json!(2), &json!(4)));
}

async fn s133_attributes_are_chosen_and_left_out_everywhere(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    let id = scim.find("/Users", "userName eq \"ada\"").await["Resources"][0]["id"].as_str().expect("an id").to_owned();
    let keys = |body: &Value| {
        let mut keys: Vec<String> = body.as_object().expect("an object").keys().cloned().collect();
        keys.sort();
        keys
    };
    let one = format!("/Users/{id}");
    let shown = scim.get(&format!("{one}?attributes=USERNAME,name.familyName")).await.assert_status(200).json();
    assert_eq!(keys(&shown), ["id", "name", "schemas", "userName"]);
    assert_eq!(shown["name"], json!({ "familyName": "Example" }));
    let hidden = scim.get(&format!("{one}?excludedAttributes=emails,meta,id")).await.assert_status(200).json();
    assert!(hidden.get("emails").is_none() && hidden.get("meta").is_none() && hidden["id"] == id.as_str());
    let list = scim.get("/Users?attributes=userName&count=1").await.assert_status(200).json();
    assert_eq!(keys(&list["Resources"][0]), ["id", "schemas", "userName"]);
    let title = patch(json!([{ "op": "replace", "path": "title", "value": "x" }]));
    let patched = scim.patch(&format!("{one}?attributes=title"), &title).await.assert_status(200).json();
    assert_eq!(keys(&patched), ["id", "schemas", "title"]);
    let created = scim.post("/Users?attributes=userName", &user("new@acme.example")).await.assert_status(201).json();
    assert_eq!(keys(&created), ["id", "schemas", "userName"]);
    let group = scim.create_group("Crew", &[&id]).await;
    let change = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]));
    let asked = scim.patch(&format!("/Groups/{group}?attributes=members"), &change).await.assert_status(200).json();
    assert_eq!(asked["members"][0]["value"], id.as_str(), "RFC 7644 §3.5.2");
}

async fn search_by_post_finds_the_same(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    scim.create_group("ada's crew", &[]).await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "userName sw \"a\" or title eq \"builder\"",
        "sortBy": "userName", "sortOrder": "descending", "startIndex": 1, "count": 2, "attributes": ["userName"],
    });
    let found = scim.post("/Users/.search", &body).await.assert_status(200).json();
    assert_eq!((names(&found), &found["totalResults"]), (vec!["dot", "bob"], &json!(3)));
    assert!(found["Resources"][0].get("emails").is_none());
    let groups = json!({ "schemas": body["schemas"], "filter": "displayName co \"crew\"" });
    assert_eq!(scim.post("/Groups/.search", &groups).await.assert_status(200).json()["totalResults"], 1);
    let both = json!({ "schemas": body["schemas"], "filter": "displayName sw \"ada\"" });
    let both = scim.post("/.search", &both).await.assert_status(200).json();
    let mut kinds: Vec<&str> = both["Resources"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["meta"]["resourceType"].as_str())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["Group", "User"]);
    let query = format!("?filter={}", encode("displayName sw \"ada\""));
    assert_eq!(scim.get(&query).await.assert_status(200).json(), both, "the door itself");
    assert_eq!(scim.get(&format!("/{query}")).await.assert_status(200).json(), both);
}

async fn user_names_are_one_without_case_and_after_normalisation(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let mut body = user("jose@acme.example");
    body["userName"] = "Jos\u{e9}".into();
    let id = scim.post("/Users", &body).await.assert_status(201).id();
    for spelling in ["JOS\u{c9}", "jose\u{301}", "ｊｏｓé"] {
        let mut other = user("other@acme.example");
        other["userName"] = spelling.into();
        scim.post("/Users", &other).await.assert_scim_error(409, Some("uniqueness"));
        assert_eq!(
            scim.find("/Users", &format!("userName eq \"{spelling}\"")).await["Resources"][0]["id"],
            id.as_str()
        );
    }
    let other = scim.create_user("other@acme.example").await;
    let rename = patch(json!([{ "op": "replace", "path": "userName", "value": "JOS\u{c9}" }]));
    scim.patch(&format!("/Users/{other}"), &rename).await.assert_scim_error(409, Some("uniqueness"));
}
