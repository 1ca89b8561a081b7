//! Values of a declared schema in every request.

use serde_json::{Value, json};

use super::{URN, badge, declare, with};
use crate::harness::{App, encode, patch};

on_both_backends!(
    values_are_kept_by_create_put_and_every_form_of_patch,
    what_the_schema_forbids_is_refused_and_nothing_changes,
    values_are_found_sorted_and_projected,
);

async fn values_are_kept_by_create_put_and_every_form_of_patch(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &badge()).await.assert_status(201);
    let parts =
        json!({ "BADGE": 7, "pin": "1234", "salary": 1.5, "notes": "n", "shoe": 44, "hired": "2026-01-02T03:04:05Z" });
    let made = scim.post("/Users", &with("ada@acme.example", parts)).await.assert_status(201);
    let said = json!({ "badge": 7, "notes": "n", "hired": "2026-01-02T03:04:05Z" });
    assert_eq!(made.json()[URN], said, "what is returned on request is, to whoever has just set it (RFC 7643 §7)");
    let seen = scim.get(&format!("/Users/{}", made.id())).await.assert_status(200).json();
    assert_eq!(seen[URN], json!({ "badge": 7, "hired": "2026-01-02T03:04:05Z" }));
    assert!(made.json()["schemas"].as_array().expect("a list").contains(&json!(URN)));
    let log = app.events(&acme).await.last().expect("the create").to_string();
    assert!(log.contains("\"badge\":7") && !log.contains("salary"), "what is never returned is not in the log: {log}");
    let at = format!("/Users/{}", made.id());
    let key = |rest: &str| format!("{URN}:{rest}");
    for (operation, part, expected) in [
        (json!({ "op": "Replace", "path": key("badge"), "value": 8 }), "badge", json!(8)),
        (json!({ "op": "Add", "path": key("car.plate"), "value": "X-1" }), "car", json!({ "plate": "X-1" })),
        (
            json!({ "op": "add", "path": key("car.electric"), "value": "True" }),
            "car",
            json!({ "plate": "X-1", "electric": true }),
        ),
        (
            json!({ "op": "Add", "path": key("cards[type eq \"door\"].value"), "value": "c-1" }),
            "cards",
            json!([{ "type": "door", "value": "c-1" }]),
        ),
        (
            json!({ "op": "replace", "path": key("cards[type eq \"door\"].value"), "value": "c-2" }),
            "cards",
            json!([{ "type": "door", "value": "c-2" }]),
        ),
        (json!({ "op": "add", "value": { URN: { "room": "A1" } } }), "room", json!("A1")),
        (json!({ "op": "replace", "value": { key("room"): "A2", key("car.plate"): "X-2" } }), "room", json!("A2")),
        (json!({ "op": "remove", "path": key("car.electric") }), "car", json!({ "plate": "X-2" })),
        (
            json!({ "op": "add", "path": key("hired"), "value": "2026-01-02T03:04:05Z" }),
            "hired",
            json!("2026-01-02T03:04:05Z"),
        ),
        (json!({ "op": "remove", "path": key("cards") }), "cards", Value::Null),
        (json!({ "op": "add", "path": "title", "value": "x" }), "notes", Value::Null),
        (json!({ "op": "replace", "path": key("notes"), "value": "m" }), "notes", json!("m")),
    ] {
        let answer = scim.patch(&at, &patch(json!([operation]))).await.assert_status(200).json();
        assert_eq!(answer[URN][part], expected, "{operation}");
    }
    let put = scim.put(&at, &with("ada@acme.example", json!({ "badge": 9 }))).await.assert_status(200).json();
    assert_eq!(put[URN], json!({ "badge": 9, "hired": "2026-01-02T03:04:05Z" }), "what is immutable stays");
    let bare = scim.put(&at, &crate::harness::user("ada@acme.example")).await.assert_status(200).json();
    assert_eq!(bare[URN], json!({ "hired": "2026-01-02T03:04:05Z" }));
}

async fn what_the_schema_forbids_is_refused_and_nothing_changes(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let mut schema = badge();
    schema["attributes"][0]["required"] = true.into();
    declare(app, &schema).await.assert_status(201);
    scim.post("/Users", &with("eve@acme.example", json!({ "room": "A1" })))
        .await
        .assert_scim_error(400, Some("invalidValue"));
    scim.create_user("bob@acme.example").await;
    let parts = json!({ "badge": 7, "hired": "2026-01-02T03:04:05Z" });
    let at = format!("/Users/{}", scim.post("/Users", &with("ada@acme.example", parts)).await.assert_status(201).id());
    let before = scim.get(&at).await.text();
    for (parts, kind) in [
        (json!({ "badge": "seven" }), "invalidValue"),
        (json!({ "badge": 7, "hired": "yesterday" }), "invalidValue"),
        (json!({ "badge": 7, "hired": "2027-01-02T03:04:05Z" }), "mutability"),
        (json!({ "badge": 7, "car": "x" }), "invalidValue"),
        (
            json!({ "badge": 7, "cards": [{ "value": "a", "primary": true }, { "value": "b", "primary": true }] }),
            "invalidValue",
        ),
        (json!({ "room": "A1" }), "invalidValue"),
    ] {
        scim.put(&at, &with("ada@acme.example", parts)).await.assert_scim_error(400, Some(kind));
    }
    for (rest, value, kind) in [
        ("badge", json!(7.5), "invalidValue"),
        ("hired", json!("2027-01-02T03:04:05Z"), "mutability"),
        ("shoe", json!(44), "invalidPath"),
        ("cards[type eq 7].value", json!("x"), "invalidFilter"),
    ] {
        let operation = json!([{ "op": "replace", "path": format!("{URN}:{rest}"), "value": value }]);
        scim.patch(&at, &patch(operation)).await.assert_scim_error(400, Some(kind));
    }
    let gone = json!([{ "op": "add", "path": format!("{URN}:room"), "value": "x" }, { "op": "remove", "path": format!("{URN}:badge") }]);
    scim.patch(&at, &patch(gone)).await.assert_scim_error(400, Some("mutability"));
    assert_eq!(scim.get(&at).await.text(), before);
}

async fn values_are_found_sorted_and_projected(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    declare(app, &badge()).await.assert_status(201);
    for (name, parts) in [
        (
            "ada",
            json!({ "badge": 10, "room": "a1", "salary": 5, "cards": [{ "value": "c-1", "type": "door" }], "notes": "n" }),
        ),
        ("bob", json!({ "badge": 9, "room": "A1", "car": { "plate": "X" } })),
        ("cleo", json!({ "pin": "1" })),
    ] {
        scim.post("/Users", &with(&format!("{name}@acme.example"), parts)).await.assert_status(201);
    }
    for (filter, expected) in [
        ("@:badge gt 9", 1),
        ("@:badge pr", 2),
        ("not (@:badge pr)", 1),
        ("@:room eq \"a1\"", 1),
        ("@:car.plate eq \"x\"", 1),
        ("@:cards[type eq \"door\" and value sw \"C\"]", 1),
        ("@:cards[type eq \"garage\"].value eq \"c-1\"", 0),
        ("badge eq 9 and userName sw \"bob\"", 1),
    ] {
        assert_eq!(scim.total("/Users", &filter.replace('@', URN)).await, expected, "{filter}");
    }
    let secret = encode(&format!("{URN}:salary eq 5"));
    scim.get(&format!("/Users?filter={secret}")).await.assert_scim_error(403, Some("sensitive"));
    let names = async |query: &str| {
        let listed = scim.get(&format!("/Users?{query}")).await.assert_status(200).json();
        let names =
            listed["Resources"].as_array().expect("a list").iter().map(|one| one["userName"].as_str().expect("a name"));
        names.map(|name| name.split('@').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&format!("sortBy={URN}:badge")).await, ["bob", "ada", "cleo"]);
    assert_eq!(names(&format!("sortBy={URN}:badge&sortOrder=descending")).await, ["cleo", "ada", "bob"]);
    let ada = async |query: &str| {
        let filter = encode("userName sw \"ada\"");
        let listed = scim.get(&format!("/Users?filter={filter}&{query}")).await.assert_status(200).json();
        listed["Resources"][0][URN].clone()
    };
    let cards = json!([{ "value": "c-1", "type": "door" }]);
    assert_eq!(ada("count=1").await, json!({ "badge": 10, "room": "a1", "cards": cards }));
    assert_eq!(ada(&format!("attributes={URN}:notes,{URN}:salary")).await, json!({ "notes": "n" }));
    assert_eq!(ada(&format!("attributes={URN}:cards.type")).await, json!({ "cards": [{ "type": "door" }] }));
    assert_eq!(
        ada(&format!("attributes={URN}")).await,
        json!({ "badge": 10, "room": "a1", "notes": "n", "cards": cards })
    );
    assert_eq!(ada(&format!("excludedAttributes={URN}:cards,{URN}:room")).await, json!({ "badge": 10 }));
    assert_eq!(ada(&format!("excludedAttributes={URN}")).await, Value::Null);
}
