#![expect(clippy::needless_pass_by_value, reason = "test values are written where they are used")]

use serde_json::{Value, json};

use super::*;
use crate::filter::Filter;
use crate::json;
use crate::limits::Limits;
use crate::patch::{MemberOperation, Patch};
use crate::resource::Map;
use crate::schema::{Definition, ENTERPRISE_URN as ENTERPRISE};

fn read(body: Value) -> Map {
    read_from("generic", body)
}

/// A body as a client of this kind of connection is understood.
fn read_from(kind: &str, body: Value) -> Map {
    let limits = Limits::default();
    let bytes = body.to_string();
    let definition = Definition::user().speaking(Dialect::of(kind).unwrap());
    definition.read(json::parse(bytes.as_bytes(), &limits).unwrap(), &limits).unwrap().attributes
}

/// A user after one operation.
fn patched(before: Value, operation: Value) -> Map {
    let (user, limits) = (Definition::user(), Limits::default());
    let patch = Patch::read(json!({ "Operations": [operation] }), &user, &limits).unwrap();
    patch.apply(&read(before), &user, &limits).unwrap()
}

fn found(filter: &str, user: Value) -> bool {
    Filter::parse(filter, &Definition::user(), &Limits::default()).unwrap().matches(&read(user))
}

/// Shows one leniency at work; an unknown name fails, so that the list and the code cannot drift apart.
fn holds(name: &str) -> bool {
    let ada = || json!({ "userName": "ada" });
    match name {
        "string_booleans" => {
            read(json!({ "active": "True" }))["active"] == true
                && found("active eq \"True\"", json!({ "active": true }))
        }
        "capitalised_verbs" => patched(ada(), json!({ "op": "Add", "path": "title", "value": "x" }))["title"] == "x",
        "dotted_keys" => {
            patched(ada(), json!({ "op": "replace", "value": { "name.givenName": "x" } }))["name"]["givenName"] == "x"
        }
        "urn_keys" => {
            let key = format!("{ENTERPRISE}:department");
            let patched = patched(ada(), json!({ "op": "replace", "value": { key.as_str(): "x" } }));
            patched[ENTERPRISE]["department"] == "x" && read(json!({ key: "x" }))[ENTERPRISE]["department"] == "x"
        }
        "element_from_filter" => {
            let operation = json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" });
            patched(ada(), operation)["emails"] == json!([{ "type": "work", "value": "x" }])
        }
        "filter_after_brackets" => {
            found("emails[type eq \"work\"].value eq \"x\"", json!({ "emails": [{ "type": "work", "value": "x" }] }))
        }
        "complex_means_value" => {
            found(&format!("{ENTERPRISE}:manager eq \"m\""), json!({ "manager": { "value": "m" } }))
        }
        "unqualified_extension_names" => {
            patched(ada(), json!({ "op": "add", "path": "department", "value": "x" }))[ENTERPRISE]["department"] == "x"
                && found("department eq \"x\"", json!({ "department": "x" }))
        }
        "bare_string_for_complex" => {
            read(json!({ "emails": ["x"], "manager": "m" }))
                == read(json!({ "emails": [{ "value": "x" }], "manager": { "value": "m" } }))
        }
        "empty_reference_unassigns" => {
            let operation = json!({ "op": "Replace", "path": format!("{ENTERPRISE}:manager"), "value": "" });
            patched(json!({ "userName": "ada", "manager": "m" }), operation) == read(ada())
        }
        "remove_value_list" => {
            let body = json!({ "Operations": [{ "op": "Remove", "path": "members", "value": [{ "value": "a" }] }] });
            let patch = Patch::read(body, &Definition::group(), &Limits::default()).unwrap();
            patch.split_members().unwrap().1 == [MemberOperation::Remove(vec!["a".to_owned()])]
        }
        "null_is_unassigned" => {
            read(json!({ "title": null, "emails": [{ "value": null }], "manager": { "$ref": null } })).is_empty()
        }
        "ignored_roles" => {
            patched(ada(), json!({ "op": "Add", "path": "roles[primary eq \"True\"].value", "value": "x" }))
                == read(ada())
        }
        "unknown_schemas" => {
            read(json!({ "schemas": ["urn:scim:schemas:core:1.0"], "userName": "ada" })) == read(ada())
        }
        "undeclared_schema_paths" => {
            let path = "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag";
            patched(ada(), json!({ "op": "Add", "path": path, "value": "x" })) == read(ada())
        }
        "absent_schemas" => !read(ada()).is_empty(),
        "read_only_in_body" => {
            let body = json!({ "id": "x", "meta": {}, "groups": [], "userName": "ada" });
            read(body.clone()) == read(ada())
                && patched(ada(), json!({ "op": "replace", "value": body })) == read(ada())
        }
        "password_dropped" => read(json!({ "password": "x" })).is_empty(),
        "single_for_list" => {
            read(json!({ "emails": { "value": "x" } })) == read(json!({ "emails": [{ "value": "x" }] }))
        }
        "list_for_single" => {
            read(json!({ "manager": [{ "value": "m" }] })) == read(json!({ "manager": { "value": "m" } }))
        }
        "names_in_any_case" => read(json!({ "USERNAME": "ada" })) == read(ada()) && found("username Eq \"ADA\"", ada()),
        "byte_order_mark" => json::parse(b"\xef\xbb\xbf{}", &Limits::default()) == Ok(json!({})),
        "empty_text_unassigns" => {
            let body = json!({ "userName": "ada", "title": "", "name": { "givenName": "" }, "active": "",
                               "emails": [{ "value": "", "type": "work", "primary": true }], "manager": { "value": "" } });
            read_from("onelogin", body) == read(ada())
        }
        "manager_id" => {
            let manager = |parts: Value| json!({ "userName": "ada", ENTERPRISE: { "manager": parts } });
            let meant = read(manager(json!({ "value": "7" })));
            read_from("onelogin", manager(json!({ "managerId": "7", "displayName": "B" }))) == meant
                && read_from("onelogin", manager(json!({ "managerId": "8", "value": "7" }))) == meant
                && read_from("onelogin", manager(json!({ "value": "7", "managerId": "8" }))) == meant
        }
        unknown => panic!("no test shows {unknown}"),
    }
}

#[test]
fn every_leniency_is_at_work() {
    for leniency in LENIENCIES {
        assert!(holds(leniency.name), "{}", leniency.name);
    }
}

#[test]
fn what_is_ambiguous_is_read_as_the_standard_says_from_everybody_else() {
    for dialect in Dialect::all().iter().filter(|dialect| dialect.kind != "onelogin") {
        let read = read_from(dialect.kind, json!({ "title": "", "manager": { "managerId": "7" } }));
        assert_eq!(Value::Object(read), json!({ "title": "" }), "{}", dialect.name);
        assert!(LENIENCIES.iter().all(|one| dialect.takes(one.name) == (one.reach == Reach::Everybody)));
    }
    assert!(LENIENCIES.iter().all(|one| Dialect::of("onelogin").unwrap().takes(one.name)));
    assert!(!Dialect::generic().takes("no such leniency"));
}

#[test]
fn every_leniency_names_its_client_and_source_once() {
    for (index, leniency) in LENIENCIES.iter().enumerate() {
        assert!(!leniency.client.is_empty() && !leniency.accepted.is_empty() && !leniency.source.is_empty());
        assert!(LENIENCIES[..index].iter().all(|other| other.name != leniency.name), "{}", leniency.name);
    }
}

#[test]
fn booleans_as_text_are_taken_in_any_case_and_nothing_else_is() {
    let cases = [("True", Some(true)), ("FALSE", Some(false)), ("1", None), ("", None), ("yes", None), (" true", None)];
    for (text, expected) in cases {
        assert_eq!(boolean(text), expected, "{text:?}");
    }
}
