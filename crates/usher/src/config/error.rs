//! Why a configuration is refused.

use std::fmt;

/// A configuration that usher does not start with. Its text is one line and names what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl ConfigError {
    /// A refusal in words; line ends become blanks.
    pub fn new(message: impl AsRef<str>) -> Self {
        Self(message.as_ref().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// A refusal of one key. `origin` says where its value stands; `fault` goes on after the key's name.
    pub fn of_key(key: &str, origin: Option<&str>, fault: &str) -> Self {
        Self::new(origin.map_or_else(|| format!("{key} {fault}"), |origin| format!("{key} {fault} (from {origin})")))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
