#![expect(clippy::needless_pass_by_value, reason = "test values are written where they are used")]

use serde_json::{Value, json};

use super::tests::map;
use super::*;
use crate::error::{Error, ScimType};
use crate::limits::Limits;
use crate::schema::Definition;

fn split(operations: Value) -> Result<(Patch, Vec<MemberOperation>), Error> {
    Patch::read(json!({ "Operations": operations }), &Definition::group(), &Limits::default())?.split_members()
}

fn members(operation: Value) -> Vec<MemberOperation> {
    let (rest, members) = split(json!([operation])).unwrap();
    assert!(rest.operations.is_empty());
    members
}

fn ids(list: &[&str]) -> Vec<String> {
    list.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn members_are_added_by_object_or_text_each_once() {
    let value = json!([{ "$ref": null, "value": "a" }, { "value": "b", "display": "B", "type": "User" }, "c", { "value": "a" }]);
    let expected = vec![MemberOperation::Add(ids(&["a", "b", "c"]))];
    assert_eq!(members(json!({ "op": "Add", "path": "members", "value": value })), expected);
    assert_eq!(members(json!({ "op": "add", "value": { "MEMBERS": value } })), expected);
    assert_eq!(
        members(json!({ "op": "add", "path": "members", "value": { "value": "a" } })),
        vec![MemberOperation::Add(ids(&["a"]))]
    );
}

#[test]
fn a_value_list_takes_out_those_and_nothing_at_all_takes_out_everybody() {
    let remove = |value: Value| members(json!({ "op": "Remove", "path": "members", "value": value }));
    assert_eq!(remove(json!([{ "$ref": null, "value": "b" }])), vec![MemberOperation::Remove(ids(&["b"]))]);
    assert_eq!(remove(json!("b")), vec![MemberOperation::Remove(ids(&["b"]))]);
    assert_eq!(remove(json!([])), vec![]);
    assert_eq!(remove(json!([null])), vec![]);
    assert_eq!(members(json!({ "op": "remove", "path": "members" })), vec![MemberOperation::RemoveAll]);
    assert_eq!(remove(Value::Null), vec![MemberOperation::RemoveAll]);
}

#[test]
fn an_empty_list_replaces_everybody_and_adds_nobody() {
    assert_eq!(members(json!({ "op": "replace", "path": "members", "value": [] })), vec![MemberOperation::RemoveAll]);
    assert_eq!(
        members(json!({ "op": "replace", "path": "members", "value": ["a"] })),
        vec![MemberOperation::Replace(ids(&["a"]))]
    );
    assert_eq!(members(json!({ "op": "add", "path": "members", "value": [] })), vec![]);
}

#[test]
fn members_are_removed_by_filter() {
    let remove = |inside: &str| members(json!({ "op": "remove", "path": format!("members[{inside}]") }));
    assert_eq!(remove("VALUE eq \"a\""), vec![MemberOperation::Remove(ids(&["a"]))]);
    assert_eq!(remove("value eq \"a\" or value eq \"b\""), vec![MemberOperation::Remove(ids(&["a", "b"]))]);
    let matching = remove("type eq \"User\"");
    let [MemberOperation::RemoveMatching(filter)] = matching.as_slice() else { panic!("{matching:?}") };
    assert!(filter.matches_element(&json!({ "value": "1", "type": "User" })));
    assert!(!filter.matches_element(&json!({ "value": "1", "type": "Device" })));
}

#[test]
fn the_rest_of_a_patch_and_the_order_of_its_parts_are_kept() {
    let (rest, members) = split(json!([
        { "op": "remove", "path": "members[value eq \"a\"]" },
        { "op": "replace", "value": { "id": "x", "displayName": "New", "members": ["c"] } },
        { "op": "add", "path": "members", "value": ["b"] },
        { "op": "Replace", "path": "externalId", "value": "e" },
    ]))
    .unwrap();
    let expected = [
        MemberOperation::Remove(ids(&["a"])),
        MemberOperation::Replace(ids(&["c"])),
        MemberOperation::Add(ids(&["b"])),
    ];
    assert_eq!(members, expected);
    let group = map(json!({ "displayName": "Old" }));
    let done = rest.apply(&group, &Definition::group(), &Limits::default()).unwrap();
    assert_eq!(Value::Object(done), json!({ "displayName": "New", "externalId": "e" }));
}

#[test]
fn groups_cannot_be_members() {
    let nested = [
        json!({ "value": "g", "type": "group" }),
        json!({ "value": "g", "$ref": "https://x.example/scim/v2/Groups/g" }),
        json!({ "value": "g", "$ref": "../Groups/g/" }),
    ];
    for member in nested {
        for op in ["add", "replace"] {
            let error = split(json!([{ "op": op, "path": "members", "value": [member] }])).unwrap_err();
            assert_eq!((error.scim_type, error.reason), (Some(ScimType::InvalidValue), "nested_group"));
            assert!(error.detail.contains("nested groups are not supported"));
        }
        let body = json!({ "displayName": "Ops", "members": [member] });
        let mut group = Definition::group().read(body, &Limits::default()).unwrap().attributes;
        assert_eq!(member_values(&mut group, &Limits::default()).unwrap_err().reason, "nested_group");
    }
    let user = json!({ "value": "u", "type": "User", "$ref": "https://x.example/Groups/scim/Users/u" });
    assert!(split(json!([{ "op": "add", "path": "members", "value": [user] }])).is_ok());
}

#[test]
fn parts_of_a_member_cannot_be_changed() {
    for path in ["members.value", "members[value eq \"a\"].value", "members.type"] {
        for op in ["add", "replace", "remove"] {
            let error = split(json!([{ "op": op, "path": path, "value": "x" }])).unwrap_err();
            assert_eq!(error.scim_type, Some(ScimType::Mutability), "{op} {path}");
        }
    }
    let error =
        split(json!([{ "op": "replace", "path": "members[value eq \"a\"]", "value": { "value": "b" } }])).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::Mutability));
}

#[test]
fn a_member_needs_an_id() {
    for member in [json!({ "display": "x", "$ref": "../Users/x" }), json!({ "value": "" }), json!({ "type": "User" })] {
        let error = split(json!([{ "op": "add", "path": "members", "value": [member] }])).unwrap_err();
        assert_eq!((error.scim_type, error.reason), (Some(ScimType::InvalidValue), "member_without_id"));
    }
    for member in [json!(7), json!([])] {
        assert!(split(json!([{ "op": "add", "path": "members", "value": [member] }])).is_err());
    }
}

#[test]
fn members_of_a_body_are_taken_out_of_it() {
    let read = |body: Value| Definition::group().read(body, &Limits::default()).unwrap().attributes;
    let mut group = read(json!({ "displayName": "Ops", "members": ["a", { "value": "b", "display": "B" }, "a"] }));
    assert_eq!(member_values(&mut group, &Limits::default()).unwrap(), Some(ids(&["a", "b"])));
    assert_eq!(Value::Object(group.clone()), json!({ "displayName": "Ops" }));
    assert_eq!(member_values(&mut group, &Limits::default()).unwrap(), None);
    let limits = Limits { patch_members: 1, ..Limits::default() };
    let mut group = read(json!({ "displayName": "Ops", "members": ["a", "b"] }));
    assert_eq!(member_values(&mut group, &limits).unwrap_err().reason, "too_many_members");
}

#[test]
fn a_member_that_names_nobody_is_refused_and_not_left_out() {
    for member in [json!({ "display": "Ada" }), json!({}), json!({ "value": null })] {
        for op in ["add", "replace", "remove"] {
            let error = split(json!([{ "op": op, "path": "members", "value": [member] }])).unwrap_err();
            assert_eq!(
                (error.scim_type, error.reason),
                (Some(ScimType::InvalidValue), "member_without_id"),
                "{op} {member}"
            );
        }
        let body = json!({ "displayName": "Ops", "members": [member] });
        assert_eq!(Definition::group().read(body, &Limits::default()).unwrap_err().reason, "member_without_id");
    }
}

#[test]
fn r64_ten_thousand_members_are_one_operation() {
    let list: Vec<_> = (0..10_000).map(|n| json!({ "value": n.to_string() })).collect();
    let found = members(json!({ "op": "add", "path": "members", "value": list }));
    assert!(matches!(found.as_slice(), [MemberOperation::Add(ids)] if ids.len() == 10_000));
}

#[test]
fn group_names_are_required_and_unknown_paths_refused() {
    let (rest, _) = split(json!([{ "op": "remove", "path": "displayName" }])).unwrap();
    let error =
        rest.apply(&map(json!({ "displayName": "Ops" })), &Definition::group(), &Limits::default()).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::Mutability));
    assert!(split(json!([{ "op": "replace", "path": "userName", "value": "x" }])).is_err());
}
