//! The command line.
//!
//! Every command reads the configuration, does one thing through the use cases, and answers once: as text, or with
//! `--output json` as one JSON document. Exit status: 0 done, 1 refused with the reason, 2 misused.

mod check;
mod failure;
mod output;
mod role;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, reference};
use crate::telemetry;
use failure::Failure;
use output::{Format, Output};

const EXAMPLES: &str = "\
Examples:
  usher check-config --config /etc/usher.toml";

/// usher: SCIM provisioning for every customer of a SaaS.
#[derive(Debug, Parser)]
#[command(name = "usher", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    /// Configuration file, .toml or .yaml [also: the variable USHER_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How to answer: text for people, or one JSON document on standard output
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t)]
    output: Format,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    CheckConfig(check::CheckConfig),

    /// Print docs/CONFIGURATION.md
    #[command(hide = true)]
    ConfigDocs,
}

/// Runs one command line.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when even that cannot be written.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let output = Output::new(cli.output);
    match cli.run(&output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.refuse(&failure);
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    fn run(self, output: &Output) -> Result<(), Failure> {
        let file = self.config.or_else(|| std::env::var_os("USHER_CONFIG").map(PathBuf::from));
        let load = || -> Result<Config, ConfigError> { Config::load(file.as_deref(), std::env::vars_os()) };
        match self.command {
            Command::ConfigDocs => output.text(&reference::markdown()),
            Command::CheckConfig(command) => {
                let config = load()?;
                telemetry::start(&config.log, telemetry::Kind::Command);
                command.run(&config, output)
            }
        }
    }
}
