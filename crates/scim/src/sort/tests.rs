use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;

/// The `id`s of `users` in the order of `by`.
fn sorted(by: &str, descending: bool, users: &Value) -> Vec<String> {
    let by = SortBy::parse(by, descending, &Definition::user()).unwrap();
    let mut users: Vec<_> = users.as_array().unwrap().iter().map(|user| user.as_object().unwrap()).collect();
    users.sort_by_key(|user| by.key(user));
    users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn missing_values_come_last_ascending_and_first_descending() {
    let users = json!([{ "id": "none" }, { "id": "b", "title": "B" }, { "id": "a", "title": "a" }, { "id": "c", "title": "ç" }]);
    assert_eq!(sorted("TITLE", false, &users), ["a", "b", "c", "none"]);
    assert_eq!(sorted("title", true, &users), ["none", "c", "b", "a"]);
}

#[test]
fn case_counts_only_where_the_schema_says_so() {
    let users =
        json!([{ "id": "1", "externalId": "a", "userName": "B" }, { "id": "2", "externalId": "B", "userName": "a" }]);
    assert_eq!(sorted("externalId", false, &users), ["2", "1"]);
    assert_eq!(sorted("userName", false, &users), ["2", "1"]);
}

#[test]
fn of_a_list_the_primary_element_counts_else_the_first() {
    let users = json!([
        { "id": "1", "emails": [{ "value": "a" }, { "value": "z", "primary": true }] },
        { "id": "2", "emails": [{ "value": "m" }, { "value": "a" }] },
    ]);
    assert_eq!(sorted("emails", false, &users), ["2", "1"]);
    assert_eq!(sorted("emails.value", true, &users), ["1", "2"]);
}

#[test]
fn times_and_booleans_have_their_own_order() {
    let users = json!([
        { "id": "1", "active": true, "meta": { "created": "2026-01-01T00:00:00.000Z" } },
        { "id": "2", "active": false, "meta": { "created": "2026-01-01T00:30:00+01:00" } },
    ]);
    assert_eq!(sorted("meta.created", false, &users), ["2", "1"]);
    assert_eq!(sorted("active", false, &users), ["2", "1"]);
}

#[test]
fn what_cannot_be_sorted_by_is_refused() {
    let parse = |text: &str| SortBy::parse(text, false, &Definition::user()).unwrap_err();
    for text in ["shoeSize", "name", "addresses", "", "emails["] {
        assert_eq!(parse(text).scim_type, Some(ScimType::InvalidPath), "{text}");
    }
    assert_eq!((parse("password").status, parse("password").scim_type), (403, Some(ScimType::Sensitive)));
    assert_eq!(
        SortBy::parse("name.familyName", true, &Definition::user()).unwrap().path.to_string(),
        "name.familyName"
    );
}

#[test]
fn a_key_comes_back_from_its_bytes() {
    let user = json!({ "title": "ÄB", "active": true, "meta": { "created": "2026-01-01T00:00:00.123Z" } });
    for by in ["title", "active", "meta.created", "nickName", "userName"] {
        for descending in [false, true] {
            let by = SortBy::parse(by, descending, &Definition::user()).unwrap();
            let key = by.key(user.as_object().unwrap());
            assert_eq!(by.read_key(&key.to_bytes()).as_ref(), Some(&key), "{key:?}");
        }
    }
    let by = SortBy::parse("title", false, &Definition::user()).unwrap();
    let number = SortKey { value: Some(Part::Number(Number::from_f64(1.5).unwrap())), descending: false };
    assert_eq!(by.read_key(&number.to_bytes()), Some(number));
    for bytes in [&b""[..], b"x", b"-x", b"i1", b"t\xff", b"n{}", b"b"] {
        assert_eq!(by.read_key(bytes), None, "{bytes:?}");
    }
}

#[test]
fn of_a_long_text_the_beginning_counts() {
    let by = SortBy::parse("title", false, &Definition::user()).unwrap();
    let key = |text: String| by.key(json!({ "title": text }).as_object().unwrap());
    let long = "\u{10ffff}".repeat(100_000);
    assert!(key(long.clone()).to_bytes().len() <= 513);
    assert_eq!(key(format!("{long}a")), key(format!("{long}b")));
    assert!(key("x".repeat(127) + "a") < key("x".repeat(127) + "b"));
}
