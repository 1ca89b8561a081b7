use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;
use crate::schema::{Attribute, ENTERPRISE_URN, GROUP_URN, Kind, Schema, USER_URN};

fn ada() -> Map {
    let user = json!({
        "schemas": ["urn:x"], "id": "1", "userName": "ada", "title": "Dr", "name": { "givenName": "A", "familyName": "L" },
        "emails": [{ "value": "w", "type": "work" }, { "type": "home" }],
        ENTERPRISE_URN: { "department": "IT", "manager": { "value": "m" } }, "meta": { "version": "1" },
    });
    user.as_object().unwrap().clone()
}

fn project(attributes: Option<&str>, excluded: Option<&str>) -> Value {
    let user = Definition::user();
    Value::Object(Projection::parse(attributes, excluded, &user).unwrap().apply(ada(), &user))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn without_parameters_everything_is_shown() {
    for (attributes, excluded) in [(None, None), (Some(""), None), (None, Some(" , "))] {
        assert_eq!(project(attributes, excluded), Value::Object(ada()));
    }
}

#[test]
fn attributes_shows_what_it_names_and_what_is_always_shown() {
    assert_eq!(keys(&project(Some("USERNAME"), None)), ["schemas", "id", "userName"]);
    assert_eq!(keys(&project(Some("shoeSize,name.shoe,,urn:acme:x"), None)), ["schemas", "id"]);
    let shown = project(Some("name.GIVENNAME, emails.value"), None);
    assert_eq!(shown["name"], json!({ "givenName": "A" }));
    assert_eq!(shown["emails"], json!([{ "value": "w" }]));
    assert_eq!(project(Some("name,name.givenName"), None)["name"], ada()["name"]);
}

#[test]
fn extensions_are_named_whole_by_part_and_without_urn() {
    let whole = project(Some(&ENTERPRISE_URN.to_lowercase()), None);
    assert_eq!(whole[ENTERPRISE_URN], ada()[ENTERPRISE_URN]);
    for name in [format!("{ENTERPRISE_URN}:department"), "department".to_owned()] {
        assert_eq!(project(Some(&name), None)[ENTERPRISE_URN], json!({ "department": "IT" }));
    }
    let sub = format!("{ENTERPRISE_URN}:manager.value");
    assert_eq!(project(None, Some(&sub))[ENTERPRISE_URN], json!({ "department": "IT" }));
    assert_eq!(project(None, Some(ENTERPRISE_URN)).get(ENTERPRISE_URN), None);
}

#[test]
fn the_core_schema_can_be_named_whole() {
    assert_eq!(project(None, Some(USER_URN))[ENTERPRISE_URN], ada()[ENTERPRISE_URN]);
    let (core, both) = (project(Some(USER_URN), None), format!("{USER_URN},{ENTERPRISE_URN}"));
    assert_eq!((&core["emails"], core.get(ENTERPRISE_URN)), (&ada()["emails"], None));
    assert_eq!(project(Some(&both), None), Value::Object(ada()));
    let wants = |attributes| Projection::parse(attributes, None, &Definition::group()).unwrap().wants("members");
    assert!(wants(Some(GROUP_URN)) && !wants(Some(USER_URN)), "what is shown must be loaded");
}

#[test]
fn excluded_attributes_go_but_never_the_id() {
    let shown = project(None, Some("emails,ID,schemas,name.familyName"));
    assert_eq!(keys(&shown), ["schemas", "id", "userName", "title", "name", ENTERPRISE_URN, "meta"]);
    assert_eq!(shown["name"], json!({ "givenName": "A" }));
}

#[test]
fn both_parameters_together_are_refused() {
    let error = Projection::parse(Some("userName"), Some("emails"), &Definition::user()).unwrap_err();
    assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)));
}

#[test]
fn what_is_not_wanted_need_not_be_loaded() {
    let group = Definition::group();
    let wants = |attributes, excluded| Projection::parse(attributes, excluded, &group).unwrap().wants("members");
    assert!(wants(None, None) && wants(Some("Members.value"), None) && wants(None, Some("members.value")));
    assert!(!wants(None, Some("MEMBERS")) && !wants(Some("displayName"), None));
    let empty = json!({ "id": "1", "members": [] });
    let projection = Projection::parse(Some("members.value"), None, &group).unwrap();
    assert_eq!(Value::Object(projection.apply(empty.as_object().unwrap().clone(), &group)), empty);
    assert!(projection.explicit() && !Projection::default().explicit());
}

#[test]
fn r07_a_password_is_never_shown_and_what_is_shown_on_request_has_to_be_named() {
    let badge = Attribute::new("badge", Kind::String, "").returned(Returned::Request);
    let urn = "urn:example:acme:2.0:User";
    let schema =
        Schema { id: urn.to_owned(), name: String::new(), description: String::new(), attributes: vec![badge] };
    let user = Definition::user().extended(schema).unwrap();
    let mut resource = ada();
    resource.insert("password".to_owned(), json!("x"));
    resource.insert(urn.to_owned(), json!({ "badge": "7" }));
    let shown =
        |attributes, excluded| Projection::parse(attributes, excluded, &user).unwrap().apply(resource.clone(), &user);
    for (attributes, excluded) in [(None, None), (None, Some("title")), (Some("password,userName"), None)] {
        let shown = shown(attributes, excluded);
        assert!(!shown.contains_key("password") && !shown.contains_key(urn));
    }
    assert_eq!(shown(Some("badge"), None)[urn], json!({ "badge": "7" }));
}

#[test]
fn parts_have_their_own_rule() {
    let text = |name: &str| Attribute::new(name, Kind::String, "");
    let subs = vec![text("open"), text("secret").returned(Returned::Never), text("rare").returned(Returned::Request)];
    let urn = "urn:example:acme:2.0:User";
    let attributes = vec![Attribute { sub_attributes: subs, ..Attribute::new("cards", Kind::Complex, "").many() }];
    let schema = Schema { id: urn.to_owned(), name: String::new(), description: String::new(), attributes };
    let user = Definition::user().extended(schema).unwrap();
    let card = json!({ urn: { "cards": [{ "open": "o", "secret": "s", "rare": "r" }] } });
    let cards = |attributes, excluded| {
        let resource = card.as_object().unwrap().clone();
        let shown = Projection::parse(attributes, excluded, &user).unwrap().apply(resource, &user);
        shown.get(urn).map(|schema| schema["cards"].clone())
    };
    let open = Some(json!([{ "open": "o" }]));
    assert_eq!((cards(None, None), cards(Some("cards"), None)), (open.clone(), open.clone()));
    assert_eq!((cards(None, Some("title")), cards(None, Some("cards.rare"))), (open.clone(), open));
    assert_eq!(cards(Some("cards.rare,cards.secret"), None), Some(json!([{ "rare": "r" }])));
    assert_eq!(cards(None, Some("cards.open")), None);
}
