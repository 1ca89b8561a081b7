//! What a second start finds, and what two processes see of each other.

use std::time::Duration;

use serde_json::{Value, json};

use crate::home::{Home, Running, poll};
use crate::http::Client;
use crate::installation::{Backend, Installation, serve};

/// The last line of the welcome of `usher dev`: the body of the example.
const LAST_LINE: &str = "-d '{";

fn status(home: &Home, token: &str) -> u16 {
    Client::new(home.listen, token).ask("GET", "/scim/v2/Users", &Value::Null).status
}

#[test]
fn a_second_dev_keeps_tenant_and_users_and_shows_no_token() {
    let home = Home::new("dev-again");
    let first = Running::start(&mut home.usher(&["dev"]));
    let welcome = first.until(LAST_LINE);
    let token = welcome.split("Authorization: Bearer ").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let example: Value =
        serde_json::from_str(welcome.split("-d '").nth(1).unwrap().split('\'').next().unwrap()).unwrap();
    let made = Client::new(home.listen, token).ask("POST", "/scim/v2/Users", &example);
    assert_eq!(made.status, 201, "{made:?}");
    let tenants = home.json(&["tenant", "list"]);
    assert_eq!(first.terminate().1, Some(0));

    let second = Running::start(&mut home.usher(&["dev"]));
    let welcome = second.until(LAST_LINE);
    assert!(!welcome.contains("ush_") && welcome.contains("usher token create acme"), "{welcome}");
    assert_eq!(home.json(&["tenant", "list"]), tenants);
    let created = home.json(&["token", "create", "acme"]);
    for token in [token, created["token"].as_str().unwrap()] {
        let found = Client::new(home.listen, token).users_named("ada@acme.example");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["id"], made.body["id"]);
    }
}

fn a_start_is_silent(backend: Backend) {
    let installation = Installation::new(backend.home("silent"));
    let home = &installation.home;
    let running = Running::start(&mut home.usher(&["serve"]));
    poll("ready", Duration::from_secs(10), || {
        Client::new(home.listen, "").send("GET", "/readyz", &Value::Null).ok().filter(|answer| answer.status == 200)
    });
    assert_eq!(status(home, &installation.token), 200);
    assert_eq!(running.terminate(), (String::new(), Some(0)), "its log is on standard error");
}

#[test]
fn serve_says_nothing_on_standard_output_on_sqlite() {
    a_start_is_silent(Backend::Sqlite);
}

#[test]
fn serve_says_nothing_on_standard_output_on_postgresql() {
    a_start_is_silent(Backend::Postgres);
}

/// Two gateways over one database, each warm for the token.
fn two_gateways(name: &str) -> (Installation, Home, [Running; 2]) {
    let installation = Installation::new(Backend::Postgres.home(name));
    let other = installation.home.beside(&format!("{name}-other"));
    let running = [installation.serve("gateway"), serve(&other, "gateway")];
    for home in [&installation.home, &other] {
        assert_eq!(status(home, &installation.token), 200);
    }
    (installation, other, running)
}

#[test]
fn a_revoked_token_is_refused_by_every_gateway_within_seconds() {
    let (installation, other, _running) = two_gateways("revoked");
    installation.home.json(&["token", "revoke", "acme", &installation.token_id]);
    let is_refused = |home: &Home| status(home, &installation.token) == 401;
    poll("refused by both", Duration::from_secs(6), || {
        (is_refused(&installation.home) && is_refused(&other)).then_some(())
    });
}

#[test]
fn the_first_use_of_a_successor_at_one_gateway_begins_the_sunset_of_a_token() {
    let (installation, other, _running) = two_gateways("rotated");
    let home = &installation.home;
    let of = |id: &Value| {
        let list = home.json(&["token", "list", "acme"]);
        list["tokens"].as_array().unwrap().iter().find(|token| token["id"] == *id).unwrap().clone()
    };
    let old = json!(installation.token_id);
    let created = home.json(&["token", "rotate", "acme", &installation.token_id]);
    assert_eq!(of(&old)["state"], "active", "nobody has used the new one");
    let new = created["token"].as_str().unwrap();
    for home in [&other, home] {
        assert_eq!(status(home, new), 200);
        assert_eq!(of(&old)["state"], "ending");
    }
    for home in [home, &other] {
        assert_eq!(status(home, &installation.token), 200, "the old one works until its end");
    }
    let sunsets: Vec<_> = installation.events().into_iter().filter(|event| event["kind"] == "token.sunset").collect();
    assert_eq!(sunsets.len(), 1, "{sunsets:?}");
    assert_eq!((&sunsets[0]["subject"]["id"], &sunsets[0]["data"]["replaced_by"]), (&old, &created["id"]));
    assert_eq!(of(&old)["revoked_at"], sunsets[0]["data"]["ends_at"]);
}
