//! Small requests that ask for much work.

use serde_json::json;

use super::Untouched;
use crate::harness::{App, Request, encode, patch};

on_both_backends!(
    r60_nesting_without_end_is_refused_before_and_after_the_door,
    r61_long_paths_and_chains_are_refused,
    bodies_nested_deep_are_refused,
);

async fn r60_nesting_without_end_is_refused_before_and_after_the_door(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    for filter in [
        "(".repeat(8000),
        "not (".repeat(1500),
        "emails[".repeat(1100),
        format!("{}a eq 1{}", "(".repeat(2000), ")".repeat(2000)),
    ] {
        let query = format!("?filter={}", encode(&filter));
        for path in ["/Users", "/Groups"] {
            let stranger = Request::new(app.address, "GET", &format!("/scim/v2{path}{query}")).send().await;
            stranger.assert_scim_error(401, None);
            scim.get(&format!("{path}{query}")).await.assert_scim_error(400, Some("invalidFilter"));
            let search =
                json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter });
            scim.post(&format!("{path}/.search"), &search).await.assert_scim_error(400, Some("invalidFilter"));
        }
    }
    there.check().await;
}

async fn r61_long_paths_and_chains_are_refused(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    for path in [
        ".".repeat(8000),
        "a.".repeat(4000),
        "emails[".repeat(1000),
        format!("emails[{}]", "(".repeat(5000)),
        format!("emails[{}].value", vec!["type eq \"x\""; 500].join(" or ")),
        "a".repeat(100_000),
        "urn:".repeat(2000),
    ] {
        for op in ["add", "replace", "remove"] {
            let body = patch(json!([{ "op": op, "path": path, "value": "x" }]));
            let answer = scim.patch(&format!("/Users/{}", there.user), &body).await;
            assert_eq!(answer.status, 400, "{op} {}: {}", &path[..20], answer.text());
        }
        let query = format!("?attributes={0}&sortBy={0}", encode(&path[..path.len().min(8000)]));
        let status = scim.get(&format!("/Users{query}")).await.status;
        assert!(matches!(status, 200 | 400), "{status}");
    }
    there.check().await;
}

async fn bodies_nested_deep_are_refused(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    for depth in [65, 128, 10_000, 200_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            if inner.len() > 1 << 20 {
                continue;
            }
            for body in [inner.clone(), format!("{{\"userName\":\"x\",\"x\":{inner}}}"), open.repeat(depth)] {
                let request = scim.request("POST", "/Users").bytes("application/scim+json", body);
                let answer = request.send().await;
                assert_eq!(answer.status, 400, "{depth} of {open}: {}", answer.text());
            }
        }
    }
    there.check().await;
}
