//! The schema and the processes over it: who migrates, who refuses to start.

use serde_json::{Value, json};

use crate::home::{Home, finish};
use crate::installation::{Backend, serve};
use crate::postgres;

/// `usher serve`, which must be refused; the one line.
fn refused(home: &Home) -> String {
    home.run(&["serve"]).refusal().to_owned()
}

fn is_ready(home: &Home) {
    assert_eq!(home.request("GET", "/readyz", "", "").0, 200);
}

#[test]
fn serve_on_postgresql_waits_for_the_migration() {
    let home = Backend::Postgres.home("behind");
    let line = refused(&home);
    assert!(line.contains("is behind: run `usher migrate`"), "{line}");
    let applied = home.json(&["migrate"]);
    assert!(applied["applied"].as_array().is_some_and(|names| !names.is_empty()), "{applied}");
    let running = serve(&home, "all");
    is_ready(&home);
    assert_eq!(running.terminate(), (String::new(), Some(0)));
}

#[test]
fn serve_on_postgresql_migrates_when_it_is_told_to() {
    let home = Backend::Postgres.home("told").with("USHER__DATABASE__MIGRATE_ON_START", "true");
    let _running = serve(&home, "all");
    is_ready(&home);
    assert_eq!(home.json(&["migrate"]), json!({ "applied": [] }));
}

fn one_of_many_migrates(backend: Backend) {
    let home = backend.home("race");
    let starts: Vec<_> = std::thread::scope(|scope| {
        let start = || finish(&mut home.usher(&["migrate", "--output", "json"]));
        let started: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut applied = 0;
    for done in starts {
        assert_eq!(done.status, Some(0), "{done:?}");
        let answer: Value = serde_json::from_str(&done.stdout).unwrap();
        applied += usize::from(!answer["applied"].as_array().unwrap().is_empty());
    }
    assert_eq!(applied, 1);
}

#[test]
fn one_of_four_migrations_at_once_does_it_on_postgresql() {
    one_of_many_migrates(Backend::Postgres);
}

#[test]
fn one_of_four_migrations_at_once_does_it_on_sqlite() {
    one_of_many_migrates(Backend::Sqlite);
}

#[test]
fn a_newer_schema_on_postgresql_is_one_clear_line_everywhere() {
    let home = Home::new("newer-postgres").with("USHER__SECRETS__KEYS", crate::installation::KEY);
    let url = postgres::database("newer");
    let home = home.with("USHER__DATABASE__URL", &url).with("USHER__MAIL__URL", "smtp://127.0.0.1:1");
    home.json(&["migrate"]);
    postgres::query(&url, "insert into seaql_migrations (version, applied_at) values ('m9999_later', 0)");
    for arguments in [&["serve"][..], &["migrate"], &["tenant", "list"]] {
        let refused = home.run(arguments);
        assert!(refused.refusal().contains("is newer than this usher (it has m9999_later)"), "{refused:?}");
    }
}

#[test]
fn a_postgresql_that_is_not_there_is_one_clear_line_without_the_password() {
    let home =
        Backend::Sqlite.home("nowhere").with("USHER__DATABASE__URL", "postgres://usher:s3cret@127.0.0.1:1/usher");
    let check = |arguments: &[&str]| {
        let refused = home.run(arguments);
        assert!(refused.refusal().starts_with("cannot use postgres://127.0.0.1:1/usher: "), "{refused:?}");
        assert!(!refused.stderr.contains("s3cret"), "{refused:?}");
    };
    // Each waits for some seconds whether PostgreSQL comes, as it does when both start together.
    std::thread::scope(|scope| {
        for arguments in [&["serve"][..], &["migrate"], &["tenant", "list"]] {
            scope.spawn(move || check(arguments));
        }
    });
}
