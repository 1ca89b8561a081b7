//! Why a command was refused.

use std::error::Error as _;
use std::fmt;

use crate::config::ConfigError;

/// A refusal: a code that programs can rely on, and one line for people.
#[derive(Debug)]
pub struct Failure {
    reason: String,
    message: String,
}

impl Failure {
    /// A refusal in words; line ends become blanks, so that it stays one line.
    pub fn new(reason: impl Into<String>, message: impl fmt::Display) -> Self {
        let message = message.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { reason: reason.into(), message }
    }

    /// What programs can rely on.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What people read.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new("configuration", error)
    }
}

impl From<usher_provision::Error> for Failure {
    fn from(error: usher_provision::Error) -> Self {
        // A client reads "internal error"; whoever types commands may know all of it.
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self::new(error.reason(), message)
    }
}
