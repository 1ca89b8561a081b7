//! Nothing private may reach a log by accident.
//!
//! A span takes all arguments of its function unless it says `skip_all`, and a line printed past the logger passes
//! no filter. Bearer tokens got into the logs of other products in just these two ways.

use crate::sources::{code_of, root, rust_files};
use std::path::PathBuf;

/// Macros that print past the logger.
const PRINTING: [&str; 5] = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];

/// The crates that talk to a person on a terminal.
const TALKING: [&str; 4] = ["crates/usher", "crates/xtask", "crates/bench", "crates/e2e"];

#[test]
fn every_span_skips_the_arguments() {
    for (path, code) in sources(&[]) {
        for attribute in instrument_attributes(&code) {
            assert!(attribute.contains("skip_all"), "{}: `{attribute}` lacks skip_all", path.display());
        }
    }
}

#[test]
fn libraries_print_nothing() {
    for (path, code) in sources(&TALKING) {
        let found = printing_line(&code);
        assert!(found.is_none(), "{}: `{}` prints past the logger", path.display(), found.unwrap_or_default().trim());
    }
}

#[test]
fn the_scan_reaches_every_crate() {
    let all = sources(&[]);
    for part in ["crates/core/src", "crates/gateway/src", "crates/worker/src", "migrations/src"] {
        assert!(all.iter().any(|(path, _)| path.starts_with(root().join(part))), "{part} was not scanned");
    }
}

#[test]
fn attributes_are_found_in_all_their_forms() {
    let short = "#[instrument]";
    let long = "#[tracing::instrument(\n    skip_all, fields(x = %b[0])\n)]";
    let code = format!("{short}\nfn a() {{}}\n{long}\nfn b() {{}}\n#[derive(Debug)]\nstruct C;");
    assert_eq!(instrument_attributes(&code), [short, long]);
}

#[test]
fn a_printing_macro_is_told_from_a_longer_name() {
    assert_eq!(printing_line("let a = 1;\n    println!(\"{a}\");"), Some("    println!(\"{a}\");"));
    assert_eq!(printing_line("my_println!(\"{a}\");"), None);
    assert_eq!(printing_line("let b = (eprint!(\"\"), 1);"), Some("let b = (eprint!(\"\"), 1);"));
}

/// The attributes of that name, each from `#[` to its own closing bracket.
fn instrument_attributes(code: &str) -> Vec<&str> {
    let starts = code.match_indices("#[").map(|(at, _)| &code[at..]);
    let named = starts.filter(|rest| {
        let path = rest[2..].split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap_or_default();
        path.rsplit("::").next() == Some("instrument")
    });
    named.map(|rest| &rest[..end_of_attribute(rest)]).collect()
}

fn end_of_attribute(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' if depth == 1 => return at + 1,
            ']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn printing_line(code: &str) -> Option<&str> {
    code.lines().find(|line| PRINTING.iter().any(|name| calls(line, name)))
}

fn calls(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Every Rust file under the crates' `src`, without comment lines; `except` names directories to leave out.
fn sources(except: &[&str]) -> Vec<(PathBuf, String)> {
    let crates = std::fs::read_dir(root().join("crates")).expect("the crates").map(|entry| entry.expect("one").path());
    let wanted = crates.chain([root().join("migrations")]).filter(|path| !except.iter().any(|e| path.ends_with(e)));
    let files = wanted.flat_map(|path| rust_files(&path.join("src")));
    files.map(|path| (path.clone(), code_of(&path))).collect()
}
