use serde_json::{Value, json};

use super::*;
use crate::error::{Error, ScimType};
use crate::limits::Limits;
use crate::resource::Map;
use crate::schema::{Definition, ENTERPRISE_URN};

pub(super) fn map(value: Value) -> Map {
    serde_json::from_value(value).unwrap()
}

pub(super) fn read(operations: &Value) -> Result<Patch, Error> {
    let body = json!({ "schemas": [PATCH_URN], "Operations": operations });
    Patch::read(body, &Definition::user(), &Limits::default())
}

pub(super) fn apply(before: &Value, operations: &Value) -> Result<Value, Error> {
    let user = Definition::user();
    read(operations)?.apply(&map(before.clone()), &user, &Limits::default()).map(Value::Object)
}

pub(super) fn ada() -> Value {
    json!({
        "userName": "ada", "active": true, "title": "Dr", "name": { "givenName": "Ada", "familyName": "L" },
        "emails": [{ "value": "w@x.example", "type": "work", "primary": true }, { "value": "h@x.example", "type": "home" }],
    })
}

/// What `ada` is after the operations, reduced to one attribute.
fn after(name: &str, operations: &Value) -> Value {
    let done = apply(&ada(), operations).unwrap_or_else(|error| panic!("{operations}: {error}"));
    done.get(name).cloned().unwrap_or_default()
}

fn refused(operations: &Value) -> (Option<ScimType>, &'static str) {
    let error = apply(&ada(), operations).unwrap_err();
    assert_eq!(error.status, 400);
    (error.scim_type, error.reason)
}

#[test]
fn single_attributes_are_set_and_unset() {
    for op in ["add", "Replace", "ADD", "replace"] {
        assert_eq!(after("title", &json!([{ "op": op, "path": "TITLE", "value": "Prof" }])), "Prof");
        assert_eq!(after("nickName", &json!([{ "op": op, "path": "nickName", "value": "A" }])), "A");
        assert_eq!(after("title", &json!([{ "op": op, "path": "title", "value": null }])), Value::Null);
        assert_eq!(after("title", &json!([{ "op": op, "path": "title", "value": "" }])), "");
    }
    assert_eq!(after("title", &json!([{ "op": "Remove", "path": "title" }])), Value::Null);
    assert_eq!(after("title", &json!([{ "op": "remove", "path": "nickName" }])), "Dr");
}

#[test]
fn without_path_only_what_is_named_changes() {
    let mut expected = ada();
    expected["active"] = json!(false);
    assert_eq!(apply(&ada(), &json!([{ "op": "replace", "value": { "active": false } }])).unwrap(), expected);
}

#[test]
fn active_as_text_disables() {
    for text in ["False", "false", "FALSE"] {
        assert_eq!(after("active", &json!([{ "op": "Replace", "path": "active", "value": text }])), false);
    }
    assert_eq!(refused(&json!([{ "op": "Replace", "path": "active", "value": "no" }])).0, Some(ScimType::InvalidValue));
}

#[test]
fn r11_dotted_and_urn_keys_are_split_and_unknown_ones_ignored() {
    let operations = json!([{ "op": "replace", "value": {
        "name.givenName": "Kkom", "NAME.familyname": "Unua", format!("{ENTERPRISE_URN}:employeeNumber"): "Aklq",
        ENTERPRISE_URN: { "department": "IT", "shoe": 1 }, "emails[type eq \"work\"].value": "n@x.example",
        "__proto__.x": "y", "constructor": {}, "shoe.size": 4, "roles": [{ "value": "x" }],
    } }]);
    let patch = read(&operations).unwrap();
    let expected = [
        format!("{ENTERPRISE_URN}:shoe"),
        "__proto__.x".into(),
        "constructor".into(),
        "shoe.size".into(),
        "roles".into(),
    ];
    assert_eq!(patch.ignored, expected);
    let done = patch.apply(&map(ada()), &Definition::user(), &Limits::default()).unwrap();
    assert_eq!(done["name"], json!({ "givenName": "Kkom", "familyName": "Unua" }));
    assert_eq!(done[ENTERPRISE_URN], json!({ "employeeNumber": "Aklq", "department": "IT" }));
    assert_eq!(done["emails"][0]["value"], "n@x.example");
    assert_eq!(done.len(), 6, "{done:?}");
}

#[test]
fn read_only_attributes_are_passed_over_without_path_and_refused_with_one() {
    let repeated =
        json!([{ "op": "replace", "value": { "id": "x", "schemas": [], "meta": {}, "groups": [], "title": "A" } }]);
    assert_eq!(after("title", &repeated), "A");
    let manager = format!("{ENTERPRISE_URN}:manager.displayName");
    for path in ["id", "meta.created", "meta", "groups", "groups[value eq \"x\"]", "groups.value", &manager] {
        for op in ["add", "replace", "remove"] {
            let operations = json!([{ "op": op, "path": path, "value": "x" }]);
            assert_eq!(refused(&operations), (Some(ScimType::Mutability), "read_only"), "{op} {path}");
        }
    }
    assert_eq!(apply(&ada(), &json!([{ "op": "add", "path": "schemas", "value": [ENTERPRISE_URN] }])).unwrap(), ada());
}

#[test]
fn r07_a_password_is_dropped() {
    for operation in [
        json!({ "op": "replace", "value": { "password": "S3cret" } }),
        json!({ "op": "Add", "path": "password", "value": "S3cret" }),
        json!({ "op": "remove", "path": "password" }),
    ] {
        let patch = read(&json!([operation])).unwrap();
        assert!(patch.operations.is_empty() && !format!("{patch:?}").contains("S3cret"));
    }
    assert_eq!(refused(&json!([{ "op": "replace", "path": "password", "value": 1 }])).1, "value_type");
}

#[test]
fn unknown_paths_are_refused_but_roles_are_ignored() {
    for path in ["shoeSize", "name.shoe", "emails[type eq \"x\"].shoe"] {
        let operations = json!([{ "op": "replace", "path": path, "value": "x" }]);
        assert_eq!(refused(&operations), (Some(ScimType::InvalidPath), "unknown_path"), "{path}");
    }
    for path in ["emails[", "__proto__.x", "a b"] {
        assert_eq!(refused(&json!([{ "op": "add", "path": path, "value": "x" }])).1, "path_syntax");
    }
    assert_eq!(refused(&json!([{ "op": "add", "path": 7, "value": "x" }])).1, "path_syntax");
    for path in [
        "roles",
        "ROLES[primary eq \"True\"].value",
        "entitlements.value",
        "urn:ietf:params:scim:schemas:core:2.0:User:roles",
        "roles[(",
    ] {
        let patch = read(&json!([{ "op": "Add", "path": path, "value": [{ "value": "{\"id\":1}" }] }])).unwrap();
        assert_eq!((patch.operations.len(), patch.ignored.len()), (0, 1), "{path}");
    }
}

#[test]
fn a_complex_attribute_is_merged() {
    for op in ["add", "replace"] {
        for operation in [
            json!({ "op": op, "path": "name", "value": { "givenName": "B" } }),
            json!({ "op": op, "value": { "name": { "GIVENNAME": "B", "shoe": 1 } } }),
            json!({ "op": op, "path": "name.givenName", "value": "B" }),
        ] {
            assert_eq!(after("name", &json!([operation])), json!({ "givenName": "B", "familyName": "L" }));
        }
        assert_eq!(
            after("name", &json!([{ "op": op, "path": "name", "value": { "givenName": null } }])),
            json!({ "familyName": "L" })
        );
        assert_eq!(after("name", &json!([{ "op": op, "path": "name", "value": null }])), Value::Null);
        assert_eq!(after("name", &json!([{ "op": op, "path": "name", "value": {} }])), ada()["name"]);
    }
    let both = json!([{ "op": "remove", "path": "name.givenName" }, { "op": "remove", "path": "name.familyName" }]);
    assert_eq!(after("name", &both), Value::Null);
}

#[test]
fn a_manager_comes_as_text_object_or_list_and_goes_with_an_empty_one() {
    let path = format!("{ENTERPRISE_URN}:manager");
    let old = json!({ "userName": "ada", ENTERPRISE_URN: { "manager": { "value": "old", "$ref": "../Users/old" } } });
    for value in [json!("new"), json!({ "value": "new" }), json!([{ "value": "new", "$ref": null }])] {
        for path in [path.as_str(), "manager"] {
            let done = apply(&old, &json!([{ "op": "Add", "path": path, "value": value }])).unwrap();
            assert_eq!(done[ENTERPRISE_URN]["manager"], json!({ "value": "new" }), "{value}");
        }
    }
    let whole = json!([{ "op": "replace", "path": path, "value": { "$ref": "../Users/new", "value": "new" } }]);
    assert_eq!(
        apply(&old, &whole).unwrap()[ENTERPRISE_URN]["manager"],
        json!({ "value": "new", "$ref": "../Users/new" })
    );
    for value in [json!(""), json!({ "value": "" }), json!(null), json!({ "value": null }), json!([])] {
        let done = apply(&old, &json!([{ "op": "Replace", "path": path, "value": value }])).unwrap();
        assert_eq!(done, json!({ "userName": "ada" }), "{value}");
    }
    let dotted = json!([{ "op": "remove", "path": format!("{path}.value") }]);
    assert_eq!(apply(&old, &dotted).unwrap(), json!({ "userName": "ada" }));
}

#[test]
fn an_extension_can_be_set_and_removed_as_a_whole() {
    let with = json!([{ "op": "add", "path": ENTERPRISE_URN, "value": { "department": "IT", "manager": "m" } }]);
    assert_eq!(after(ENTERPRISE_URN, &with), json!({ "department": "IT", "manager": { "value": "m" } }));
    let old = json!({ "userName": "ada", ENTERPRISE_URN: { "department": "IT" } });
    assert_eq!(
        apply(&old, &json!([{ "op": "remove", "path": ENTERPRISE_URN }])).unwrap(),
        json!({ "userName": "ada" })
    );
    assert_eq!(refused(&json!([{ "op": "add", "path": ENTERPRISE_URN, "value": "x" }])).1, "value_type");
}

#[test]
fn a_patch_happens_as_a_whole_or_not_at_all() {
    let operations = json!([{ "op": "replace", "path": "title", "value": "After" },
                            { "op": "replace", "path": "phoneNumbers[type co \"x\"].value", "value": "1" }]);
    assert_eq!(refused(&operations), (Some(ScimType::NoTarget), "no_target"));
    let operations = json!([{ "op": "replace", "path": "title", "value": "After" },
                            { "op": "replace", "path": "active", "value": { "not": "a boolean" } }]);
    let error = apply(&ada(), &operations).unwrap_err();
    assert!(error.detail.starts_with("operation 2:"), "{error}");
}

#[test]
fn the_envelope_is_checked() {
    let user = Definition::user();
    let read = |body: Value| Patch::read(body, &user, &Limits::default());
    let operation = json!({ "OP": "add", "Path": "title", "VALUE": "x" });
    assert_eq!(read(json!({ "operations": [operation] })).unwrap().operations.len(), 1);
    assert_eq!(
        read(json!({ "Schemas": [PATCH_URN.to_uppercase()], "OPERATIONS": [operation] })).unwrap().operations.len(),
        1
    );
    let bodies = [
        json!([]),
        json!({}),
        json!({ "Operations": [] }),
        json!({ "Operations": {} }),
        json!({ "Operations": ["x"] }),
        json!({ "Operations": [{}] }),
        json!({ "Operations": [{ "op": "move", "path": "title", "value": 1 }] }),
        json!({ "Operations": [{ "op": 1, "path": "title", "value": 1 }] }),
        json!({ "schemas": ["urn:x"], "Operations": [operation] }),
        json!({ "schemas": [], "Operations": [operation] }),
    ];
    for body in bodies {
        let error = read(body.clone()).unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidSyntax)), "{body}: {error}");
    }
}

#[test]
fn operations_without_what_they_need_are_refused() {
    for op in ["add", "replace"] {
        assert_eq!(refused(&json!([{ "op": op, "path": "title" }])).0, Some(ScimType::InvalidValue));
        assert_eq!(refused(&json!([{ "op": op }])).0, Some(ScimType::InvalidValue));
        assert_eq!(refused(&json!([{ "op": op, "value": "x" }])).0, Some(ScimType::InvalidValue));
    }
    for operation in [
        json!({ "op": "remove" }),
        json!({ "op": "remove", "path": null }),
        json!({ "op": "remove", "path": "", "value": {} }),
    ] {
        assert_eq!(refused(&json!([operation])).0, Some(ScimType::NoTarget));
    }
}

#[test]
fn what_is_required_cannot_be_unassigned() {
    for operation in
        [json!({ "op": "remove", "path": "userName" }), json!({ "op": "replace", "path": "userName", "value": null })]
    {
        assert_eq!(refused(&json!([operation])).0, Some(ScimType::Mutability));
    }
    assert_eq!(refused(&json!([{ "op": "replace", "path": "userName", "value": " " }])).1, "blank_value");
    let strict = Definition::user().requiring(&["emails[type eq \"work\"].value", "displayName"]).unwrap();
    let body = |operations: Value| json!({ "Operations": operations });
    let run = |operations: Value| {
        Patch::read(body(operations), &strict, &Limits::default()).unwrap().apply(
            &map(ada()),
            &strict,
            &Limits::default(),
        )
    };
    let error = run(json!([{ "op": "remove", "path": "emails[type eq \"work\"]" }])).unwrap_err();
    assert!(
        error.scim_type == Some(ScimType::Mutability) && error.detail.contains("emails[type eq \"work\"].value"),
        "{error}"
    );
    let error =
        run(json!([{ "op": "replace", "path": "emails", "value": [{ "value": "x", "type": "home" }] }])).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::InvalidValue));
    let moved = json!([{ "op": "remove", "path": "emails" }, { "op": "add", "path": "emails", "value": [{ "value": "x", "type": "work" }] }]);
    assert!(run(moved).is_ok());
    // displayName was missing before the setting: that does not block other changes
    assert!(run(json!([{ "op": "replace", "path": "active", "value": false }])).is_ok());
}

#[test]
fn r62_comparisons_of_all_paths_together_have_a_limit() {
    let chain = vec!["value eq \"x\""; 100].join(" or ");
    let operation = json!({ "op": "remove", "path": format!("emails[{chain}]") });
    let run = |count: usize| read(&Value::Array(vec![operation.clone(); count]));
    assert!(run(20).is_ok());
    let error = run(21).unwrap_err();
    assert_eq!((error.scim_type, error.reason), (Some(ScimType::TooMany), "too_many_comparisons"));
}

#[test]
fn r62_operations_and_members_have_limits() {
    let limits = Limits { patch_operations: 2, patch_members: 3, ..Limits::default() };
    let operation = json!({ "op": "add", "path": "title", "value": "x" });
    let body = json!({ "Operations": [operation, operation, operation] });
    let error = Patch::read(body, &Definition::user(), &limits).unwrap_err();
    assert_eq!((error.scim_type, error.reason), (Some(ScimType::TooMany), "too_many_operations"));
    let body = json!({ "Operations": [{ "op": "add", "path": "members", "value": ["a", "b"] }, { "op": "remove", "path": "members", "value": ["c", "d"] }] });
    let error = Patch::read(body, &Definition::group(), &limits).unwrap_err();
    assert_eq!((error.scim_type, error.reason), (Some(ScimType::TooMany), "too_many_members"));
}

#[test]
fn the_values_of_all_lists_together_are_bounded() {
    let list =
        |from: usize| (from..from + 500).map(|n| json!({ "value": format!("{n}@x.example") })).collect::<Vec<_>>();
    let operation = |from: usize| json!({ "op": "remove", "path": "emails", "value": list(from) });
    let within = json!([operation(0), operation(500), operation(1000), operation(1500)]);
    assert_eq!(after("emails", &within), ada()["emails"]);
    let beyond = json!([operation(0), operation(500), operation(1000), operation(1500), operation(2000)]);
    assert_eq!(refused(&beyond), (Some(ScimType::TooMany), "too_many_values"));
}

#[test]
fn the_id_of_the_resource_may_be_repeated_and_no_other() {
    let repeated = |id: Value| read(&json!([{ "op": "replace", "value": { "id": id, "title": "Prof" } }]));
    let patch = repeated(json!("one")).unwrap();
    assert!(patch.check_id("one").is_ok() && patch.operations.len() == 1);
    assert_eq!(patch.check_id("two").unwrap_err().scim_type, Some(ScimType::Mutability));
    assert!(repeated(json!(null)).unwrap().check_id("two").is_ok(), "null says nothing");
    assert!(read(&json!([{ "op": "remove", "path": "title" }])).unwrap().check_id("two").is_ok());
    assert_eq!(repeated(json!(3)).unwrap_err().scim_type, Some(ScimType::Mutability));
    let two = json!([{ "op": "add", "value": { "id": "one" } }, { "op": "add", "value": { "ID": "two" } }]);
    assert_eq!(read(&two).unwrap_err().scim_type, Some(ScimType::Mutability));
}
