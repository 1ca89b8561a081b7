//! Bulk requests that are none, hold what they must not, or are too much.

use serde_json::{Value, json};

use super::{Untouched, refusals};
use crate::harness::{App, Request, bulk, group, user};

on_both_backends!(
    what_is_no_bulk_request_is_refused_whole,
    r63_what_cannot_be_an_operation_is_refused_in_its_place,
    r63_more_than_1000_operations_or_4_mib_is_413_and_nothing_is_done,
    r63_hostile_data_is_refused_in_its_place,
    only_post_reaches_bulk,
);

/// A POST of a user who could be made.
fn eve(bulk_id: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": user("eve@acme.example") })
}

async fn what_is_no_bulk_request_is_refused_whole(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let good = bulk(json!([eve("a")]));
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, kind) in [
        (json!([]), "invalidSyntax"),
        (json!({}), "invalidSyntax"),
        (json!({ "Operations": [eve("a")] }), "invalidSyntax"),
        (with("schemas", json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])), "invalidSyntax"),
        (with("schemas", json!("urn:ietf:params:scim:api:messages:2.0:BulkRequest")), "invalidSyntax"),
        (with("Operations", json!([])), "invalidSyntax"),
        (with("Operations", json!(null)), "invalidSyntax"),
        (with("Operations", eve("a")), "invalidSyntax"),
        (with("operations", json!([eve("b")])), "invalidSyntax"),
        (with("failOnErrors", json!(0)), "invalidValue"),
        (with("failOnErrors", json!("1")), "invalidValue"),
        (with("failOnErrors", json!(1.5)), "invalidValue"),
    ] {
        scim.post("/Bulk", &body).await.assert_scim_error(400, Some(kind));
    }
    let cut = good.to_string();
    for body in [&cut[..cut.len() - 1], "{", "", "nonsense", "{\"schemas\":[\"\u{0}\"]}"] {
        let request = scim.request("POST", "/Bulk").bytes("application/scim+json", body);
        request.send().await.assert_scim_error(400, Some("invalidSyntax"));
    }
    scim.request("POST", "/Bulk").bytes("text/plain", cut).send().await.assert_scim_error(415, None);
    there.check().await;
    assert_eq!(refusals(app, &there.tenant).await.len(), 18);
}

async fn r63_what_cannot_be_an_operation_is_refused_in_its_place(app: &App) {
    let there = Untouched::new(app).await;
    let of = |method: &str, path: &str| json!({ "method": method, "path": path, "bulkId": "b", "data": user("eve@acme.example") });
    let inner = json!({ "method": "POST", "path": "/Bulk", "bulkId": "b", "data": bulk(json!([eve("a")])) });
    for (operation, status, kind) in [
        (json!(null), "400", Some("invalidSyntax")),
        (json!([eve("a")]), "400", Some("invalidSyntax")),
        (json!({}), "400", Some("invalidValue")),
        (inner, "400", Some("invalidValue")),
        (of("POST", "/Me"), "501", None),
        (of("GET", "/Users"), "405", None),
        (of("POST", "/Users/x"), "405", None),
        (of("PUT", "/Users"), "405", None),
        (of("POST", "/Devices"), "404", None),
        (of("POST", "/t/globex/scim/v2/Users"), "404", None),
        (of("POST", "/../../t/globex/scim/v2/Users"), "404", None),
        (of("POST", "https://usher.example.com/scim/v2/Users"), "404", None),
        (of("POST", "/api/v1/tenants/acme/users"), "404", None),
        (of("DELETE", "/Users/..%2f..%2fGroups"), "404", None),
        (of("PUT", "/Users/x?attributes=id"), "400", Some("invalidValue")),
        (json!({ "method": "POST", "path": "/Users", "data": user("eve@acme.example") }), "400", Some("invalidValue")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "b" }), "400", Some("invalidValue")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "b", "data": "x" }), "400", Some("invalidSyntax")),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "b", "data": {} }), "400", Some("invalidValue")),
        (
            json!({ "method": "PATCH", "path": format!("/Users/{}", there.user), "data": {} }),
            "400",
            Some("invalidSyntax"),
        ),
    ] {
        let results = there.tenant.scim().bulk(json!([operation])).await;
        assert_eq!(results.len(), 1);
        assert_eq!(results[0]["status"], status, "{operation}: {}", results[0]);
        assert_eq!(results[0]["response"]["scimType"].as_str(), kind, "{operation}: {}", results[0]);
    }
    let twice = there.tenant.scim().bulk(json!([eve("a"), eve("a")])).await;
    assert!(twice.iter().all(|result| result["status"] == "400"), "nobody knows which one is meant: {twice:?}");
    there.check().await;
}

async fn r63_more_than_1000_operations_or_4_mib_is_413_and_nothing_is_done(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let mut many = vec![eve("first")];
    many.resize(1001, json!({ "method": "DELETE", "path": "/Users/none" }));
    let answer = scim.post("/Bulk", &bulk(many.into())).await.assert_scim_error(413, None).json();
    assert!(answer["detail"].as_str().is_some_and(|text| text.contains("1000") && text.contains("1001")), "{answer}");
    let limit = 4 << 20;
    let mut body = bulk(json!([{ "method": "DELETE", "path": "/Users/none" }])).to_string();
    body.push_str(&" ".repeat(limit - body.len()));
    let request = |body: String| scim.request("POST", "/Bulk").bytes("application/json", body);
    request(body.clone()).send().await.assert_status(200);
    body.push(' ');
    for answer in [request(body.clone()).send().await, request(body).chunked().send().await] {
        let answer = answer.assert_scim_error(413, None).json();
        assert!(answer["detail"].as_str().is_some_and(|text| text.contains("4194304")), "{answer}");
    }
    let mut large = user("eve@acme.example");
    large["title"] = "x".repeat(1 << 20).into();
    let results = scim.bulk(json!([{ "method": "POST", "path": "/Users", "bulkId": "b", "data": large }])).await;
    assert_eq!(results[0]["status"], "413", "an operation has the limit of a request of its own");
    there.check().await;
}

async fn r63_hostile_data_is_refused_in_its_place(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let long = "x".repeat(1025);
    for data in [
        nested(65),
        nested(200_000),
        format!("{{\"userName\":\"x\",\"x\":{}}}", nested(100_000)),
        "{\"userName\":\"a\",\"USERNAME\":\"b\"}".to_owned(),
        "{\"userName\":\"a\\u0000\"}".to_owned(),
        "{\"userName\":\"\\ud800\"}".to_owned(),
        format!("{{\"userName\":\"{long}\"}}"),
        "{\"userName\":7}".to_owned(),
    ] {
        let body = format!(
            "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":[{{\"method\":\"POST\",\
             \"path\":\"/Users\",\"bulkId\":\"b\",\"data\":{data}}}]}}"
        );
        let answer = scim.request("POST", "/Bulk").bytes("application/json", body).send().await.assert_status(200);
        assert_eq!(answer.json()["Operations"][0]["status"], "400", "{}", &data[..data.len().min(80)]);
    }
    let odd = ["bulkId:", "bulkId:bulkId:a", "bulkId:\n", "bulkId:\u{202e}", "bulkid:a", "${a}"];
    for value in odd {
        let crew = json!({ "method": "POST", "path": "/Groups", "bulkId": "a", "data": group("New", &[value]) });
        let results = scim.bulk(json!([crew])).await;
        assert_eq!(results[0]["status"], "400", "{value:?}: {}", results[0]);
    }
    there.check().await;
}

async fn only_post_reaches_bulk(app: &App) {
    let there = Untouched::new(app).await;
    let body = bulk(json!([eve("a")]));
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let answer = there.tenant.scim().request(method, "/Bulk").scim(&body).send().await.assert_scim_error(405, None);
        assert_eq!(answer.header("allow"), "POST");
    }
    let stranger = Request::new(app.address, "POST", "/t/acme/scim/v2/Bulk").scim(&body).send().await;
    stranger.assert_scim_error(401, None);
    there.check().await;
}
