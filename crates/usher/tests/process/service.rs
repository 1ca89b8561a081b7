//! `usher`, `usher serve` and `usher migrate`.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;

use crate::home::{Home, Running, finish};

/// The last line of the welcome: the body of the example.
const LAST_LINE: &str = "-d '{";
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn token_in(text: &str) -> Option<String> {
    let start = text.find("ush_")?;
    Some(text[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
}

#[test]
fn the_first_start_shows_all_that_a_first_look_needs() {
    let home = Home::new("first");
    let running = Running::start(&mut home.usher(&[]));
    let welcome = running.until(LAST_LINE);
    let url = format!("http://{}", home.listen);
    for line in [format!("{url}/t/acme/scim/v2\n"), format!("{url}/scim/v2 "), format!("{url}/dev/mailbox\n")] {
        assert!(welcome.contains(&line), "no {line:?} in {welcome}");
    }
    let token = token_in(&welcome).unwrap();
    let body = welcome.split("-d '").nth(1).unwrap().split('\'').next().unwrap();
    let (status, created) = home.request("POST", "/t/acme/scim/v2/Users", &token, body);
    assert_eq!(status, 201, "{created}");
    let (status, created) = home.request("POST", "/scim/v2/Users", &token, body);
    assert_eq!(status, 409, "the shared door opens the same tenant: {created}");
    assert_eq!(home.request("GET", "/dev/mailbox", "", "").0, 200);
    assert_eq!(running.terminate(), ("\n".to_owned(), Some(0)));
}

#[test]
fn a_later_start_says_how_to_make_another_token() {
    let home = Home::new("later");
    let first = Running::start(&mut home.usher(&["dev"]));
    let token = token_in(&first.until(LAST_LINE)).unwrap();
    first.terminate();
    let second = Running::start(&mut home.usher(&["dev"]));
    let welcome = second.until(LAST_LINE);
    assert!(token_in(&welcome).is_none() && welcome.contains("usher token create acme"), "{welcome}");
    assert_eq!(home.request("GET", "/scim/v2/Users", &token, "").0, 200, "the first token still works");
    // While it runs, another process makes another token.
    let created = home.json(&["token", "create", "acme"]);
    assert_eq!(home.request("GET", "/scim/v2/Users", created["token"].as_str().unwrap(), "").0, 200);
}

#[test]
fn dev_answers_json_too() {
    let home = Home::new("dev-json");
    let running = Running::start(&mut home.usher(&["dev", "--output", "json"]));
    let welcome: Value = serde_json::from_str(&running.until("}")).unwrap();
    assert_eq!(welcome["scim_url"], format!("http://{}/t/acme/scim/v2", home.listen));
    assert!(welcome["token"].as_str().unwrap().starts_with("ush_"));
    assert_eq!(running.terminate(), (String::new(), Some(0)));
}

#[test]
fn a_taken_port_is_one_clear_line_and_touches_nothing() {
    let home = Home::new("port");
    let _taken = TcpListener::bind(home.listen).unwrap();
    let refused = home.run(&[]);
    assert!(refused.refusal().contains(&format!("cannot listen on {}: the port is taken", home.listen)), "{refused:?}");
    assert!(!home.path("data").exists());
}

#[test]
fn a_directory_that_cannot_be_used_is_one_clear_line() {
    let home = Home::new("unwritable");
    fs::write(home.path("data"), "not a directory").unwrap();
    let refused = home.run(&[]);
    assert!(refused.refusal().starts_with("cannot use data as the directory of the data: "), "{refused:?}");
}

#[test]
fn a_newer_schema_is_one_clear_line_everywhere() {
    let home = Home::new("newer");
    home.json(&["migrate"]);
    // The newest release's migration, as its row in the database of SQLite.
    let path = home.path("data/usher.db");
    let mut bytes = fs::read(&path).unwrap();
    let places: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"m0001_")).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + 5].copy_from_slice(b"m9999");
    }
    fs::write(&path, bytes).unwrap();
    fs::write(home.path("data/keys"), KEY).unwrap();
    for arguments in [&["dev"][..], &["migrate"], &["tenant", "list"]] {
        let refused = home.run(arguments);
        assert!(refused.refusal().contains("is newer than this usher (it has m9999_"), "{arguments:?}: {refused:?}");
    }
}

/// `usher serve` with all that it needs.
fn serve(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.usher(&[&["serve"], arguments].concat());
    command.env("USHER__SECRETS__KEYS", KEY).env("USHER__MAIL__URL", "smtp://127.0.0.1:1");
    command
}

#[test]
fn serve_does_not_migrate_unless_told() {
    let home = Home::new("serve");
    let refused = finish(&mut serve(&home, &[]));
    assert!(refused.refusal().contains("run `usher migrate`"), "{refused:?}");
    assert!(!home.path("data").exists());
    let running = Running::start(serve(&home, &["--output", "json"]).env("USHER__DATABASE__MIGRATE_ON_START", "true"));
    let ready: Value = serde_json::from_str(&running.until("}")).unwrap();
    assert_eq!((&ready["role"], &ready["listen"]), (&"all".into(), &home.listen.to_string().into()));
    assert_eq!(home.request("GET", "/healthz", "", "").0, 200);
    assert_eq!(home.request("GET", "/dev/mailbox", "", "").0, 404, "the mailbox belongs to `usher dev`");
    assert_eq!(running.terminate(), (String::new(), Some(0)));
    let running = Running::start(&mut serve(&home, &["--output", "json"]));
    running.until("}");
}

#[test]
fn a_worker_takes_no_port() {
    let home = Home::new("worker");
    home.json(&["migrate"]);
    let _taken = TcpListener::bind(home.listen).unwrap();
    let running = Running::start(&mut serve(&home, &["--role", "worker", "--output", "json"]));
    let ready: Value = serde_json::from_str(&running.until("}")).unwrap();
    assert!(ready["listen"].is_null(), "{ready}");
    assert_eq!(running.terminate(), (String::new(), Some(0)));
    assert!(finish(&mut serve(&home, &["--role", "gateway"])).refusal().contains("the port is taken"));
}

#[test]
fn r25_serve_does_not_start_without_keys_and_mail() {
    let home = Home::new("needs");
    assert!(home.run(&["serve"]).refusal().starts_with("secrets.keys is not set"));
    let with = |role: &str, name: &str, value: &str| {
        let mut command = home.usher(&["serve", "--role", role]);
        finish(command.env("USHER__SECRETS__KEYS", KEY).env(name, value))
    };
    for role in ["all", "worker"] {
        assert!(with(role, "TZ", "UTC").refusal().starts_with("mail.url is not set"));
    }
    assert!(with("gateway", "USHER__MAIL__URL", "mailbox:").refusal().starts_with("mail.url: "));
    assert!(with("gateway", "USHER__SECRETS__KEYS", "short").refusal().starts_with("secrets.keys: key 1"));
    assert!(with("gateway", "TZ", "UTC").refusal().contains("run `usher migrate`"), "a gateway needs no mail server");
}

#[test]
fn migrating_twice_changes_nothing() {
    let home = Home::new("migrate");
    let first = home.json(&["migrate"]);
    assert!(first["applied"].as_array().is_some_and(|names| !names.is_empty()), "{first}");
    assert_eq!(home.json(&["migrate"]), serde_json::json!({ "applied": [] }));
    assert!(home.run(&["migrate"]).stdout.contains("up to date"));
}
