//! The project's own commands: `cargo xtask test`, `servers`, `bench` and `docs`.
//!
//! Each of them runs on a fresh Debian 12 with Rust and nothing else: what is missing is installed or named.

mod bench;
mod docs;
mod janitor;
mod packages;
mod postgres;
mod ready;
mod scim2;
mod servers;
mod smtp;
mod suite;
mod tally;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [-- <args of cargo test>]  start PostgreSQL and an SMTP server, run every test, print `N passed, N failed`
  servers                         start the same servers, print their addresses, keep them until Ctrl-C
  bench [--seconds N] [--quick] [--only TEXT]
                                  build usher for release, measure it on SQLite and PostgreSQL, print a table
  docs [--check]                  write docs/CONFIGURATION.md from the binary, or compare it";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", rest @ ..] => suite::run(rest),
        ["servers"] => servers::keep(),
        ["bench", rest @ ..] => bench::run(rest),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
