//! Cursors and filters that are forged, foreign or endless.

use serde_json::json;
use usher_core::ConnectionKind;

use super::Untouched;
use crate::harness::{App, encode, user};

on_both_backends!(
    s37_no_cursor_but_ones_own_is_taken,
    pages_that_cannot_be_are_refused_by_name,
    r60_r61_endless_filters_are_refused_at_once,
);

async fn s37_no_cursor_but_ones_own_is_taken(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let foreign = app.tenant("globex").await.scim();
    for name in ["a", "b", "c"] {
        foreign.post("/Users", &user(&format!("{name}@globex.example"))).await.assert_status(201);
    }
    let theirs = foreign.get("/Users?cursor=&count=1").await.assert_status(200).json();
    let theirs = theirs["nextCursor"].as_str().expect("there is more").to_owned();
    let mut bad = vec![
        "x".to_owned(),
        "null".to_owned(),
        "-1".to_owned(),
        "../../etc/passwd".to_owned(),
        "' or 1=1 --".to_owned(),
        "\u{1}".to_owned(),
        "💣".to_owned(),
        "A".repeat(60_000),
        theirs[..theirs.len() / 2].to_owned(),
        format!("{theirs}A"),
    ];
    bad.push(theirs);
    for text in &bad {
        for path in ["/Users", "/Groups"] {
            let answer = scim.get(&format!("{path}?cursor={}", encode(text))).await;
            answer.assert_scim_error(400, Some("invalidCursor"));
        }
        for path in ["/Users/.search", "/Groups/.search", "/.search"] {
            scim.post(path, &json!({ "cursor": text })).await.assert_scim_error(400, Some("invalidCursor"));
        }
    }
    let huge = json!({ "cursor": "A".repeat(1_000_000) });
    scim.post("/.search", &huge).await.assert_scim_error(400, Some("invalidCursor"));
    let other = app.connection(&there.tenant, "second", ConnectionKind::Generic).await.scim();
    scim.post("/Users", &user("new@acme.example")).await.assert_status(201);
    let mine = scim.get("/Users?cursor=&count=1").await.assert_status(200).json();
    let mine = mine["nextCursor"].as_str().expect("there is more");
    other.get(&format!("/Users?cursor={mine}")).await.assert_scim_error(400, Some("invalidCursor"));
    scim.get(&format!("/Users?cursor={mine}&filter={}", encode("active eq true")))
        .await
        .assert_scim_error(400, Some("invalidCursor"));
    scim.get(&format!("/Users?cursor={mine}")).await.assert_status(200);
}

async fn pages_that_cannot_be_are_refused_by_name(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    for count in ["0", "-1", "x", "1.5", "99999999999999999999", ""] {
        let answer = scim.get(&format!("/Users?cursor=&count={count}")).await;
        answer.assert_scim_error(400, Some("invalidCount"));
    }
    for (query, scim_type) in [
        ("cursor=&startIndex=2", "invalidValue"),
        ("cursor=&cursor=", "invalidValue"),
        ("startIndex=x", "invalidValue"),
        ("count=x", "invalidValue"),
    ] {
        scim.get(&format!("/Groups?{query}")).await.assert_scim_error(400, Some(scim_type));
    }
    there.check().await;
}

async fn r60_r61_endless_filters_are_refused_at_once(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    for filter in [
        format!("userName eq \"{}\"", "x".repeat(1_000_000 - 1000)),
        format!("{}userName pr{}", "(".repeat(10_000), ")".repeat(10_000)),
        vec!["userName eq \"a\""; 40_000].join(" or "),
        vec!["displayName sw \"a\""; 101].join(" or "),
        vec!["emails[type eq \"work\"]"; 101].join(" and "),
    ] {
        for path in ["/Users/.search", "/Groups/.search", "/.search"] {
            let search = json!({ "filter": filter, "cursor": "" });
            let answer = scim.post(path, &search).await;
            answer.assert_scim_error(400, Some("invalidFilter"));
        }
    }
    there.check().await;
}
