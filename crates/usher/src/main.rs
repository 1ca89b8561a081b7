//! The usher binary: command line, configuration, telemetry, and the wiring of everything else.

mod cli;
mod config;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Every TLS connection of the process uses this one; a second choice of a library would be a silent one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    cli::main(std::env::args_os())
}
