use chrono::{TimeZone, Utc};
use serde_json::{Value, json};

use super::*;
use crate::error::{Error, ScimType};
use crate::limits::Limits;
use crate::schema::{Definition, ENTERPRISE_URN, GROUP_URN, USER_URN};

fn read(body: Value) -> Result<Incoming, Error> {
    Definition::user().read(body, &Limits::default())
}

fn attributes(body: Value) -> Value {
    Value::Object(read(body).unwrap().attributes)
}

fn refused(body: Value) -> Error {
    let error = read(body).unwrap_err();
    assert_eq!(error.status, 400);
    error
}

fn meta() -> Meta {
    Meta {
        created: Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap(),
        last_modified: Utc.timestamp_micros(1_767_323_045_123_456).unwrap(),
        version: "W/\"7\"".to_owned(),
        location: "https://usher.example/scim/v2/Users/1".to_owned(),
    }
}

#[test]
fn names_in_any_case_become_those_of_the_schema() {
    let body = json!({ "Schemas": [USER_URN], "USERNAME": "ada", "Name": { "GIVENNAME": "Ada" }, "ACTIVE": true,
                       "EMAILS": [{ "Value": "a@b.example", "TYPE": "work", "PRIMARY": true }] });
    let expected = json!({ "userName": "ada", "name": { "givenName": "Ada" }, "active": true,
                           "emails": [{ "value": "a@b.example", "type": "work", "primary": true }] });
    assert_eq!(attributes(body), expected);
}

#[test]
fn r09_read_only_attributes_of_a_body_choose_nothing() {
    let body = json!({ "id": "chosen", "meta": { "resourceType": "Nonsense" }, "groups": [{ "value": "g" }],
                       "userName": "ada", ENTERPRISE_URN: { "manager": { "value": "m", "displayName": "Boss" } } });
    assert_eq!(attributes(body), json!({ "userName": "ada", ENTERPRISE_URN: { "manager": { "value": "m" } } }));
}

#[test]
fn r07_a_password_is_checked_and_never_kept() {
    let incoming = read(json!({ "userName": "ada", "password": "S3cret" })).unwrap();
    assert!(!format!("{incoming:?}").contains("S3cret"));
    assert_eq!(refused(json!({ "userName": "ada", "password": 7 })).reason, "value_type");
}

#[test]
fn null_and_empty_mean_unassigned() {
    let body = json!({ "userName": "ada", "title": null, "emails": [], "name": {}, "addresses": [null, {}],
                       "phoneNumbers": [{ "value": null }], "nickName": "", "schemas": null,
                       ENTERPRISE_URN: { "department": null, "manager": "" }, "department": null });
    assert_eq!(attributes(body), json!({ "userName": "ada", "nickName": "" }));
}

#[test]
fn r11_what_no_schema_has_is_ignored_and_counted() {
    let body = json!({ "userName": "ada", "roles": [], "entitlements": [{ "value": "x" }], "__proto__": { "x": 1 },
                       "name": { "constructor": "x", "givenName": "A" }, "urn:acme": { "a": 1 },
                       ENTERPRISE_URN: { "shoeSize": 40 },
                       "schemas": [USER_URN, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"] });
    let incoming = read(body).unwrap();
    assert_eq!(Value::Object(incoming.attributes), json!({ "userName": "ada", "name": { "givenName": "A" } }));
    let expected = [
        "roles",
        "entitlements",
        "__proto__",
        "name.constructor",
        "urn:acme",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:shoeSize",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0User",
    ];
    assert_eq!(incoming.ignored, expected);
}

#[test]
fn names_that_are_ignored_are_bounded_in_number_and_length() {
    let body: Map = (0..10_000).map(|n| (format!("{n}{}", "x".repeat(500)), Value::Null)).collect();
    let ignored = read(Value::Object(body)).unwrap().ignored;
    assert!(ignored.len() <= 100 && ignored.iter().all(|name| name.len() <= 128));
}

#[test]
fn extension_attributes_are_found_under_their_urn_beside_it_and_alone() {
    let lower = ENTERPRISE_URN.to_lowercase();
    let expected = json!({ ENTERPRISE_URN: { "department": "IT", "manager": { "value": "m" } } });
    assert_eq!(attributes(json!({ lower: { "Department": "IT", "manager": { "value": "m" } } })), expected);
    let qualified = json!({ format!("{ENTERPRISE_URN}:department"): "IT", format!("{ENTERPRISE_URN}:manager"): "m" });
    assert_eq!(attributes(qualified), expected);
    assert_eq!(attributes(json!({ "department": "IT", "manager": "m" })), expected);
    assert_eq!(attributes(json!({ format!("{USER_URN}:title"): "Dr" })), json!({ "title": "Dr" }));
}

#[test]
fn an_attribute_given_twice_with_two_values_is_refused_and_named() {
    let twice = json!({ "department": "IT", ENTERPRISE_URN: { "department": "HR" } });
    let error = refused(twice);
    assert_eq!(error.reason, "attribute_twice");
    assert!(error.detail.contains("department"));
    assert!(read(json!({ "department": "IT", ENTERPRISE_URN: { "department": "IT" } })).is_ok());
}

#[test]
fn values_of_the_wrong_type_are_refused_by_name() {
    let cases = [
        (json!({ "userName": 7 }), "userName"),
        (json!({ "title": true }), "title"),
        (json!({ "title": ["a"] }), "title"),
        (json!({ "active": { "not": "a boolean" } }), "active"),
        (json!({ "active": "yes" }), "active"),
        (json!({ "active": 1 }), "active"),
        (json!({ "name": "Ada" }), "name"),
        (json!({ "name": { "givenName": 1 } }), "name.givenName"),
        (json!({ "emails": 5 }), "emails"),
        (json!({ "emails": [[]] }), "emails"),
        (json!({ "emails": [{ "value": { "a": 1 } }] }), "emails.value"),
        (json!({ "addresses": ["Main St"] }), "addresses"),
        (json!({ "x509Certificates": ["not base64!"] }), "x509Certificates.value"),
        (json!({ "profileUrl": "http://a\n" }), "profileUrl"),
        (json!({ ENTERPRISE_URN: "x" }), ENTERPRISE_URN),
        (json!({ ENTERPRISE_URN: { "manager": [["m"]] } }), "manager"),
    ];
    for (body, name) in cases {
        let error = refused(body);
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{name}");
        assert!(error.detail.contains(&format!("\"{name}\"")), "{name}: {error}");
    }
}

#[test]
fn booleans_as_text_become_booleans() {
    for (text, expected) in [("True", true), ("true", true), ("False", false), ("false", false)] {
        assert_eq!(attributes(json!({ "active": text })), json!({ "active": expected }));
    }
}

#[test]
fn single_values_stand_for_lists_and_strings_for_complex_values() {
    let body = json!({ "emails": { "value": "a@b.example" }, "phoneNumbers": "1", "ims": ["x", { "value": "y" }] });
    let expected = json!({ "emails": [{ "value": "a@b.example" }], "phoneNumbers": [{ "value": "1" }],
                           "ims": [{ "value": "x" }, { "value": "y" }] });
    assert_eq!(attributes(body), expected);
    let managers = [json!("m"), json!({ "value": "m" }), json!([{ "value": "m", "$ref": null }])];
    for manager in managers {
        assert_eq!(
            attributes(json!({ "manager": manager })),
            json!({ ENTERPRISE_URN: { "manager": { "value": "m" } } })
        );
    }
    for manager in [json!(""), json!({ "value": "" }), json!([]), json!({ "value": null })] {
        assert_eq!(attributes(json!({ "manager": manager })), json!({}));
    }
}

#[test]
fn two_primary_values_are_refused() {
    let emails = json!([{ "value": "a", "primary": true }, { "value": "b", "primary": "True" }]);
    assert_eq!(refused(json!({ "emails": emails })).reason, "several_primaries");
}

#[test]
fn r69_names_have_a_length_also_when_folding_makes_them_longer() {
    let long = "x".repeat(1025);
    let unfolded = "\u{fdfa}".repeat(300); // 900 bytes, which compatibility normalisation makes 9,900
    for name in [&long, &unfolded] {
        for body in [
            json!({ "userName": name }),
            json!({ "externalId": name }),
            json!({ "displayName": name }),
            json!({ "emails": [name] }),
        ] {
            assert_eq!(refused(body).reason, "value_too_long");
        }
    }
    assert!(read(json!({ "userName": "x".repeat(1024), "title": "x".repeat(5000) })).is_ok());
    assert!(read(json!({ "userName": "ü".repeat(500) })).is_ok());
}

#[test]
fn r47_r92_control_characters_and_blank_names_are_refused() {
    for text in ["a\r\nb", "a\0", "\u{7f}", "a\u{85}b"] {
        for body in
            [json!({ "userName": text }), json!({ "externalId": text }), json!({ "emails": [{ "value": text }] })]
        {
            let reason = refused(body).reason;
            assert!(["control_characters", "nul"].contains(&reason), "{text:?}: {reason}");
        }
    }
    assert_eq!(refused(json!({ "title": "a\0" })).reason, "nul");
    for text in ["", "  ", "\u{2003}"] {
        assert_eq!(refused(json!({ "userName": text })).reason, "blank_value");
    }
}

#[test]
fn a_body_that_is_no_resource_is_invalid_syntax() {
    for body in [
        json!([]),
        json!("x"),
        json!(null),
        json!({ "schemas": "x" }),
        json!({ "schemas": [1] }),
        json!({ "schemas": {} }),
    ] {
        assert_eq!(refused(body).scim_type, Some(ScimType::InvalidSyntax));
    }
    assert_eq!(refused(json!({ "schemas": [] })).reason, "schemas_empty");
}

#[test]
fn a_list_has_a_limit() {
    let limits = Limits { elements: 2, ..Limits::default() };
    let user = Definition::user();
    assert!(user.read(json!({ "emails": ["a", "b"] }), &limits).is_ok());
    assert_eq!(user.read(json!({ "emails": ["a", "b", "c"] }), &limits).unwrap_err().reason, "too_many_values");
    assert!(Definition::group().read(json!({ "members": ["a", "b", "c"] }), &limits).is_ok());
}

#[test]
fn a_rendered_user_is_whole_and_in_the_order_of_the_schema() {
    let stored =
        read(json!({ ENTERPRISE_URN: { "department": "IT" }, "active": true, "userName": "ada", "externalId": "7" }))
            .unwrap();
    let groups = vec![json!({ "value": "g" })];
    let user = Definition::user().render("1", &stored.attributes, Some(groups), &meta());
    let expected = json!({
        "schemas": [USER_URN, ENTERPRISE_URN], "id": "1", "externalId": "7", "userName": "ada", "active": true,
        "groups": [{ "value": "g" }], ENTERPRISE_URN: { "department": "IT" },
        "meta": { "resourceType": "User", "created": "2026-01-02T03:04:05.000Z", "lastModified": "2026-01-02T03:04:05.123Z",
                  "location": "https://usher.example/scim/v2/Users/1", "version": "W/\"7\"" },
    });
    // as text, because the order counts
    assert_eq!(Value::Object(user).to_string(), expected.to_string());
}

#[test]
fn a_group_always_shows_members_and_a_user_no_empty_groups() {
    let group = Definition::group();
    let stored = group.read(json!({ "displayName": "Ops" }), &Limits::default()).unwrap().attributes;
    let shown = group.render("1", &stored, None, &meta());
    assert_eq!((&shown["members"], &shown["schemas"]), (&json!([]), &json!([GROUP_URN])));
    assert_eq!(Definition::user().render("1", &Map::new(), Some(Vec::new()), &meta()).get("groups"), None);
}

#[test]
fn reading_what_was_rendered_changes_nothing() {
    let body = json!({
        "userName": "ada", "externalId": "x", "name": { "familyName": "L", "formatted": "" }, "active": "False",
        "emails": ["a@b.example", { "value": "c@d.example", "type": "work", "primary": true }],
        "x509Certificates": [{ "value": "AAAA" }], "manager": "m", "photos": [{ "value": "https://p.example/1", "type": "photo" }],
    });
    let once = read(body).unwrap();
    let shown = Definition::user().render("1", &once.attributes, Some(vec![json!({ "value": "g" })]), &meta());
    let again = read(Value::Object(shown)).unwrap();
    assert_eq!(again.attributes, once.attributes);
    assert_eq!(again.ignored, Vec::<String>::new());
}

#[test]
fn r01_r65_labels_come_back_as_they_went_in() {
    for label in ["1", "-1", "admin", "null", "${7*7}", "{{7*7}}", "=HYPERLINK(1)", "%_'\"\\"] {
        assert_eq!(attributes(json!({ "externalId": label, "displayName": label }))["externalId"], label);
    }
}

#[test]
fn changes_are_told_by_name() {
    let before = read(json!({ "userName": "a", "title": "x", "name": { "givenName": "A", "familyName": "L" },
                              "emails": ["a"], "department": "IT" }))
    .unwrap()
    .attributes;
    let after = read(json!({ "userName": "a", "name": { "givenName": "B", "familyName": "L" }, "emails": ["b"],
                             "department": "HR", "manager": "m" }))
    .unwrap()
    .attributes;
    let urn = |name: &str| format!("{ENTERPRISE_URN}:{name}");
    let expected =
        vec!["emails".to_owned(), "name.givenName".to_owned(), "title".to_owned(), urn("department"), urn("manager")];
    assert_eq!(changed_attributes(&before, &after), expected);
    assert_eq!(changed_attributes(&after, &after), Vec::<String>::new());
    assert_eq!(changed_attributes(&Map::new(), &before).len(), 6);
}

#[test]
fn the_address_of_a_person_is_primary_then_work_then_any() {
    let address = |emails: Value| {
        let map = read(json!({ "emails": emails })).unwrap().attributes;
        primary_email(&map).map(str::to_owned)
    };
    let (home, work) = (json!({ "value": "h", "type": "home" }), json!({ "value": "w", "type": "Work" }));
    let primary = json!({ "value": "p", "primary": true });
    assert_eq!(address(json!([home, work, primary])).as_deref(), Some("p"));
    assert_eq!(address(json!([home, work])).as_deref(), Some("w"));
    assert_eq!(address(json!([home])).as_deref(), Some("h"));
    assert_eq!(address(json!([{ "value": "", "type": "work" }])), None);
    let map =
        read(json!({ "userName": "u", "externalId": "e", "displayName": "d", "active": false })).unwrap().attributes;
    assert_eq!((user_name(&map), external_id(&map), display_name(&map)), (Some("u"), Some("e"), Some("d")));
    assert_eq!((active(&map), active(&Map::new())), (Some(false), None));
}
