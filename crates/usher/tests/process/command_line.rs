//! Answers, refusals and misuse of the commands that end by themselves.

use std::fs;

use serde_json::Value;

use crate::home::{Home, finish};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A home with a migrated database and a key.
fn ready(name: &str) -> Home {
    let home = Home::new(name);
    home.json(&["migrate"]);
    fs::write(home.path("data/keys"), KEY).unwrap();
    home
}

/// A command that must be refused: its error in JSON, after a check that text says the same.
fn refused(home: &Home, arguments: &[&str]) -> Value {
    let text = home.run(arguments);
    let json = home.run(&[arguments, &["--output", "json"]].concat());
    assert_eq!(json.status, Some(1), "{arguments:?}: {json:?}");
    let answer: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(answer["error"]["message"], text.refusal(), "{arguments:?}");
    assert!(answer["error"]["reason"].as_str().is_some_and(|reason| !reason.contains(' ')), "{answer}");
    answer["error"].clone()
}

#[test]
fn tenants_are_made_listed_shown_suspended_and_resumed() {
    let home = ready("tenants");
    assert!(home.run(&["tenant", "list"]).stdout.starts_with("There is no tenant yet"));
    assert_eq!(home.json(&["tenant", "list"]), serde_json::json!({ "tenants": [] }));
    let made = home.json(&["tenant", "create", "acme", "--name", "Acme Inc.", "--domain", "Acme.Example"]);
    assert_eq!((&made["slug"], &made["name"]), (&"acme".into(), &"Acme Inc.".into()));
    assert!(made.to_string().contains("acme.example"), "{made}");
    home.json(&["tenant", "create", "globex"]);
    let list = home.json(&["tenant", "list"]);
    let slugs: Vec<_> = list["tenants"].as_array().unwrap().iter().map(|tenant| &tenant["slug"]).collect();
    assert_eq!(slugs, ["acme", "globex"]);
    let table = home.run(&["tenant", "list"]).stdout;
    assert!(table.starts_with("TENANT") && table.lines().count() == 3, "{table}");
    assert_eq!(home.json(&["tenant", "show", made["id"].as_str().unwrap()]), home.json(&["tenant", "show", "acme"]));
    let suspended = home.json(&["tenant", "suspend", "acme"]);
    assert_eq!((&made["state"], &suspended["state"]), (&"active".into(), &"suspended".into()));
    assert_eq!(home.json(&["tenant", "show", "acme"]), suspended);
    assert_eq!(home.json(&["tenant", "resume", "acme"]), made);
}

#[test]
fn refusals_have_a_reason_for_programs_and_words_for_people() {
    let home = ready("refusals");
    home.json(&["tenant", "create", "acme"]);
    for arguments in [
        &["tenant", "create", "acme"][..],
        &["tenant", "show", "nobody"],
        &["tenant", "suspend", "nobody"],
        &["token", "list", "nobody"],
        &["token", "create", "nobody"],
        &["token", "revoke", "acme", "nothing"],
        &["token", "revoke", "acme", "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e"],
        &["events", "nobody"],
    ] {
        refused(&home, arguments);
    }
}

#[test]
fn a_token_is_shown_once_and_its_life_can_be_followed() {
    let home = ready("tokens");
    home.json(&["tenant", "create", "acme"]);
    let created =
        home.json(&["token", "create", "acme", "--connection", "okta", "--label", "first", "--expires", "365d"]);
    let token = created["token"].as_str().unwrap();
    assert!(token.starts_with("ush_"));
    let url = format!("http://{}", home.listen);
    assert_eq!(created["scim_url"], format!("{url}/t/acme/scim/v2"));
    assert_eq!(created["shared_scim_url"], format!("{url}/scim/v2"));
    assert_eq!((&created["connection"], &created["label"]), (&"okta".into(), &"first".into()));
    assert!(created["expires_at"].is_string(), "{created}");
    let id = created["id"].as_str().unwrap();

    let list = home.json(&["token", "list", "acme"]);
    assert_eq!(list["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(list["tokens"][0]["id"], id);
    assert!(!list.to_string().contains(token));
    assert!(!home.run(&["token", "list", "acme"]).stdout.contains(token));

    let rotated = home.json(&["token", "rotate", "acme", id]);
    assert_ne!(rotated["token"], token);
    assert_ne!(rotated["id"], id);
    home.json(&["token", "revoke", "acme", id]);
    let list = home.json(&["token", "list", "acme"]);
    let of = |id: &Value| list["tokens"].as_array().unwrap().iter().find(|token| token["id"] == *id).unwrap().clone();
    assert!(of(&created["id"])["revoked_at"].is_string(), "{list}");
    assert!(of(&rotated["id"])["revoked_at"].is_null(), "{list}");
}

#[test]
fn a_token_in_text_stands_beside_its_addresses() {
    let home = ready("token-text");
    home.json(&["tenant", "create", "acme"]);
    let shown = home.run(&["token", "create", "acme"]).stdout;
    for name in ["token:", "id:", "scim_url:", "shared_scim_url:"] {
        assert!(shown.lines().any(|line| line.starts_with(name)), "no {name} in {shown}");
    }
    assert_eq!(shown.matches("ush_").count(), 1);
}

#[test]
fn events_are_read_on_from_a_number() {
    let home = ready("events");
    home.json(&["tenant", "create", "acme"]);
    home.json(&["token", "create", "acme"]);
    let all = home.json(&["events", "acme"]);
    let events = all["events"].as_array().unwrap();
    assert!(events.len() >= 2, "{all}");
    let first = events[0]["position"].to_string();
    let rest = home.json(&["events", "acme", "--after", &first]);
    assert_eq!(rest["events"].as_array().unwrap().as_slice(), &events[1..]);
    assert_eq!(home.json(&["events", "acme", "--limit", "1"])["events"].as_array().unwrap().len(), 1);
    let table = home.run(&["events", "acme"]).stdout;
    assert!(table.starts_with("NUMBER") && table.contains("tenant."), "{table}");
}

#[test]
fn an_operator_token_is_alone_on_its_line() {
    let home = ready("operator");
    let token = home.run(&["operator-token", "create"]).stdout;
    assert_eq!((token.lines().count(), token.matches('.').count()), (1, 2), "{token}");
    let answer = home.json(&["operator-token", "create", "--expires", "1h"]);
    assert!(answer["token"].is_string() && answer["expires_at"].is_string());
}

#[test]
fn commands_need_a_database_and_a_key() {
    let home = Home::new("needs");
    assert!(home.run(&["tenant", "list"]).refusal().starts_with("there is no key"));
    let with_key = finish(home.usher(&["tenant", "list"]).env("USHER__SECRETS__KEYS", KEY));
    assert!(with_key.refusal().contains("run `usher migrate`"), "{with_key:?}");
    assert!(!home.path("data").exists(), "looking changes nothing");
}

#[test]
fn misuse_is_status_2_and_leaves_standard_output_alone() {
    let home = Home::new("misuse");
    for arguments in [
        &["frobnicate"][..],
        &["serve", "--role", "both"],
        &["tenant"],
        &["tenant", "create"],
        &["tenant", "create", "Not A Slug"],
        &["tenant", "create", "acme", "--domain", "@acme.example"],
        &["tenant", "delete", "acme"],
        &["token", "create", "acme", "--expires", "365"],
        &["token", "create", "acme", "--kind", "oktopus"],
        &["events", "acme", "--limit", "0"],
        &["tenant", "list", "--output", "xml"],
    ] {
        let done = home.run(arguments);
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{arguments:?}: {done:?}");
        assert!(!done.stderr.is_empty());
    }
    assert!(!home.path("data").exists());
}

#[test]
fn help_and_version_are_answers() {
    let home = Home::new("help");
    for arguments in [&["--help"][..], &["token", "create", "--help"], &["help", "serve"], &["--version"]] {
        let done = home.run(arguments);
        assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{arguments:?}: {done:?}");
        assert!(done.stdout.contains("usher"));
    }
    let help = home.run(&["token", "create", "--help"]).stdout;
    for kind in usher_core::ConnectionKind::ALL {
        assert!(help.contains(kind.as_str()), "{} is not in {help}", kind.as_str());
    }
}

#[test]
fn wrong_configuration_stops_every_command_and_is_named() {
    let home = Home::new("configuration");
    for (name, value, key) in [
        ("USHER__SERVER__LISTN", "1", "server.listn"),
        ("USHER__DATABASE__MAX_CONNECTIONS", "0", "database.max_connections must be from 1 to 500, not 0"),
        ("USHER__DATABASE__URL", "", "database.url is empty"),
        ("USHER_CONFIG", "nowhere.toml", "nowhere.toml"),
    ] {
        for arguments in [&[][..], &["serve"], &["migrate"], &["check-config"], &["token", "list", "acme"]] {
            let refused = finish(home.usher(arguments).env(name, value));
            assert!(refused.refusal().contains(key), "{arguments:?}: {refused:?}");
        }
    }
    fs::write(home.path("usher.toml"), "[limits]\npages = 1\n").unwrap();
    let refused = home.run(&["check-config", "--config", "usher.toml"]);
    assert!(refused.refusal().starts_with("unknown key limits.pages in usher.toml; "), "{refused:?}");
}

#[test]
fn check_config_shows_what_is_in_force_without_secrets() {
    let home = Home::new("check");
    fs::write(home.path("usher.yaml"), "limits:\n  page: 50\nmail:\n  url: smtp://u:s3cret@mail:25\n").unwrap();
    let check = |more: &[&str]| {
        let mut command = home.usher(&[&["check-config", "--config", "usher.yaml"], more].concat());
        finish(command.env("USHER__SECRETS__KEYS", KEY))
    };
    let done = check(&["--output", "json"]);
    let answer: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&answer["valid"], &answer["settings"]["limits.page"]), (&true.into(), &50.into()), "{answer}");
    assert_eq!(answer["settings"]["server.listen"], home.listen.to_string());
    let text = check(&[]).stdout;
    assert!(text.lines().any(|line| line.starts_with("limits.page") && line.ends_with("= 50")), "{text}");
    for shown in [&done.stdout, &text] {
        assert!(!shown.contains("s3cret") && !shown.contains(KEY), "{shown}");
    }
    assert_eq!(home.run(&["check-config", "--config", "usher.yaml"]).status, Some(1), "no key");
}
