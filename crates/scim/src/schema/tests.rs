use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;
use crate::limits::Limits;
use crate::resource::Map;

fn object(value: Value) -> Map {
    serde_json::from_value(value).unwrap()
}

fn names(attributes: &[Attribute]) -> Vec<&str> {
    attributes.iter().map(|attribute| attribute.name.as_str()).collect()
}

#[test]
fn the_user_schema_is_that_of_the_rfc_without_roles_and_entitlements() {
    let user = Definition::user();
    let expected = [
        "userName",
        "name",
        "displayName",
        "nickName",
        "profileUrl",
        "title",
        "userType",
        "preferredLanguage",
        "locale",
        "timezone",
        "active",
        "password",
        "emails",
        "phoneNumbers",
        "ims",
        "photos",
        "addresses",
        "groups",
        "x509Certificates",
    ];
    assert_eq!(names(&user.core.attributes), expected);
    let name = &user.core.attribute("NAME").unwrap().sub_attributes;
    let expected = ["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"];
    assert_eq!(names(name), expected);
    let enterprise = ["employeeNumber", "costCenter", "organization", "division", "department", "manager"];
    assert_eq!(names(&user.extensions[0].attributes), enterprise);
}

#[test]
fn published_schemas_have_no_nulls_and_the_words_of_the_rfc() {
    let body = Definition::user().core.to_json();
    assert!(!body.to_string().contains("null"));
    let attribute =
        |name: &str| body["attributes"].as_array().unwrap().iter().find(|a| a["name"] == name).unwrap().clone();
    let user_name = attribute("userName");
    assert_eq!((&user_name["required"], &user_name["caseExact"]), (&json!(true), &json!(false)));
    assert_eq!((&user_name["uniqueness"], &user_name["type"]), (&json!("server"), &json!("string")));
    let password = attribute("password");
    assert_eq!((&password["mutability"], &password["returned"]), (&json!("writeOnly"), &json!("never")));
    assert_eq!(attribute("groups")["mutability"], "readOnly");
    assert_eq!(attribute("emails")["subAttributes"][0]["name"], "value");
    assert_eq!(attribute("active").get("caseExact"), None);
    let group = Definition::group().core.to_json();
    assert_eq!(group["attributes"][1]["subAttributes"][1]["referenceTypes"], json!(["User"]));
}

#[test]
fn user_name_and_group_name_are_required_from_the_start() {
    assert_eq!(Definition::user().required().collect::<Vec<_>>(), ["userName"]);
    let error = Definition::group().check_required(&Map::new()).unwrap_err();
    assert_eq!((error.scim_type, error.reason), (Some(ScimType::InvalidValue), "required_missing"));
    assert!(error.detail.contains("displayName"), "{error}");
}

#[test]
fn each_missing_path_of_a_strict_connection_is_named() {
    let paths =
        ["USERNAME", "name.givenName", "name.familyName", "emails[type eq \"work\"].value", "displayName", "active"];
    let strict = Definition::user().requiring(&paths).unwrap();
    let home = object(
        json!({ "userName": "ada", "emails": [{ "type": "home", "value": "a@b.example" }], "displayName": " " }),
    );
    let detail = strict.check_required(&home).unwrap_err().detail;
    for path in ["name.givenName", "name.familyName", "emails[type eq \"work\"].value", "displayName", "active"] {
        assert!(detail.contains(path), "{path}: {detail}");
    }
    assert!(!detail.contains("userName"), "{detail}");
    let whole = object(json!({ "userName": "ada", "name": { "givenName": "A", "familyName": "L" }, "displayName": "A",
        "emails": [{ "type": "Work", "value": "a@b.example" }], "active": false }));
    strict.check_required(&whole).unwrap();
}

#[test]
fn what_is_required_is_published_as_required() {
    let strict = Definition::user().requiring(&["emails[type eq \"work\"].value", "name.givenName"]).unwrap();
    let emails = strict.core.attribute("emails").unwrap();
    assert!(emails.required && emails.sub("value").unwrap().required && !emails.sub("type").unwrap().required);
    let name = strict.core.attribute("name").unwrap();
    assert!(name.required && name.sub("givenName").unwrap().required && !name.sub("familyName").unwrap().required);
    assert!(!Definition::user().core.attribute("emails").unwrap().required);
    let extension = format!("{ENTERPRISE_URN}:department");
    let strict = Definition::user().requiring(&[&extension]).unwrap();
    assert!(strict.extensions[0].attribute("department").unwrap().required);
    assert!(strict.check_required(&object(json!({ "userName": "a", ENTERPRISE_URN: { "department": "IT" } }))).is_ok());
}

#[test]
fn unknown_and_read_only_paths_cannot_be_required() {
    for path in ["shoeSize", "name.shoeSize", "emails[", "id", "groups", ""] {
        assert!(Definition::user().requiring(&[path]).is_err(), "{path}");
    }
}

#[test]
fn a_schema_of_a_tenant_works_like_the_others() {
    let urn = "urn:example:acme:2.0:User";
    let flags = Attribute::new("flags", Kind::String, "Flags").many();
    let schema = Schema {
        id: urn.to_owned(),
        name: "Acme".to_owned(),
        description: "Acme's own".to_owned(),
        attributes: vec![Attribute::new("badge", Kind::Integer, "Badge"), flags],
    };
    let user = Definition::user().extended(schema.clone()).unwrap();
    let read = user.read(
        json!({ "userName": "a", "URN:example:acme:2.0:user": { "BADGE": 7, "flags": "x" } }),
        &Limits::default(),
    );
    assert_eq!(
        Value::Object(read.unwrap().attributes),
        json!({ "userName": "a", urn: { "badge": 7, "flags": ["x"] } })
    );
    assert!(user.extended(schema).is_err(), "a URN stands once");
}

#[test]
fn a_schema_with_names_that_are_none_is_refused() {
    for (id, name) in [("acme", "badge"), ("urn:x", ""), ("urn:x", "a.b"), ("urn:x", "__proto__"), ("urn:a b", "badge")]
    {
        let attributes = vec![Attribute::new(name, Kind::String, "")];
        let schema = Schema { id: id.to_owned(), name: String::new(), description: String::new(), attributes };
        assert!(Definition::user().extended(schema).is_err(), "{id} {name}");
    }
}
