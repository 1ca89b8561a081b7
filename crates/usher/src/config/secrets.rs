//! `[secrets]`

use std::path::PathBuf;

use usher_core::{KeyRing, Secret};

use super::ConfigError;
use super::section::section;

section! {
    /// The keys of what usher does not store: with them it makes and checks invitation links and operator tokens.
    Secrets = "secrets" {
        /// The keys, each of 32 bytes or more (`openssl rand -base64 48` makes one). The first makes, all of them check:
        /// to change it, put the new key first, and drop the old one when nothing made with it is alive.
        keys: Vec<Secret> = Vec::new();
        /// A file with one key in each line, in place of `secrets.keys`.
        keys_file: Option<PathBuf> = None;
    }
}

impl Secrets {
    /// The key ring; `None` when neither key is set.
    ///
    /// # Errors
    /// [`ConfigError`] when both are set, the file cannot be read, or a key is too short.
    pub fn ring(&self) -> Result<Option<KeyRing>, ConfigError> {
        match (self.keys.as_slice(), &self.keys_file) {
            ([], None) => Ok(None),
            ([], Some(path)) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    ConfigError::new(format!("secrets.keys_file: cannot read {}: {error}", path.display()))
                })?;
                ring("secrets.keys_file", text.lines().map(str::trim).filter(|line| !line.is_empty())).map(Some)
            }
            (keys, None) => ring("secrets.keys", keys.iter().map(Secret::expose)).map(Some),
            (_, Some(_)) => Err(ConfigError::new("secrets.keys and secrets.keys_file are both set: keep one")),
        }
    }
}

fn ring<'a>(key: &str, keys: impl Iterator<Item = &'a str>) -> Result<KeyRing, ConfigError> {
    KeyRing::new(keys).map_err(|error| ConfigError::new(format!("{key}: {error}")))
}
