use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;
use crate::schema::ENTERPRISE_URN;

const ID: &str = "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e";

/// What a request with these operations becomes.
pub(super) fn read(operations: &Value, check: impl FnOnce(Bulk<'_>)) {
    let body = json!({ "schemas": [BULK_REQUEST_URN], "Operations": operations }).to_string();
    let limits = Limits::default();
    check(Bulk::read(body.as_bytes(), &Definition::user(), &Definition::group(), &limits).unwrap());
}

fn whole(body: &str, limits: &Limits) -> Error {
    Bulk::read(body.as_bytes(), &Definition::user(), &Definition::group(), limits).unwrap_err()
}

fn user(bulk_id: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": { "userName": bulk_id } })
}

fn group(bulk_id: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|name| json!({ "value": format!("bulkId:{name}") })).collect();
    let data = json!({ "displayName": bulk_id, "members": members });
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data })
}

/// Status, word and reason of what is wrong with an operation.
fn fault(operation: &Operation<'_>) -> (u16, Option<ScimType>, &'static str) {
    let error = operation.wanted.as_ref().unwrap_err();
    (error.status, error.scim_type, error.reason)
}

#[test]
fn operations_are_read_in_any_spelling_of_names_and_methods() {
    let put = json!({ "METHOD": "put", "Path": "Users/a/", "Version": "W/\"1\"", "DATA": { "userName": "x" }, "x": 1 });
    let remove = json!({ "method": "Delete", "path": "//Groups//b", "data": null, "version": "", "bulkId": null });
    let change = json!({ "method": "PATCH", "path": "/Groups/bulkId:one", "data": {} });
    read(&json!([user("one"), put, remove, change]), |bulk| {
        let wanted: Vec<_> = bulk.operations.iter().map(|operation| operation.wanted.as_ref().unwrap()).collect();
        let seen: Vec<_> =
            wanted.iter().map(|wanted| (wanted.kind, &wanted.action, wanted.version.as_deref())).collect();
        let (one, two) = (Target::Id("a".to_owned()), Target::Id("b".to_owned()));
        assert_eq!(
            seen,
            [
                (ResourceKind::User, &Action::Create, None),
                (ResourceKind::User, &Action::Replace(one), Some("W/\"1\"")),
                (ResourceKind::Group, &Action::Delete(two), None),
                (ResourceKind::Group, &Action::Patch(Target::BulkId("one".to_owned())), None),
            ]
        );
        assert_eq!(wanted[3].needs, [0]);
        assert_eq!((bulk.order, bulk.fail_on_errors), (vec![0, 1, 2, 3], None));
        assert_eq!(bulk.operations[0].bulk_id.as_deref(), Some("one"));
    });
}

#[test]
fn what_is_no_bulk_request_is_refused_whole() {
    let limits = Limits::default();
    let start = format!("{{\"schemas\":[\"{BULK_REQUEST_URN}\"]");
    for body in [
        String::new(),
        "[]".to_owned(),
        "\"text\"".to_owned(),
        "{}".to_owned(),
        "{\"Operations\":[{}]}".to_owned(),
        "{\"schemas\":[],\"Operations\":[{}]}".to_owned(),
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{}]}".to_owned(),
        format!("{{\"schemas\":\"{BULK_REQUEST_URN}\",\"Operations\":[{{}}]}}"),
        format!("{start}}}"),
        format!("{start},\"Operations\":[]}}"),
        format!("{start},\"Operations\":{{}}}}"),
        format!("{start},\"Operations\":7}}"),
        format!("{start},\"Operations\":[{{}}],\"operations\":[{{}}]}}"),
        format!("{start},\"Operations\":[{{}}]"),
        format!("{start},\"Operations\":[{{}},]}}"),
        format!("{start},\"Operations\":[{{\"data\":tru}}]}}"),
        format!("{start},\"Operations\":[{{}}]}} x"),
    ] {
        let error = whole(&body, &limits);
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidSyntax)), "{body}: {error}");
    }
    for number in ["0", "-1", "1.5", "\"1\"", "true", "[]", "99999999999999999999999"] {
        let error = whole(&format!("{start},\"failOnErrors\":{number},\"Operations\":[{{}}]}}"), &limits);
        assert_eq!(
            (error.status, error.scim_type, error.reason),
            (400, Some(ScimType::InvalidValue), "fail_on_errors")
        );
    }
}

#[test]
fn fail_on_errors_is_a_number_or_absent() {
    for (number, expected) in [("1", Some(1)), ("250", Some(250)), ("null", None)] {
        let body =
            format!("\u{feff}{{\"FAILONERRORS\":{number},\"Schemas\":[\"{BULK_REQUEST_URN}\"],\"operations\":[1]}}");
        let bulk = Bulk::read(body.as_bytes(), &Definition::user(), &Definition::group(), &Limits::default()).unwrap();
        assert_eq!((bulk.fail_on_errors, bulk.operations.len()), (expected, 1));
    }
}

#[test]
fn r63_what_is_over_a_limit_is_413_and_names_it() {
    let limits = Limits { bulk_operations: 3, bulk_bytes: 400, ..Limits::default() };
    let body = |count: usize| {
        format!("{{\"schemas\":[\"{BULK_REQUEST_URN}\"],\"Operations\":[{}]}}", vec!["{}"; count].join(","))
    };
    let (user, group) = (Definition::user(), Definition::group());
    assert_eq!(Bulk::read(body(3).as_bytes(), &user, &group, &limits).unwrap().operations.len(), 3);
    let error = whole(&body(5), &limits);
    assert_eq!((error.status, error.reason), (413, "too_many_operations"));
    assert!(error.detail.contains('3') && error.detail.contains('5'), "{error}");
    let error = whole(&format!("{}{}", body(3), " ".repeat(400)), &limits);
    assert_eq!((error.status, error.reason), (413, "body_too_large"));
    assert!(error.detail.contains("400"), "{error}");
}

#[test]
fn r63_nesting_without_end_is_an_error_of_the_operation() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let body = format!(
            "{{\"schemas\":[\"{BULK_REQUEST_URN}\"],\"x\":{deep},\"Operations\":[{deep},\
             {{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":{deep}}},{{\"method\":{deep}}}]}}"
        );
        let bulk = Bulk::read(body.as_bytes(), &Definition::user(), &Definition::group(), &Limits::default()).unwrap();
        assert_eq!(fault(&bulk.operations[2]), (400, Some(ScimType::InvalidSyntax), "json_depth"));
        assert!(bulk.operations[0].wanted.is_err());
        let data = bulk.operations[1].wanted.as_ref().unwrap();
        let sent = data.data(&HashMap::new(), &Definition::user(), &Limits::default()).unwrap();
        assert_eq!(sent, deep.as_bytes(), "it goes as it came to where every body is read");
    }
}

#[test]
fn what_is_wrong_with_one_operation_is_told_in_its_place() {
    let data = json!({ "userName": "x" });
    let of = |method: &str, path: &str| json!({ "method": method, "path": path, "bulkId": "b", "data": data });
    let value = Some(ScimType::InvalidValue);
    for (operation, expected) in [
        (json!(7), (400, Some(ScimType::InvalidSyntax), "body_not_object")),
        (json!([]), (400, Some(ScimType::InvalidSyntax), "body_not_object")),
        (json!({}), (400, value, "value_missing")),
        (json!({ "method": 1, "path": "/Users" }), (400, value, "value_type")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": 1, "data": data }), (400, value, "value_type")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "", "data": data }), (400, value, "bulk_id")),
        (
            json!({ "method": "POST", "path": "/Users", "bulkId": "x".repeat(256), "data": data }),
            (400, value, "bulk_id"),
        ),
        (json!({ "method": "POST", "path": "/Users", "data": data }), (400, value, "bulk_id")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "a\u{0}", "data": data }), (400, value, "nul")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "a" }), (400, value, "value_missing")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "a", "data": null }), (400, value, "value_missing")),
        (json!({ "method": "PUT", "path": "/Users/a" }), (400, value, "value_missing")),
        (json!({ "method": "POST", "bulkId": "a", "data": data }), (400, value, "value_missing")),
        (json!({ "method": "DELETE", "path": "/Users/a", "version": 1 }), (400, value, "value_type")),
        (of("GET", "/Users"), (405, None, "method")),
        (of("BREW", "/Users"), (405, None, "method")),
        (of("POST", "/Users/a"), (405, None, "method")),
        (of("POST", "/Users/.search"), (405, None, "method")),
        (of("PUT", "/Users"), (405, None, "method")),
        (of("DELETE", "/Groups/"), (405, None, "method")),
        (of("POST", "/Bulk"), (400, value, "bulk_in_bulk")),
        (of("POST", "/Me"), (501, None, "not_implemented")),
        (of("PATCH", "/Users/a?attributes=id"), (400, value, "bulk_path")),
        (of("PUT", "/Users/a/b"), (404, None, "not_found")),
        (of("POST", "/users"), (404, None, "not_found")),
        (of("POST", ""), (404, None, "not_found")),
        (of("POST", "/Schemas"), (404, None, "not_found")),
        (of("POST", "https://usher.example/scim/v2/Users"), (404, None, "not_found")),
        (of("POST", "/t/globex/scim/v2/Users"), (404, None, "not_found")),
        (of("POST", "/../Users"), (404, None, "not_found")),
    ] {
        read(&json!([operation, user("other")]), |bulk| {
            assert_eq!(fault(&bulk.operations[0]), expected, "{operation}");
            assert!(bulk.operations[1].wanted.is_ok(), "the others are not harmed");
            assert_eq!(bulk.order, [0, 1]);
        });
    }
}

#[test]
fn a_bulk_id_that_is_there_twice_refuses_all_who_have_it() {
    read(&json!([user("a"), user("b"), user("a"), group("g", &["a"]), user("a")]), |bulk| {
        for at in [0, 2, 4] {
            assert_eq!(fault(&bulk.operations[at]), (400, Some(ScimType::InvalidValue), "bulk_id_twice"));
        }
        assert!(bulk.operations[1].wanted.is_ok() && bulk.operations[3].wanted.is_ok());
    });
}

#[test]
fn a_reference_to_nobody_is_an_error_that_names_it() {
    read(&json!([group("g", &["a", "ghost"]), user("a")]), |bulk| {
        assert_eq!(fault(&bulk.operations[0]), (400, Some(ScimType::InvalidValue), "bulk_id_unknown"));
        assert!(bulk.operations[0].wanted.as_ref().unwrap_err().detail.contains("\"ghost\""));
        assert_eq!(bulk.order, [0, 1], "it waits for nobody");
    });
}

#[test]
fn r63_a_circle_is_409_and_names_its_members() {
    let behind = group("behind", &["two"]);
    let itself = group("itself", &["itself"]);
    read(&json!([group("one", &["two"]), user("a"), group("two", &["a", "one"]), behind, itself]), |bulk| {
        for (at, names) in [(0, "\"one\" needs \"two\" needs \"one\""), (2, "\"one\" needs \"two\" needs \"one\"")] {
            assert_eq!(fault(&bulk.operations[at]), (409, None, "bulk_circle"));
            assert!(bulk.operations[at].wanted.as_ref().unwrap_err().detail.ends_with(names));
        }
        assert_eq!(fault(&bulk.operations[3]), (409, None, "bulk_circle"));
        assert_eq!(fault(&bulk.operations[4]), (409, None, "bulk_circle"));
        assert!(bulk.operations[1].wanted.is_ok());
        assert_eq!(bulk.order, [0, 1, 2, 3, 4]);
    });
    let circle: Vec<Value> = (0..1000).map(|n| group(&n.to_string(), &[&((n + 1) % 1000).to_string()])).collect();
    read(&json!(circle), |bulk| {
        let errors: Vec<&str> =
            bulk.operations.iter().map(|operation| operation.wanted.as_ref().unwrap_err().detail.as_str()).collect();
        assert!(errors.iter().all(|text| text.ends_with("needs \"4\" needs 995 more needs \"0\"")), "{}", errors[0]);
    });
}

#[test]
fn references_are_replaced_wherever_an_id_can_stand() {
    let ids = HashMap::from([("a".to_owned(), ID.to_owned()), ("b \"q\"".to_owned(), "2".to_owned())]);
    let manager = format!("{ENTERPRISE_URN}:manager");
    let post = |kind: &str, data: Value| json!({ "method": "POST", "path": kind, "bulkId": "x", "data": data });
    let patch = |kind: &str, operation: Value| json!({ "method": "PATCH", "path": format!("{kind}/1"), "data": { "operations": [operation] } });
    for (operation, replaced) in [
        (
            post(
                "/Groups",
                json!({ "displayName": "bulkId:a", "members": [{ "value": "bulkId:a", "display": "bulkId:a" }] }),
            ),
            1,
        ),
        (post("/Groups", json!({ "MEMBERS": ["bulkId:a", { "VALUE": "bulkId:a" }, { "value": "a" }] })), 2),
        (post("/Groups", json!({ "members": { "value": "bulkId:a" } })), 1),
        (
            post(
                "/Users",
                json!({ ENTERPRISE_URN: { "manager": { "value": "bulkId:a", "displayName": "bulkId:a" } } }),
            ),
            1,
        ),
        (post("/Users", json!({ ENTERPRISE_URN: { "manager": "bulkId:a" } })), 1),
        (post("/Users", json!({ &manager: { "value": "bulkId:a" }, "manager.value": "bulkId:a" })), 2),
        (
            post(
                "/Users",
                json!({ "userName": "bulkId:a", "emails": [{ "value": "bulkId:a" }], "groups": [{ "value": "bulkId:a" }] }),
            ),
            0,
        ),
        (patch("/Groups", json!({ "op": "add", "path": "members", "value": [{ "value": "bulkId:a" }] })), 1),
        (patch("/Groups", json!({ "op": "add", "path": "members", "value": "bulkId:a" })), 1),
        (
            patch(
                "/Groups",
                json!({ "op": "add", "value": { "members": [{ "value": "bulkId:a" }], "displayName": "bulkId:a" } }),
            ),
            1,
        ),
        (patch("/Groups", json!({ "op": "replace", "path": "displayName", "value": "bulkId:a" })), 0),
        (patch("/Groups", json!({ "op": "remove", "path": "members[value eq \"bulkId:a\"]" })), 1),
        (
            patch(
                "/Groups",
                json!({ "op": "remove", "Path": "members[value eq \"bulkId:a\" or value eq \"\\u0062ulkId:a\"]" }),
            ),
            2,
        ),
        (patch("/Groups", json!({ "op": "remove", "path": "members[value eq \"x]\" or value eq \"bulkId:a\"]" })), 1),
        (patch("/Users", json!({ "op": "replace", "path": "manager", "value": "bulkId:a" })), 1),
        (patch("/Users", json!({ "op": "replace", "path": format!("{manager}.value"), "value": "bulkId:a" })), 1),
        (patch("/Users", json!({ "op": "replace", "path": format!("{manager}.displayName"), "value": "bulkId:a" })), 0),
        (
            patch(
                "/Users",
                json!({ "op": "add", "path": ENTERPRISE_URN, "value": { "manager": { "value": "bulkId:a" } } }),
            ),
            1,
        ),
        (patch("/Users", json!({ "op": "add", "value": { &manager: "bulkId:a" } })), 1),
        (patch("/Users", json!({ "op": "remove", "path": "emails[value eq \"bulkId:a\"]" })), 0),
        (patch("/Users", json!({ "op": "replace", "path": "title", "value": { "value": "bulkId:a" } })), 0),
    ] {
        read(&json!([user("a"), operation]), |bulk| {
            let wanted = bulk.operations[1].wanted.as_ref().unwrap();
            assert_eq!(wanted.needs, vec![0; replaced.min(1)], "{operation}");
            let definition = if wanted.kind == ResourceKind::User { Definition::user() } else { Definition::group() };
            let sent = wanted.data(&ids, &definition, &Limits::default()).unwrap();
            let sent = String::from_utf8(sent.into_owned()).unwrap();
            assert_eq!(sent.matches(ID).count(), replaced, "{sent}");
            let left = |text: &str| text.matches("ulkId:a").count();
            assert_eq!(left(&sent), left(&operation.to_string()) - replaced, "{sent}");
        });
    }
    let odd = json!({ "op": "remove", "path": "members[value eq \"bulkId:b \\\"q\\\"\"]" });
    read(&json!([user("b \"q\""), patch("/Groups", odd)]), |bulk| {
        let wanted = bulk.operations[1].wanted.as_ref().unwrap();
        let sent = wanted.data(&ids, &Definition::group(), &Limits::default()).unwrap();
        let sent: Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(sent["operations"][0]["path"], "members[value eq \"2\"]");
    });
}

#[test]
fn a_schema_of_a_tenants_own_can_have_places_for_ids() {
    let own = json!({ "id": "urn:example:own", "attributes": [
        { "name": "mentors", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "value", "type": "string" },
            { "name": "$ref", "type": "reference", "referenceTypes": ["User"] },
        ] },
        { "name": "notes", "type": "complex", "subAttributes": [{ "name": "value", "type": "string" }] },
    ] });
    let definition = Definition::user().extended(crate::schema::Schema::read(own).unwrap()).unwrap();
    let own = json!({ "mentors": [{ "value": "bulkId:a" }], "notes": { "value": "bulkId:a" } });
    let data = json!({ "userName": "x", "urn:example:own": own });
    let new = json!({ "method": "POST", "path": "/Users", "bulkId": "x", "data": data });
    let body = json!({ "schemas": [BULK_REQUEST_URN], "Operations": [user("a"), new] }).to_string();
    let limits = Limits::default();
    let bulk = Bulk::read(body.as_bytes(), &definition, &Definition::group(), &limits).unwrap();
    let ids = HashMap::from([("a".to_owned(), ID.to_owned())]);
    let sent = bulk.operations[1].wanted.as_ref().unwrap().data(&ids, &definition, &limits).unwrap();
    let sent: Value = serde_json::from_slice(&sent).unwrap();
    assert_eq!(sent["urn:example:own"], json!({ "mentors": [{ "value": ID }], "notes": { "value": "bulkId:a" } }));
}

#[test]
fn the_answer_has_texts_for_statuses_and_errors_whole() {
    let location = "https://usher.example/scim/v2/Users/1".to_owned();
    let outcomes = [
        Outcome {
            method: Some(Method::Post),
            bulk_id: Some("qwerty".to_owned()),
            location: Some(location.clone()),
            version: Some("W/\"1\"".to_owned()),
            status: 201,
            error: None,
        },
        Outcome { method: Some(Method::Delete), location: Some(location.clone()), status: 204, ..Outcome::default() },
        Outcome { error: Some(Error::invalid_value("value_missing", "no")), ..Outcome::default() },
    ];
    assert_eq!(
        response(&outcomes),
        json!({
            "schemas": [BULK_RESPONSE_URN],
            "Operations": [
                { "location": location, "method": "POST", "bulkId": "qwerty", "version": "W/\"1\"", "status": "201" },
                { "location": location, "method": "DELETE", "status": "204" },
                {
                    "status": "400",
                    "response": {
                        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                        "status": "400",
                        "scimType": "invalidValue",
                        "detail": "no",
                    },
                },
            ],
        })
    );
}
