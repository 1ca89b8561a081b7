//! The tables of routes are the whole truth.

use usher_gateway::routes::{Authority, OTHERS, SCIM, SCIM_DOORS};

use super::{filled, has_body};
use crate::harness::{App, Request, Setup};

on_both_backends!(
    r24_every_route_of_the_tables_is_answered,
    r24_what_is_not_in_the_tables_does_not_exist,
    a_method_that_a_path_does_not_have_is_405_with_allow,
    head_is_get_without_the_body,
    the_mailbox_is_there_in_development_only,
);

async fn r24_every_route_of_the_tables_is_answered(app: &App) {
    let acme = app.tenant("acme").await;
    for (door, route) in SCIM_DOORS.iter().flat_map(|door| SCIM.iter().map(move |route| (*door, route))) {
        assert_eq!(route.authority, Authority::Token, "{}", route.path);
        let path = filled(&format!("{door}{}", route.path), "acme", "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e");
        let request = Request::new(app.address, route.method.as_str(), &path).bearer(&acme.token);
        let request =
            if has_body(route.method.as_str()) { request.bytes("application/scim+json", "{") } else { request };
        let answer = request.send().await;
        assert!(matches!(answer.status, 200 | 400 | 404 | 501), "{} {path}: {}", route.method, answer.status);
        assert!(!answer.text().contains("no such endpoint"), "{} {path}", route.method);
    }
    for route in OTHERS {
        let path = filled(route.path, "acme", "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e");
        let request = app.api(route.method.as_str(), &path);
        let request = if has_body(route.method.as_str()) { request.bytes("application/json", "{") } else { request };
        let answer = request.send().await;
        assert!(matches!(answer.status, 200 | 400 | 404), "{} {path}: {}", route.method, answer.status);
        assert!(!answer.text().contains("nothing at this address"), "{} {path}", route.method);
    }
}

async fn r24_what_is_not_in_the_tables_does_not_exist(app: &App) {
    let acme = app.tenant("acme").await;
    for path in [
        "/",
        "/scim",
        "/api",
        "/api/v1",
        "/api/v1/tenants",
        "/api/v1/tenants/acme/nothing",
        "/t",
        "/t/acme",
        "/t/acme/scim",
        "/join",
        "/metrics",
        "/admin",
        "/dev",
        "/.env",
        "/favicon.ico",
        "/scim/v1/Users",
        "/scim/v20/Users",
        "/t/acme/scim/v1/Users",
        "/v2/Users",
        "/Users",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            for token in [None, Some(acme.token.clone()), Some(app.operator_token())] {
                let request = Request::new(app.address, method, path);
                let request = token.iter().fold(request, |request, token| request.bearer(token));
                let answer = request.send().await;
                assert_eq!(answer.status, 404, "{method} {path}");
                assert_eq!(answer.json()["error"]["reason"], "not_found");
            }
        }
    }
    for path in ["/bulk", "/Bulk/x", "/users", "/Devices", "/Users/a/b", "/Users/a/b/c", "/Me/x", "/Schemas/a/b"] {
        for client in [acme.scim(), acme.shared()] {
            let answer = client.get(path).await;
            assert_eq!(answer.status, 404, "{path}");
            answer.assert_scim_error(404, None);
            let without = Request::new(app.address, "GET", &format!("{}{path}", client.base)).send().await;
            without.assert_scim_error(401, None);
        }
    }
}

async fn a_method_that_a_path_does_not_have_is_405_with_allow(app: &App) {
    let acme = app.tenant("acme").await;
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"];
    let mut tried = 0;
    for door in SCIM_DOORS {
        for route in SCIM {
            let routes = SCIM.iter().filter(|other| other.path == route.path);
            let allowed: Vec<&str> = routes.flat_map(|other| with_head(other.method.as_str())).collect();
            let path = filled(&format!("{door}{}", route.path), "acme", "x");
            for method in methods.iter().filter(|method| !allowed.contains(method)) {
                let request = Request::new(app.address, method, &path).bearer(&acme.token);
                let answer = request.send().await.assert_scim_error(405, None);
                assert_eq!(answer.header("allow"), allowed.join(", "), "{method} {path}");
                Request::new(app.address, method, &path).send().await.assert_scim_error(401, None);
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "the tables were walked");
    for route in OTHERS {
        let answer = app.api("PATCH", &filled(route.path, "acme", "x")).send().await.assert_status(405);
        assert!(answer.header("allow").contains(route.method.as_str()), "{}", route.path);
    }
}

/// What answers GET answers HEAD (RFC 9110 §9.3.2).
fn with_head(method: &str) -> Vec<&str> {
    if method == "GET" { vec!["GET", "HEAD"] } else { vec![method] }
}

async fn head_is_get_without_the_body(app: &App) {
    let acme = app.tenant("acme").await;
    let user = acme.scim().create_user("ada@acme.example").await;
    for path in ["/Users", &format!("/Users/{user}"), "/Users/nobody", "/ServiceProviderConfig", "/Schemas", "/Me"] {
        let (get, head) = (acme.scim().get(path).await, acme.scim().request("HEAD", path).send().await);
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty(), "{path}: {}", head.text());
        for name in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
        let without = Request::new(app.address, "HEAD", &format!("/scim/v2{path}")).send().await;
        assert_eq!((without.status, without.body.len()), (401, 0), "{path}");
    }
}

async fn the_mailbox_is_there_in_development_only(app: &App) {
    let serving = app.replica(Setup { development: false, ..Setup::default() }).await;
    app.get("/dev/mailbox").await.assert_status(200);
    serving.get("/dev/mailbox").await.assert_status(404);
    serving.stop().await;
}
