//! Compares the workspace's real dependencies with the picture in `docs/ARCHITECTURE.md`.

use crate::sources::{code_of, root, rust_files};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crates that hold data and rules only.
const PURE: [&str; 4] = ["usher-text", "usher-core", "usher-scim", "usher-lifecycle"];

/// May depend on anything: tests and tools, which no product code uses.
const FREE: [&str; 3] = ["usher-e2e", "usher-bench", "xtask"];

/// Libraries that belong to one place, and the crates that are this place.
const OWNED: [(&str, &[&str]); 5] = [
    ("actix-web", &["usher-gateway"]),
    ("sea-orm", &["usher-storage", "usher-migrations"]),
    ("sqlx", &["usher-storage", "usher-migrations"]),
    ("lettre", &["usher-worker"]),
    ("config", &["usher"]),
];

/// What waits for the world outside; a pure crate has none of it, not even in its tests.
const IMPURE: [&str; 9] =
    ["tokio", "futures", "async-trait", "actix-web", "sea-orm", "sqlx", "lettre", "reqwest", "moka"];

struct Dependency {
    name: String,
    is_for_tests: bool,
}

type Crates = BTreeMap<String, Vec<Dependency>>;
type Edges = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_crates_depend_on_each_other_as_drawn() {
    let document = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the document is there");
    assert_eq!(real_edges(&crates()), drawn_edges(&document), "left: Cargo.toml, right: docs/ARCHITECTURE.md");
}

#[test]
fn no_product_code_depends_on_tests_or_tools() {
    for (name, dependencies) in crates() {
        for free in FREE {
            assert!(name == free || dependencies.iter().all(|d| d.name != free), "{name} depends on {free}");
        }
    }
}

#[test]
fn a_library_with_an_owner_stands_in_no_other_crate() {
    for (name, dependencies) in crates().into_iter().filter(|(name, _)| !FREE.contains(&name.as_str())) {
        for (library, owners) in OWNED {
            let used = dependencies.iter().any(|d| is_of_family(&d.name, library));
            assert!(!used || owners.contains(&name.as_str()), "{library} belongs to {owners:?}, not to {name}");
        }
    }
}

#[test]
fn pure_crates_list_no_runtime_no_http_and_no_database() {
    let crates = crates();
    for name in PURE {
        for dependency in &crates[name] {
            let found = IMPURE.iter().find(|library| is_of_family(&dependency.name, library));
            assert!(found.is_none(), "{name} depends on {}", dependency.name);
        }
    }
}

#[test]
fn pure_crates_have_no_async_function() {
    for name in PURE {
        let directory = root().join("crates").join(name.trim_start_matches("usher-"));
        let sources = rust_files(&directory);
        assert!(!sources.is_empty(), "no sources in {}", directory.display());
        for source in sources {
            assert!(!code_of(&source).contains("async "), "async in {}", source.display());
        }
    }
}

#[test]
fn the_drawing_is_read_line_by_line() {
    let edges = drawn_edges("text\n```deps\ntext ->\nb -> text a\n```\nc -> d\n");
    let expected = [("usher-b", vec!["usher-a", "usher-text"]), ("usher-text", vec![])];
    let expected = expected.map(|(from, to)| (from.to_owned(), to.into_iter().map(str::to_owned).collect()));
    assert_eq!(edges, Edges::from(expected));
}

/// `sea-orm-migration` is sea-orm too.
fn is_of_family(name: &str, library: &str) -> bool {
    name == library || name.strip_prefix(library).is_some_and(|rest| rest.starts_with('-'))
}

fn real_edges(crates: &Crates) -> Edges {
    let ours = |name: &str| crates.contains_key(name);
    let product = crates.iter().filter(|(name, _)| !FREE.contains(&name.as_str()));
    let edges = product.map(|(name, dependencies)| {
        let used = dependencies.iter().filter(|d| !d.is_for_tests && ours(&d.name)).map(|d| d.name.clone());
        (name.clone(), used.collect())
    });
    edges.collect()
}

/// Reads the fenced block named `deps`; a line is a crate, an arrow, and the crates it uses.
fn drawn_edges(document: &str) -> Edges {
    let lines = document.lines().skip_while(|line| *line != "```deps").skip(1).take_while(|line| *line != "```");
    let edges = lines.map(|line| {
        let (from, to) = line.split_once("->").expect("each line of the block has an arrow");
        (full_name(from.trim()), to.split_whitespace().map(full_name).collect())
    });
    edges.collect()
}

/// The document writes `core` for the package `usher-core`; the binary's name is `usher` in both.
fn full_name(short: &str) -> String {
    if short == "usher" { short.to_owned() } else { format!("usher-{short}") }
}

fn crates() -> Crates {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    list(&metadata["packages"]).iter().map(|package| (text(&package["name"]), dependencies(package))).collect()
}

fn dependencies(package: &Value) -> Vec<Dependency> {
    let read = |d: &Value| Dependency { name: text(&d["name"]), is_for_tests: d["kind"] == "dev" };
    list(&package["dependencies"]).iter().map(read).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("cargo metadata has a list here")
}

fn text(value: &Value) -> String {
    value.as_str().expect("cargo metadata has a text here").to_owned()
}
