#![expect(clippy::needless_pass_by_value, reason = "test values are written where they are used")]

use serde_json::{Value, json};

use super::tests::{ada, apply};
use crate::error::ScimType;

/// The e-mail addresses of `ada` after one operation.
fn emails(operation: Value) -> Value {
    let text = operation.to_string();
    let done = apply(&ada(), &json!([operation])).unwrap_or_else(|error| panic!("{text}: {error}"));
    done.get("emails").cloned().unwrap_or_default()
}

fn refused(operation: Value) -> Option<ScimType> {
    apply(&ada(), &json!([operation])).unwrap_err().scim_type
}

fn work() -> Value {
    ada()["emails"][0].clone()
}

fn home() -> Value {
    ada()["emails"][1].clone()
}

#[test]
fn adding_appends_once() {
    let new = json!({ "value": "n@x.example", "type": "other" });
    for value in [json!([new]), new.clone()] {
        assert_eq!(emails(json!({ "op": "add", "path": "emails", "value": value })), json!([work(), home(), new]));
        assert_eq!(emails(json!({ "op": "add", "value": { "emails": value } })), json!([work(), home(), new]));
    }
    for same in [home(), json!({ "type": "HOME", "value": "H@x.example" }), json!({ "value": "h@x.example" })] {
        assert_eq!(emails(json!({ "op": "add", "path": "emails", "value": [same] })).as_array().unwrap().len(), 2);
    }
    for nothing in [json!([]), json!(null), json!([null])] {
        assert_eq!(emails(json!({ "op": "add", "path": "emails", "value": nothing })), ada()["emails"]);
    }
    let address = json!({ "locality": "Bonn", "type": "work" });
    let twice = json!([{ "op": "add", "path": "addresses", "value": address }, { "op": "add", "path": "addresses",
                       "value": { "type": "work", "locality": "Bonn" } }]);
    assert_eq!(apply(&ada(), &twice).unwrap()["addresses"], json!([address]), "the order of keys means nothing");
}

#[test]
fn replacing_a_list_replaces_it_whole() {
    assert_eq!(emails(json!({ "op": "replace", "path": "emails", "value": ["a"] })), json!([{ "value": "a" }]));
    for nothing in [json!([]), json!(null)] {
        assert_eq!(emails(json!({ "op": "replace", "path": "emails", "value": nothing })), Value::Null);
    }
    assert_eq!(emails(json!({ "op": "remove", "path": "emails" })), Value::Null);
}

#[test]
fn removing_with_a_list_of_values_removes_those() {
    let remove = |value: Value| emails(json!({ "op": "Remove", "path": "emails", "value": value }));
    assert_eq!(remove(json!([{ "value": "h@x.example" }])), json!([work()]));
    assert_eq!(remove(json!([{ "value": "h@x.example", "type": "work" }])), ada()["emails"]);
    assert_eq!(remove(json!([])), ada()["emails"]);
}

#[test]
fn values_are_the_same_as_their_attribute_compares() {
    let remove = |value: Value| emails(json!({ "op": "remove", "path": "emails", "value": value }));
    assert_eq!(remove(json!([{ "value": "H@X.EXAMPLE" }])), json!([work()]), "e-mail addresses compare without case");
    assert_eq!(remove(json!([{ "value": "w@x.example", "type": "WORK" }])), json!([home()]));
    let photos = |value: &str| json!({ "op": "add", "path": "photos", "value": [{ "value": value, "type": "photo" }] });
    let upper = "https://x.example/A";
    let two = apply(&ada(), &json!([photos(upper), photos("https://x.example/a"), photos(upper)])).unwrap();
    assert_eq!(two["photos"].as_array().unwrap().len(), 2, "references compare exactly (RFC 7643 §2.3.7)");
    let phones =
        |value: &str| json!({ "op": "add", "path": "phoneNumbers", "value": [{ "value": value, "type": "työ" }] });
    let one = apply(&ada(), &json!([phones("+358 Ä"), phones("+358 ä")])).unwrap();
    assert_eq!(one["phoneNumbers"].as_array().unwrap().len(), 1, "beyond ASCII too");
}

#[test]
fn one_value_at_most_is_primary() {
    let old = json!({ "value": "w@x.example", "type": "work", "primary": false });
    let new_home = json!({ "value": "h@x.example", "type": "home", "primary": true });
    for operation in [
        json!({ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": "True" }),
        json!({ "op": "add", "path": "emails[type eq \"home\"]", "value": { "primary": true } }),
        json!({ "op": "add", "path": "emails", "value": [{ "value": "h@x.example", "type": "home", "primary": true }] }),
    ] {
        assert_eq!(emails(operation), json!([old, new_home]));
    }
    let other = json!({ "value": "o", "type": "other", "primary": true });
    assert_eq!(emails(json!({ "op": "add", "path": "emails", "value": [other] })), json!([old, home(), other]));
    assert_eq!(
        refused(json!({ "op": "replace", "path": "emails[type pr].primary", "value": true })),
        Some(ScimType::NoTarget)
    );
    assert_eq!(
        refused(json!({ "op": "replace", "path": "emails[type pr]", "value": { "primary": true } })),
        Some(ScimType::NoTarget)
    );
}

#[test]
fn a_filter_chooses_what_is_changed() {
    let renamed = json!({ "value": "n@x.example", "type": "work", "primary": true });
    for op in ["Add", "Replace"] {
        let operation = json!({ "op": op, "path": "emails[type eq \"WORK\"].value", "value": "n@x.example" });
        assert_eq!(emails(operation), json!([renamed, home()]));
    }
    let added = json!({ "op": "add", "path": "emails[type eq \"home\"]", "value": { "display": "H" } });
    assert_eq!(emails(added)[1], json!({ "value": "h@x.example", "type": "home", "display": "H" }));
    let replaced = json!({ "op": "replace", "path": "emails[type eq \"work\"]", "value": { "value": "n" } });
    assert_eq!(emails(replaced)[0], json!({ "value": "n", "type": "work" }));
    let as_list = json!({ "op": "replace", "path": "emails[type eq \"work\"]", "value": [{ "value": "n" }] });
    assert_eq!(emails(as_list)[0]["value"], "n");
    let by_value = json!({ "op": "replace", "path": "emails[value eq \"h@x.example\" and not (primary eq true)].type", "value": "other" });
    assert_eq!(emails(by_value)[1]["type"], "other");
}

#[test]
fn what_an_equality_filter_describes_is_made_when_it_is_missing() {
    for op in ["add", "replace"] {
        let operation = json!({ "op": op, "path": "phoneNumbers[type eq \"mobile\"].value", "value": "2" });
        let done =
            apply(&json!({ "userName": "a", "phoneNumbers": [{ "type": "work", "value": "1" }] }), &json!([operation]))
                .unwrap();
        assert_eq!(done["phoneNumbers"], json!([{ "type": "work", "value": "1" }, { "type": "mobile", "value": "2" }]));
        let whole =
            json!({ "op": op, "path": "phoneNumbers[type eq \"fax\" and primary eq true]", "value": { "value": "3" } });
        let done = apply(&json!({ "userName": "a" }), &json!([whole])).unwrap();
        assert_eq!(done["phoneNumbers"], json!([{ "type": "fax", "primary": true, "value": "3" }]));
    }
    let parts = json!([{ "op": "Add", "path": "addresses[type eq \"work\"].streetAddress", "value": "1 Main St" },
                       { "op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Bonn" }]);
    let address = json!([{ "type": "work", "streetAddress": "1 Main St", "locality": "Bonn" }]);
    assert_eq!(apply(&ada(), &parts).unwrap()["addresses"], address);
    let primary =
        json!({ "op": "add", "path": "emails[type eq \"other\" and primary eq \"True\"].value", "value": "o" });
    assert_eq!(emails(primary)[0]["primary"], false, "the new primary value is the only one");
}

#[test]
fn what_a_filter_cannot_describe_is_no_target() {
    let paths = [
        "type co \"x\"",
        "type ne \"x\" and type ne \"work\" and type ne \"home\"",
        "type eq \"a\" and type eq \"b\"",
        "type eq \"a\" or type eq \"b\"",
        "display pr",
        "not (type pr)",
        "display eq null and type eq \"x\"",
    ];
    for inside in paths {
        for (path, value) in
            [(format!("emails[{inside}].value"), json!("x")), (format!("emails[{inside}]"), json!({ "value": "x" }))]
        {
            assert_eq!(
                refused(json!({ "op": "replace", "path": path, "value": value })),
                Some(ScimType::NoTarget),
                "{path}"
            );
        }
    }
    assert_eq!(
        refused(json!({ "op": "replace", "path": "emails[value eq \"gone\"].value", "value": "x" })),
        Some(ScimType::NoTarget)
    );
}

#[test]
fn what_contradicts_its_filter_is_not_made() {
    let operation =
        json!({ "op": "add", "path": "emails[type eq \"fax\"]", "value": { "type": "other", "value": "x" } });
    assert_eq!(refused(operation), Some(ScimType::NoTarget));
}

#[test]
fn what_a_filter_makes_passes_the_checks_of_every_value() {
    let operation = json!({ "op": "add", "path": "emails[value eq \"a\\u000db\"].type", "value": "work" });
    assert_eq!(refused(operation), Some(ScimType::InvalidValue));
}

#[test]
fn removing_through_a_filter_removes_those_and_no_match_is_no_error() {
    assert_eq!(emails(json!({ "op": "Remove", "path": "emails[type eq \"work\"]" })), json!([home()]));
    assert_eq!(emails(json!({ "op": "remove", "path": "emails[type eq \"fax\"]" })), ada()["emails"]);
    assert_eq!(emails(json!({ "op": "remove", "path": "emails[type eq \"fax\"].value" })), ada()["emails"]);
    assert_eq!(emails(json!({ "op": "remove", "path": "emails[type pr]" })), Value::Null);
}

#[test]
fn an_element_goes_with_its_last_value() {
    assert_eq!(emails(json!({ "op": "Remove", "path": "emails[type eq \"work\"].value" })), json!([home()]));
    assert_eq!(
        emails(json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": null })),
        json!([home()])
    );
    let without_mark = json!({ "value": "w@x.example", "type": "work" });
    assert_eq!(
        emails(json!({ "op": "Remove", "path": "emails[type eq \"work\"].primary" })),
        json!([without_mark, home()])
    );
    let address = json!({ "userName": "a", "addresses": [{ "type": "work", "locality": "Bonn", "country": "DE" }] });
    let one = json!([{ "op": "remove", "path": "addresses[type eq \"work\"].locality" }]);
    let one = apply(&address, &one).unwrap();
    assert_eq!(one["addresses"], json!([{ "type": "work", "country": "DE" }]));
    let two = json!([{ "op": "remove", "path": "addresses[type eq \"work\"].country" }]);
    assert_eq!(apply(&one, &two).unwrap(), json!({ "userName": "a" }));
}

#[test]
fn a_sub_attribute_without_filter_needs_a_single_element() {
    assert_eq!(refused(json!({ "op": "replace", "path": "emails.value", "value": "x" })), Some(ScimType::NoTarget));
    assert_eq!(emails(json!({ "op": "remove", "path": "emails.type" }))[1], json!({ "value": "h@x.example" }));
    for before in [json!({ "userName": "a" }), json!({ "userName": "a", "ims": [{ "value": "old" }] })] {
        let done = apply(&before, &json!([{ "op": "replace", "path": "ims.value", "value": "new" }])).unwrap();
        assert_eq!(done["ims"], json!([{ "value": "new" }]));
    }
}

#[test]
fn a_list_grows_to_its_limit_only() {
    let one = |n: usize| json!({ "op": "add", "path": "ims", "value": [{ "value": n.to_string() }] });
    let many = |n: usize| Value::Array((0..n).map(one).collect());
    assert_eq!(apply(&ada(), &many(500)).unwrap()["ims"].as_array().unwrap().len(), 500);
    assert_eq!(apply(&ada(), &many(501)).unwrap_err().reason, "too_many_values");
}
