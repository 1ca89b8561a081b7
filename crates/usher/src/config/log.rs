//! `[log]`

use std::fmt;

use config::Value;
use tracing_subscriber::EnvFilter;

use super::section::section;
use super::values::{Setting, quoted, text};

section! {
    /// What usher says about itself, on standard error. It never names people.
    Log = "log" {
        /// `text` for people, or `json` for machines: one object in each line.
        format: LogFormat = LogFormat::Text;
        /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or by part, as in
        /// `info,usher_worker=debug`. The libraries `actix_server` and `sea_orm_migration` only warn, unless it names them.
        filter: LogFilter = LogFilter::default();
    }
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object in each line.
    Json,
}

impl Setting for LogFormat {
    const KIND: &'static str = "text or json";

    fn read(value: &Value) -> Result<Self, String> {
        match text(value)?.trim() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("must be text or json, not {other}")),
        }
    }

    fn literal(&self) -> Option<String> {
        Some(match self {
            Self::Text => quoted("text"),
            Self::Json => quoted("json"),
        })
    }
}

/// Which lines are written: the filter language of the crate `tracing-subscriber`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for LogFilter {
    const KIND: &'static str = "log filter";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?.trim();
        match EnvFilter::try_new(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(error) => Err(format!("is no log filter: {error}")),
        }
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self))
    }
}
