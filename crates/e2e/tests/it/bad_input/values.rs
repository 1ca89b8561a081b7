//! Values at and beyond their bounds: what a database would choke on does not reach it.

use serde_json::{Value, json};

use super::Untouched;
use crate::harness::{App, encode, patch, user};

on_both_backends!(
    r69_names_beyond_their_bound_are_refused_and_at_their_bound_kept,
    r69_no_filter_sort_or_page_makes_a_5xx,
    a_wildcard_of_the_database_is_a_character_like_any_other,
    r67_a_filter_on_a_password_is_refused,
    dates_out_of_range_are_refused_or_find_nothing,
    more_than_the_limits_of_a_patch_is_refused,
);

async fn r69_names_beyond_their_bound_are_refused_and_at_their_bound_kept(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let path = format!("/Users/{}", there.user);
    for long in ["x".repeat(1025), "x".repeat(12_000), "ä".repeat(600), "\u{1d400}".repeat(300), "\u{fdfa}".repeat(100)]
    {
        for attribute in ["userName", "externalId", "displayName"] {
            let mut body = user("eve@acme.example");
            body[attribute] = long.as_str().into();
            let folds_long = long.len() <= 1024;
            let answer = scim.post("/Users", &body).await;
            if folds_long && answer.status == 201 {
                scim.delete(&format!("/Users/{}", answer.id())).await.assert_status(204);
                continue;
            }
            answer.assert_scim_error(400, Some("invalidValue"));
            let operation = patch(json!([{ "op": "replace", "path": attribute, "value": long }]));
            scim.patch(&path, &operation).await.assert_scim_error(400, Some("invalidValue"));
        }
        let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": long });
        let status = scim.post("/Groups", &body).await.status;
        assert!(status == 400 || (long.len() <= 1024 && status == 201), "{status}");
    }
    let full = "x".repeat(1024);
    let mut body = user("full@acme.example");
    for attribute in ["userName", "externalId", "displayName"] {
        body[attribute] = full.as_str().into();
    }
    let id = scim.post("/Users", &body).await.assert_status(201).id();
    for attribute in ["userName", "externalId", "displayName"] {
        let found = scim.find("/Users", &format!("{attribute} eq \"{full}\"")).await;
        assert_eq!(found["Resources"][0]["id"], id.as_str(), "{attribute}");
    }
    scim.get(&format!("/Users/{}", there.user)).await.assert_status(200);
}

async fn r69_no_filter_sort_or_page_makes_a_5xx(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let or = |terms: usize| vec!["userName eq \"x\""; terms].join(" or ");
    for (filter, status) in [
        (or(100), 200),
        (or(101), 400),
        (or(300), 400),
        ("x".repeat(9000), 400),
        (format!("{}userName pr{}", "(".repeat(19), ")".repeat(19)), 200),
        (format!("{}userName pr{}", "(".repeat(21), ")".repeat(21)), 400),
        ("userName eq".to_owned(), 400),
        ("userName eq \"".to_owned(), 400),
        ("userName eq 'x'".to_owned(), 400),
        ("userName".to_owned(), 400),
        (String::new(), 400),
        ("noSuch eq \"x\"".to_owned(), 400),
        ("userName = \"x\"".to_owned(), 400),
        ("userName eq \"x\" or".to_owned(), 400),
        ("userName eq \"x\"; drop table users".to_owned(), 400),
        ("userName eq \"x\\\"".to_owned(), 400),
        ("active gt true".to_owned(), 400),
        ("userName eq \"' or 1=1 --\"".to_owned(), 200),
        ("userName eq \"\\u0000\"".to_owned(), 400),
        ("id eq \"' or 1=1 --\"".to_owned(), 200),
        ("emails[type eq \"work\" and emails[type eq \"x\"]]".to_owned(), 400),
        ("meta.created gt \"yesterday\"".to_owned(), 400),
    ] {
        for resources in ["/Users", "/Groups"] {
            let filter =
                if resources == "/Groups" { filter.replace("userName", "displayName") } else { filter.clone() };
            let answer = scim.get(&format!("{resources}?filter={}", encode(&filter))).await;
            let known = !filter.contains("emails") && !filter.contains("active");
            if resources == "/Users" || known {
                assert_eq!(answer.status, status, "{resources} {}: {}", &filter[..filter.len().min(80)], answer.text());
            }
            if answer.status != 200 {
                answer.assert_scim_error(400, Some("invalidFilter"));
            }
        }
    }
    for (query, items) in [
        ("?startIndex=-5&count=10", 1),
        ("?startIndex=0", 1),
        ("?count=-1", 0),
        ("?count=0", 0),
        ("?startIndex=2", 0),
        ("?startIndex=9223372036854775807", 0),
        ("?startIndex=9223372036854775807&count=9223372036854775807", 0),
        ("?count=9223372036854775807", 1),
    ] {
        let page = scim.get(&format!("/Users{query}")).await.assert_status(200).json();
        assert_eq!(page["totalResults"], 1, "{query}");
        assert_eq!(page["Resources"].as_array().map_or(0, Vec::len), items, "{query}");
    }
    for query in [
        "?startIndex=x",
        "?count=1.5",
        "?count=",
        "?startIndex=99999999999999999999",
        "?sortBy=noSuch",
        "?sortBy=",
        "?sortBy=userName&sortOrder=sideways",
        "?attributes=(",
        "?filter=a&filter=b",
        "?%ff=%ff",
        "?filter=%ff",
        "?attributes=userName&excludedAttributes=id",
    ] {
        let answer = scim.get(&format!("/Users{query}")).await;
        assert!(matches!(answer.status, 200 | 400), "{query}: {}", answer.status);
    }
    there.check().await;
}

async fn a_wildcard_of_the_database_is_a_character_like_any_other(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    for name in ["100%", "a_b", "axb", "back\\slash", "[a]*?", "plain"] {
        let mut body = user("x@acme.example");
        body["userName"] = name.into();
        body["displayName"] = name.into();
        body["emails"] = json!([]);
        scim.post("/Users", &body).await.assert_status(201);
        scim.create_group(name, &[]).await;
    }
    for (text, expected) in
        [("%", "100%"), ("_", "a_b"), ("\\\\", "back\\slash"), ("*", "[a]*?"), ("?", "[a]*?"), ("[", "[a]*?")]
    {
        for (resources, attribute) in [("/Users", "userName"), ("/Users", "displayName"), ("/Groups", "displayName")] {
            for operator in ["co", "sw", "ew"] {
                let found = scim.find(resources, &format!("{attribute} {operator} \"{text}\"")).await;
                let names: Vec<&Value> =
                    found["Resources"].as_array().unwrap().iter().map(|one| &one[attribute]).collect();
                assert!(names.iter().all(|name| **name == expected), "{attribute} {operator} {text}: {names:?}");
                assert!(operator != "co" || names.len() == 1, "{attribute} {operator} {text}: {names:?}");
            }
        }
    }
}

async fn r67_a_filter_on_a_password_is_refused(app: &App) {
    let acme = app.tenant("acme").await;
    for query in ["filter=password%20eq%20%22x%22", "filter=password%20pr", "sortBy=password"] {
        let answer = acme.scim().get(&format!("/Users?{query}")).await;
        assert!(matches!(answer.status, 400 | 403), "{query}: {}", answer.text());
    }
    let answer = acme.scim().get("/Users?filter=password%20eq%20%22x%22").await;
    answer.assert_scim_error(403, Some("sensitive"));
}

async fn dates_out_of_range_are_refused_or_find_nothing(app: &App) {
    let there = Untouched::new(app).await;
    for date in [
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "99999-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01",
        "2026-01-01T00:00:00+99:00",
        "1e9",
    ] {
        for attribute in ["meta.lastModified", "meta.created"] {
            for operator in ["gt", "ge", "lt", "eq"] {
                let filter = encode(&format!("{attribute} {operator} \"{date}\""));
                for resources in ["/Users", "/Groups"] {
                    let answer = there.tenant.scim().get(&format!("{resources}?filter={filter}")).await;
                    if answer.status != 200 {
                        answer.assert_scim_error(400, Some("invalidFilter"));
                    }
                }
            }
        }
    }
    let found = there.tenant.scim().total("/Users", "meta.lastModified gt \"9999-12-31T23:59:59Z\"").await;
    assert_eq!(found, 0);
}

async fn more_than_the_limits_of_a_patch_is_refused(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let operation = json!({ "op": "replace", "path": "title", "value": "x" });
    let body = patch(json!(vec![operation; 1001]));
    let answer = scim.patch(&format!("/Users/{}", there.user), &body).await;
    assert!(matches!(answer.status, 400 | 413), "{}", answer.text());
    let member = json!({ "value": there.user });
    let body = patch(json!([{ "op": "add", "path": "members", "value": vec![member; 10_001] }]));
    let answer = scim.patch(&format!("/Groups/{}", there.group), &body).await;
    assert!(matches!(answer.status, 400 | 413), "{}", answer.text());
    there.check().await;
}
