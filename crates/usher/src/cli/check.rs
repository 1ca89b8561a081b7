//! `usher check-config`

use clap::Args;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::output::Output;
use super::role::Role;
use crate::config::{Config, ConfigError, MailUrl};

/// Check the configuration as `usher serve` would, and show what is in force
///
/// Reads the file and the environment, checks every key, and starts nothing. Secrets are not shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  USHER__SERVER__LISTEN=0.0.0.0:8080 usher check-config --config /etc/usher.toml")]
pub struct CheckConfig {
    /// The work for which it is checked
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

impl CheckConfig {
    /// Checks and shows.
    ///
    /// # Errors
    /// What `usher serve` would refuse.
    pub fn run(&self, config: &Config, output: Output) -> Result<(), Failure> {
        for_serve(config, self.role)?;
        let shown = |text: Option<String>| {
            // What is shown is TOML; numbers, flags and quoted texts are JSON as well.
            text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap_or(Value::String(text)))
        };
        let settings: Map<_, _> = config.settings().into_iter().map(|key| (key.name, shown(key.shown))).collect();
        output.value(&json!({ "valid": true, "settings": settings }), |_| {
            let keys = config.settings();
            let width = keys.iter().map(|key| key.name.len()).max().unwrap_or_default();
            let lines = keys
                .iter()
                .map(|key| format!("{:<width$} = {}\n", key.name, key.shown.as_deref().unwrap_or("(unset)")));
            format!("The configuration is valid.\n\n{}", lines.collect::<String>())
        })
    }
}

/// The checks of `usher serve` beyond those of single keys.
///
/// # Errors
/// [`ConfigError`] names what is missing.
pub fn for_serve(config: &Config, role: Role) -> Result<usher_core::KeyRing, ConfigError> {
    let keys = config.secrets.ring()?.ok_or_else(|| {
        ConfigError::new(
            "secrets.keys is not set: usher serve needs a key of 32 bytes or more, such as `openssl rand -base64 48` \
             makes, in secrets.keys or in the file that secrets.keys_file names",
        )
    })?;
    match &config.mail.url {
        Some(MailUrl::Mailbox) => Err(ConfigError::new("mail.url: mailbox: works in `usher dev` only")),
        None if role.delivers() => Err(ConfigError::new(
            "mail.url is not set: usher serve sends invitations and needs smtp://HOST:PORT or smtps://HOST:PORT \
             (only --role gateway does without)",
        )),
        None | Some(MailUrl::Smtp(_)) => Ok(keys),
    }
}
