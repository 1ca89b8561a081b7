//! The operator API opens to operator tokens and to nothing else.

use chrono::TimeDelta;
use serde_json::json;
use usher_core::KeyRing;
use usher_gateway::operator_token;
use usher_gateway::routes::{Authority, OTHERS};

use super::{filled, with_broken_body};
use crate::harness::{App, Request};

on_both_backends!(
    operator_routes_answer_401_to_everybody_without_an_operator_token,
    an_operator_asks_within_the_tenant_that_the_path_names,
);

async fn operator_routes_answer_401_to_everybody_without_an_operator_token(app: &App) {
    let acme = app.tenant("acme").await;
    let user = acme.scim().create_user("ada@acme.example").await;
    let (keys, now) = (app.provisioner.keys(), app.provisioner.now());
    let good = app.operator_token();
    let expired = operator_token(keys, now - TimeDelta::hours(2), TimeDelta::hours(1)).expect("a token");
    let early = operator_token(keys, now + TimeDelta::hours(2), TimeDelta::hours(1)).expect("a token");
    let other = KeyRing::new(["another key of thirty-two bytes or more"]).expect("a key");
    let foreign = operator_token(&other, now, TimeDelta::hours(1)).expect("a token");
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let bad = [
        ("missing", vec![]),
        ("blank", vec!["Bearer ".to_owned()]),
        ("of a tenant", vec![format!("Bearer {}", acme.token)]),
        ("expired", vec![format!("Bearer {expired}")]),
        ("of the future", vec![format!("Bearer {early}")]),
        ("of another key", vec![format!("Bearer {foreign}")]),
        ("unsigned", vec![format!("Bearer {head}.")]),
        ("cut", vec![format!("Bearer {head}.{}", &signature[1..])]),
        ("in Basic", vec![format!("Basic {good}")]),
        ("on two lines", vec![format!("Bearer {good}"), format!("Bearer {good}")]),
    ];
    let mut expected = None;
    for route in OTHERS.iter().filter(|route| route.authority == Authority::Operator) {
        let path = filled(route.path, "acme", &user);
        for (what, lines) in &bad {
            let mut request = with_broken_body(Request::new(app.address, route.method.as_str(), &path), route);
            for line in lines {
                request = request.header("Authorization", line);
            }
            let answer = request.send().await.assert_status(401);
            assert_eq!(answer.json()["error"]["reason"], "unauthorized");
            let expected = expected.get_or_insert_with(|| answer.essence());
            assert_eq!(answer.essence(), *expected, "{} {path} with a token that is {what}", route.method);
        }
    }
    assert_eq!(app.state_of(&acme, &user).await["state"], "invited", "nothing was done");
}

async fn an_operator_asks_within_the_tenant_that_the_path_names(app: &App) {
    let acme = app.tenant("acme").await;
    app.tenant("globex").await;
    let user = acme.scim().create_user("ada@acme.example").await;
    for (method, rest) in [("GET", ""), ("DELETE", ""), ("POST", "/invitation"), ("DELETE", "/invitation")] {
        let ask = async |tenant: &str, id: &str| {
            app.api(method, &format!("/api/v1/tenants/{tenant}/users/{id}{rest}")).send().await.assert_status(404)
        };
        let never = ask("globex", "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e").await.essence();
        for id in [&user, "no-id", "%00"] {
            assert_eq!(ask("globex", id).await.essence(), never, "{method} {id}");
        }
        for tenant in ["nobody", "%00", "ACME%20", "..%2facme"] {
            assert_eq!(ask(tenant, &user).await.json()["error"]["reason"], "not_found");
        }
    }
    let member = json!({ "email": "new@globex.example" });
    app.api("POST", "/api/v1/tenants/nobody/users").json(&member).send().await.assert_status(404);
    assert_eq!(app.state_of(&acme, &user).await["state"], "invited");
}
