use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::Patch;
use super::tests::{ada, map};
use crate::limits::Limits;
use crate::resource::Meta;
use crate::schema::{Definition, ENTERPRISE_URN};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        proptest::sample::select(vec!["", "x", "True", "work", "a@b.example", "\r\n"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((name(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    let names = [
        "userName",
        "emails",
        "value",
        "type",
        "primary",
        "name",
        "name.givenName",
        "active",
        "manager",
        "$ref",
        "displayName",
        "members",
        "schemas",
        "id",
        "password",
        "roles",
        "__proto__",
        ENTERPRISE_URN,
        "EMAILS[type eq \"work\"].value",
        "addresses",
    ];
    proptest::sample::select(names.to_vec()).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    let paths = [
        "userName",
        "emails",
        "emails[type eq \"work\"].value",
        "emails[type eq \"fax\"]",
        "emails.value",
        "name",
        "name.givenName",
        "manager",
        "emails[primary eq true]",
        "active",
        "phoneNumbers[type eq \"a\" and value eq \"b\"].display",
        "emails[value pr].primary",
        "members",
        "members[value eq \"x\"]",
        "addresses[not (type pr)].locality",
        "",
        ENTERPRISE_URN,
        "[",
        "emails[",
        "x509Certificates",
    ];
    proptest::sample::select(paths.to_vec()).prop_map(str::to_owned)
}

fn operation() -> impl Strategy<Value = Value> {
    let op = proptest::sample::select(vec!["add", "Replace", "remove"]);
    (op, proptest::option::of(path()), proptest::option::of(any_json())).prop_map(|(op, path, value)| {
        let mut out = json!({ "op": op });
        if let Some(path) = path {
            out["path"] = path.into();
        }
        if let Some(value) = value {
            out["value"] = value;
        }
        out
    })
}

/// Whether a value is in the form that `read` would give it.
fn canonical(definition: &Definition, attributes: &Map<String, Value>) -> bool {
    let read = definition.read(Value::Object(attributes.clone()), &Limits::default());
    read.is_ok_and(|read| &read.attributes == attributes && read.ignored.is_empty())
}

fn meta() -> Meta {
    let time = chrono::DateTime::UNIX_EPOCH;
    Meta {
        created: time,
        last_modified: time,
        version: "W/\"1\"".to_owned(),
        location: "https://x.example/1".to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_patch_never_panics_and_leaves_a_canonical_user(operations in vec(operation(), 1..4)) {
        let user = Definition::user();
        let before = map(ada());
        let patch = Patch::read(json!({ "Operations": operations }), &user, &Limits::default());
        if let Ok(after) = patch.and_then(|patch| patch.apply(&before, &user, &Limits::default())) {
            prop_assert!(canonical(&user, &after), "{after:?}");
        }
        prop_assert_eq!(before, map(ada()));
    }

    #[test]
    fn a_patch_of_a_group_never_panics(operations in vec(operation(), 1..4)) {
        let group = Definition::group();
        let before = map(json!({ "displayName": "Ops" }));
        let patch = Patch::read(json!({ "Operations": operations }), &group, &Limits::default());
        if let Ok((rest, _)) = patch.and_then(Patch::split_members)
            && let Ok(after) = rest.apply(&before, &group, &Limits::default())
        {
            prop_assert!(canonical(&group, &after), "{after:?}");
        }
    }

    #[test]
    fn what_is_done_twice_changes_nothing_more(operation in operation()) {
        let user = Definition::user();
        let body = json!({ "Operations": [operation] });
        if let Ok(patch) = Patch::read(body, &user, &Limits::default())
            && let Ok(once) = patch.apply(&map(ada()), &user, &Limits::default())
        {
            // a second time the path may choose nothing, because the first time changed what it asks for
            if let Ok(twice) = patch.apply(&once, &user, &Limits::default()) {
                prop_assert_eq!(twice, once);
            }
        }
    }

    #[test]
    fn any_body_is_read_without_panic_and_reading_is_idempotent(body in any_json()) {
        let user = Definition::user();
        if let Ok(once) = user.read(body, &Limits::default()) {
            prop_assert!(canonical(&user, &once.attributes));
            let shown = user.render("1", &once.attributes, None, &meta());
            prop_assert_eq!(user.read(Value::Object(shown), &Limits::default()).map(|read| read.attributes), Ok(once.attributes));
        }
    }
}
