#![expect(clippy::needless_pass_by_value, reason = "test values are written where they are used")]

use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;
use crate::schema::{Attribute, Definition, GROUP_URN, Kind, Mutability, Returned, USER_URN, Uniqueness};

const URN: &str = "urn:example:acme:2.0:User";

fn schema(attributes: &Value) -> Value {
    json!({ "id": URN, "name": "Acme", "attributes": attributes })
}

fn one(attribute: Value) -> Result<Attribute, Error> {
    Schema::read(schema(&json!([attribute]))).map(|mut schema| schema.attributes.remove(0))
}

fn refused(value: Value) -> (&'static str, String) {
    let error = Schema::read(value).unwrap_err();
    assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)), "{error}");
    (error.reason, error.detail)
}

fn refused_one(attribute: Value) -> String {
    refused(schema(&json!([attribute]))).1
}

#[test]
fn what_is_left_out_has_the_defaults_of_the_rfc() {
    let badge = one(json!({ "name": "badge" })).unwrap();
    assert_eq!((badge.kind, badge.multi_valued, badge.required, badge.case_exact), (Kind::String, false, false, false));
    let rest = (badge.mutability, badge.returned, badge.uniqueness);
    assert_eq!(rest, (Mutability::ReadWrite, Returned::Default, Uniqueness::None));
    assert!(badge.canonical_values.is_empty() && badge.reference_types.is_empty() && badge.sub_attributes.is_empty());
    let link = one(json!({ "name": "link", "type": "reference" })).unwrap();
    assert!(link.case_exact, "a reference compares exactly (RFC 7643 §2.3.7)");
    let pin = one(json!({ "name": "pin", "mutability": "writeOnly" })).unwrap();
    assert_eq!(pin.returned, Returned::Never, "what is only written is never returned");
}

#[test]
fn every_characteristic_is_read_and_words_ignore_case() {
    let made = one(json!({
        "Name": "cards", "TYPE": "Complex", "multivalued": true, "description": "Cards", "required": true,
        "mutability": "READWRITE", "returned": "Request", "uniqueness": "none", "caseExact": null,
        "subAttributes": [
            { "name": "value", "type": "string", "caseExact": true, "mutability": "immutable", "returned": "always" },
            { "name": "type", "type": "string", "canonicalValues": ["door", "car"] },
            { "name": "$ref", "type": "reference", "referenceTypes": ["external"] },
            { "name": "primary", "type": "boolean" },
        ],
    }))
    .unwrap();
    assert_eq!((made.name.as_str(), made.kind, made.multi_valued, made.required), ("cards", Kind::Complex, true, true));
    assert_eq!((made.returned, made.description.as_str()), (Returned::Request, "Cards"));
    let value = made.sub("VALUE").unwrap();
    assert_eq!((value.case_exact, value.mutability, value.returned), (true, Mutability::Immutable, Returned::Always));
    assert_eq!(made.sub("type").unwrap().canonical_values, ["door", "car"]);
    assert_eq!(made.sub("$ref").unwrap().reference_types, ["external"]);
}

#[test]
fn what_another_server_publishes_can_be_pasted() {
    let mut published = Definition::user().core.to_json();
    published["id"] = URN.into();
    published["meta"] = json!({ "resourceType": "Schema", "location": "https://elsewhere.example/Schemas/x" });
    let read = Schema::read(published).unwrap();
    assert_eq!(read.attributes, Definition::user().core.attributes);
}

#[test]
fn an_error_names_the_attribute_and_what_is_wrong_with_it() {
    for (attribute, named, word) in [
        (json!({ "name": "badge", "type": "text" }), "\"badge\"", "string, boolean, decimal, integer, dateTime"),
        (
            json!({ "name": "badge", "mutability": "readonly!" }),
            "\"badge\"",
            "readOnly, readWrite, immutable, writeOnly",
        ),
        (json!({ "name": "badge", "returned": "sometimes" }), "\"badge\"", "always, never, default, request"),
        (json!({ "name": "badge", "uniqueness": "tenant" }), "\"badge\"", "none, server, global"),
        (json!({ "name": "badge", "required": "yes" }), "\"badge\"", "true or false"),
        (json!({ "name": "badge", "mutabilty": "readOnly" }), "\"badge\"", "\"mutabilty\""),
        (json!({ "name": "badge", "canonicalValues": [1] }), "\"badge\"", "canonicalValues"),
        (json!({ "name": "badge", "referenceTypes": ["User"] }), "\"badge\"", "reference"),
        (json!({ "name": "badge", "subAttributes": [{ "name": "a" }] }), "\"badge\"", "complex"),
        (json!({ "name": "card", "type": "complex" }), "\"card\"", "subAttributes"),
        (json!({ "name": "pin", "mutability": "writeOnly", "returned": "default" }), "\"pin\"", "never"),
        (json!({ "name": "pin", "mutability": "writeOnly", "required": true }), "\"pin\"", "required"),
        (json!({ "name": "pin", "mutability": "readOnly", "required": true }), "\"pin\"", "required"),
        (json!({ "type": "string" }), "an attribute", "name"),
        (json!({ "name": 7 }), "an attribute", "name"),
        (json!("badge"), "an attribute", "object"),
        (json!({ "name": "card", "type": "complex", "subAttributes": [{}] }), "\"card\"", "name"),
        (
            json!({ "name": "card", "type": "complex", "subAttributes": [{ "name": "a", "type": "complex" }] }),
            "\"card.a\"",
            "complex",
        ),
        (
            json!({ "name": "card", "type": "complex", "subAttributes": [{ "name": "a", "subAttributes": [{ "name": "b" }] }] }),
            "\"card.a\"",
            "sub-attributes",
        ),
        (
            json!({ "name": "card", "type": "complex", "subAttributes": [{ "name": "a", "multiValued": true }] }),
            "\"card.a\"",
            "multi-valued",
        ),
    ] {
        let detail = refused_one(attribute.clone());
        assert!(detail.contains(named) && detail.contains(word), "{attribute}: {detail}");
    }
}

#[test]
fn names_are_scim_names_and_stand_once() {
    for name in ["", "__proto__", "a.b", "a b", "1a", "ä", "a:b", "a[b", "$", "$$ref", "constructor()"] {
        assert!(one(json!({ "name": name })).is_err(), "{name}");
    }
    for name in ["a", "$ref", "badge-number", "x_1", "constructor", "id"] {
        assert_eq!(one(json!({ "name": name })).unwrap().name, name);
    }
    let twice = refused(schema(&json!([{ "name": "badge" }, { "name": "BADGE" }]))).1;
    assert!(twice.contains("\"BADGE\" is declared twice"), "{twice}");
    let subs = json!([{ "name": "card", "type": "complex", "subAttributes": [{ "name": "a" }, { "name": "A" }] }]);
    assert!(refused(schema(&subs)).1.contains("\"card.A\" is declared twice"));
}

#[test]
fn there_are_limits() {
    let many = |count: usize| (0..count).map(|n| json!({ "name": format!("a{n}") })).collect::<Vec<_>>();
    assert_eq!(Schema::read(schema(&json!(many(100)))).unwrap().attributes.len(), 100);
    let card = |subs: usize| json!({ "name": "card", "type": "complex", "subAttributes": many(subs) });
    assert!(one(card(50)).is_ok());
    let long = "a".repeat(129);
    for (value, what) in [
        (schema(&json!(many(101))), "100"),
        (schema(&json!([card(51)])), "50"),
        (schema(&json!([{ "name": "a", "canonicalValues": vec!["x"; 101] }])), "100"),
        (schema(&json!([{ "name": long }])), "128"),
        (schema(&json!([{ "name": "a", "description": "x".repeat(65_536) }])), "65536"),
        (json!({ "id": format!("urn:example:{}", "x".repeat(250)), "attributes": [{ "name": "a" }] }), "255"),
    ] {
        let (reason, detail) = refused(value);
        assert_eq!(reason, "schema_limit");
        assert!(detail.contains(what), "{detail}");
    }
}

#[test]
fn a_schema_needs_a_urn_and_attributes() {
    for value in [
        json!(null),
        json!([]),
        json!("urn:example:x"),
        json!({ "attributes": [{ "name": "a" }] }),
        json!({ "id": URN }),
        json!({ "id": URN, "attributes": [] }),
        json!({ "id": URN, "attributes": {} }),
        json!({ "id": URN, "attributes": [{ "name": "a" }], "endpoint": "/Users" }),
    ] {
        assert_eq!(refused(value.clone()).0, "schema", "{value}");
    }
}

#[test]
fn only_a_urn_that_is_free_and_safe_in_addresses_is_taken() {
    for urn in [
        "acme",
        "urn:",
        "urn:x",
        "urn:x:y",
        "urn:example:",
        "urn:example:a:",
        "urn:example:a b",
        "urn:example:a/b",
        "urn:example:a%20b",
        "urn:example:a,b",
        "urn:example:a[b]",
        "urn:example:a\"b",
        "urn:-example:a",
        "urn:exämple:a",
        "https://acme.example/schema",
        USER_URN,
        GROUP_URN,
        ENTERPRISE_URN,
        "URN:ietf:params:scim:schemas:core:2.0:Device",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
        "urn:ietf:params:scim:api:messages:2.0:PatchOp",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise",
    ] {
        let error = check_urn(urn).unwrap_err();
        assert_eq!(error.reason, "schema_urn", "{urn}");
    }
    for urn in [
        URN,
        "URN:Example:x",
        "urn:okta:acme_1:1.0:user:custom",
        "urn:scim:my:own",
        "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:Userplus",
    ] {
        assert!(check_urn(urn).is_ok(), "{urn}");
    }
}

#[test]
fn urns_that_paths_cannot_tell_apart_are_refused_together() {
    let named = |id: &str| Schema { id: id.to_owned(), ..Schema::read(schema(&json!([{ "name": "a" }]))).unwrap() };
    let user = Definition::user().extended(named(URN)).unwrap();
    for id in [
        URN,
        "URN:EXAMPLE:acme:2.0:user",
        "urn:example:acme:2.0:User:extra",
        "urn:example:acme",
        "urn:example:acme:2.0",
    ] {
        assert!(user.extended(named(id)).is_err(), "{id}");
    }
    for id in ["urn:example:acme:2.0:Users", "urn:example:acme:3.0:User", "urn:example:acm"] {
        assert!(user.extended(named(id)).is_ok(), "{id}");
    }
}

#[test]
fn a_change_keeps_the_types_of_what_is_there() {
    let read = |attributes: Value| Schema::read(schema(&attributes)).unwrap();
    let card =
        |kind: &str| json!({ "name": "card", "type": "complex", "subAttributes": [{ "name": "no", "type": kind }] });
    let old = read(json!([{ "name": "badge", "type": "integer" }, card("string")]));
    for fine in [
        json!([{ "name": "BADGE", "type": "integer", "required": true, "description": "x", "returned": "request" }]),
        json!([{ "name": "other", "multiValued": true }]),
        json!([card("string"), { "name": "new" }]),
    ] {
        assert!(old.check_change(&read(fine.clone())).is_ok(), "{fine}");
    }
    for (change, name) in [
        (json!([{ "name": "badge", "type": "string" }]), "\"badge\""),
        (json!([{ "name": "badge", "type": "integer", "multiValued": true }]), "\"badge\""),
        (json!([{ "name": "Card", "type": "string" }]), "\"card\""),
        (json!([card("integer")]), "\"card.no\""),
    ] {
        let error = old.check_change(&read(change.clone())).unwrap_err();
        assert_eq!((error.status, error.reason), (409, "schema_incompatible"), "{change}");
        assert!(error.detail.contains(name) && error.detail.contains("delete the schema"), "{error}");
    }
}
