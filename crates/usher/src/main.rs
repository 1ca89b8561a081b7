//! The usher binary: command line, configuration, telemetry, and the wiring of everything else.

mod cli;
mod config;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(std::env::args_os())
}
