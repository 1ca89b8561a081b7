//! Cursor paging over HTTP (RFC 9865).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{App, Client, encode};

on_both_backends!(
    pages_are_reached_by_get_and_by_search,
    the_configuration_tells_of_both_ways_of_paging,
    a_cursor_that_is_too_old_says_so,
);

fn names(page: &Value) -> Vec<String> {
    let name = |one: &Value| one["userName"].as_str().expect("a name").to_owned();
    page["Resources"].as_array().expect("a list").iter().map(name).collect()
}

async fn people(scim: &Client) {
    for name in ["ada", "bob", "cyd", "dot", "eve"] {
        scim.create_user(&format!("{name}@acme.example")).await;
    }
}

async fn pages_are_reached_by_get_and_by_search(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    let query = "/Users?sortBy=userName&sortOrder=descending&attributes=userName&count=2";
    // As RFC 9865 §2 writes it: a parameter without a value.
    let first = scim.get(&format!("{query}&cursor")).await.assert_status(200).json();
    assert_eq!(names(&first), ["eve@acme.example", "dot@acme.example"]);
    assert_eq!((&first["totalResults"], &first["itemsPerPage"]), (&json!(5), &json!(2)));
    assert!(first.get("previousCursor").is_none() && first.get("startIndex").is_none(), "{first}");
    let next = first["nextCursor"].as_str().expect("there is more");
    let second = scim.get(&format!("{query}&cursor={next}")).await.assert_status(200).json();
    assert_eq!(names(&second), ["cyd@acme.example", "bob@acme.example"]);
    let next = second["nextCursor"].as_str().expect("there is more");
    let last = scim.get(&format!("{query}&cursor={next}")).await.assert_status(200).json();
    assert_eq!(names(&last), ["ada@acme.example"]);
    assert!(last.get("nextCursor").is_none(), "RFC 9865 §2: none on the last page");
    let back = last["previousCursor"].as_str().expect("the page before");
    let back = scim.get(&format!("{query}&cursor={back}")).await.assert_status(200).json();
    assert_eq!(names(&back), names(&second));

    let mut search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "displayName sw \"\"",
        "attributes": ["userName"], "cursor": "", "count": 3,
    });
    let first = scim.post("/.search", &search).await.assert_status(200).json();
    search["cursor"] = first["nextCursor"].clone();
    scim.post("/.search", &search).await.assert_status(200);
    scim.post("/Users/.search", &search).await.assert_scim_error(400, Some("invalidCursor"));
}

async fn the_configuration_tells_of_both_ways_of_paging(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    let config = scim.get("/ServiceProviderConfig").await.assert_status(200).json();
    let pagination = &config["pagination"];
    assert_eq!((&pagination["cursor"], &pagination["index"]), (&json!(true), &json!(true)));
    assert_eq!(pagination["defaultPaginationMethod"], "index");
    let plain = scim.get("/Users?count=2").await.assert_status(200).json();
    assert!(plain.get("nextCursor").is_none() && plain["startIndex"] == 1, "index is the default: {plain}");
    let most = pagination["maxPageSize"].as_u64().expect("a number");
    scim.get(&format!("/Users?cursor=&count={}", most + 1)).await.assert_status(200);
}

async fn a_cursor_that_is_too_old_says_so(app: &App) {
    let scim = app.tenant("acme").await.scim();
    people(&scim).await;
    let config = scim.get("/ServiceProviderConfig").await.assert_status(200).json();
    let timeout = config["pagination"]["cursorTimeout"].as_i64().expect("a number");
    let query = format!("/Users?filter={}&count=2", encode("active eq true"));
    let first = scim.get(&format!("{query}&cursor=")).await.assert_status(200).json();
    let next = format!("{query}&cursor={}", first["nextCursor"].as_str().expect("there is more"));
    app.clock.advance(TimeDelta::seconds(timeout));
    scim.get(&next).await.assert_status(200);
    app.clock.advance(TimeDelta::seconds(1));
    scim.get(&next).await.assert_scim_error(400, Some("expiredCursor"));
}
