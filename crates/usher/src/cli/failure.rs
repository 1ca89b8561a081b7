//! Why a command was refused.

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
