//! The command line.
//!
//! Every command reads the configuration, does one thing through the use cases, and answers once: as text, or with
//! `--output json` as one JSON document. Exit status: 0 done, 1 refused with the reason, 2 misused.

mod check;
mod dev;
mod dev_keys;
mod duration;
mod events;
mod failure;
mod migrate;
mod open;
mod operator;
mod output;
mod role;
mod serve;
mod service;
mod tenant;
mod token;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, reference};
use crate::telemetry::{self, Kind};
use failure::Failure;
use output::{Format, Output};

const EXAMPLES: &str = "\
Examples:
  usher                                      a first look: SQLite, a demo tenant, a token, on this machine
  usher tenant create acme --domain acme.example
  usher token create acme --connection okta
  usher serve --config /etc/usher.toml

Every setting is described in docs/CONFIGURATION.md. Exit status: 0 done, 1 refused, 2 misused.";

/// Heading of the options that every command takes.
const EVERYWHERE: &str = "Options of every command";

/// usher: SCIM provisioning for every customer of your product
#[derive(Debug, Parser)]
#[command(name = "usher", version, after_help = EXAMPLES)]
struct Cli {
    /// Configuration file, .toml or .yaml [also: the variable `USHER_CONFIG`]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,

    /// How to answer: text for people, or json for one JSON document on standard output
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t, hide_possible_values = true)]
    #[arg(help_heading = EVERYWHERE)]
    output: Format,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dev(dev::Dev),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    CheckConfig(check::CheckConfig),
    Tenant(tenant::Tenant),
    Token(token::Token),
    OperatorToken(operator::OperatorToken),
    Events(events::Events),

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
    match cli.run(output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.refuse(&failure);
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    fn run(self, output: Output) -> Result<(), Failure> {
        let command = self.command.unwrap_or(Command::Dev(dev::Dev::default()));
        if matches!(command, Command::ConfigDocs) {
            return output.text(&reference::markdown());
        }
        let file = self.config.or_else(|| std::env::var_os("USHER_CONFIG").map(PathBuf::from));
        let config = Config::load(file.as_deref(), std::env::vars_os())?;
        telemetry::start(&config.log, command.kind());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new("internal", format!("cannot start threads: {error}")))?;
        runtime.block_on(command.run(config, output))
    }
}

impl Command {
    const fn kind(&self) -> Kind {
        match self {
            Self::Dev(_) | Self::Serve(_) => Kind::Service,
            Self::Migrate(_)
            | Self::CheckConfig(_)
            | Self::Tenant(_)
            | Self::Token(_)
            | Self::OperatorToken(_)
            | Self::Events(_)
            | Self::ConfigDocs => Kind::Command,
        }
    }

    async fn run(self, config: Config, output: Output) -> Result<(), Failure> {
        match self {
            Self::Dev(command) => command.run(config, output).await,
            Self::Serve(command) => command.run(config, output).await,
            Self::Migrate(command) => command.run(&config, output).await,
            Self::CheckConfig(command) => command.run(&config, output),
            Self::Tenant(command) => command.run(&config, output).await,
            Self::Token(command) => command.run(&config, output).await,
            Self::OperatorToken(command) => command.run(&config, output),
            Self::Events(command) => command.run(&config, output).await,
            Self::ConfigDocs => output.text(&reference::markdown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_group_of_commands_shows_an_example() {
        for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example") && help.contains("usher "), "{}", command.get_name());
        }
    }
}
