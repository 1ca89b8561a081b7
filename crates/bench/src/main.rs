//! The load generator behind `cargo xtask bench`.
//!
//! It starts usher on SQLite and on PostgreSQL, fills both, asks over HTTP from 1, 16 and 64 clients, and measures in the
//! same run what the machine could do at best: the bare driver for reads, single-row commits for writes. The table goes
//! to stdout as Markdown, progress to stderr.

mod args;
mod commits;
mod database;
mod fill;
mod http;
mod load;
mod machine;
mod report;
mod requests;
mod rows;
mod server;

use crate::args::Args;
use anyhow::Result;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match Args::read(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(error) => {
            eprintln!("usher-bench: {error}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("usher-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let report = rows::measure(args)?;
    print!("{report}");
    Ok(())
}
