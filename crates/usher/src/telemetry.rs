//! Logs, on standard error: standard output belongs to the answer of a command.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Libraries that report every step of theirs as news.
const QUIET: &str = "actix_server=warn,sea_orm_migration=warn";

/// What a process is, as far as its log is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It runs until it is told to stop, and logs what the configuration says.
    Service,
    /// It does one thing and answers; only warnings stand beside the answer.
    Command,
}

/// Starts logging. A second call changes nothing.
pub fn start(log: &Log, kind: Kind) {
    let filter = match kind {
        // The configuration has taken the filter, so it can be read again; what it says of a library wins.
        Kind::Service => EnvFilter::new(format!("{QUIET},{}", log.filter)),
        Kind::Command => EnvFilter::new("warn"),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let started = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(started);
}
