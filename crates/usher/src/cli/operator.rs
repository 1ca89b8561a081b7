//! `usher operator-token …`

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use serde_json::json;
use usher_core::{Clock, SystemClock};

use super::failure::Failure;
use super::output::Output;
use super::{duration, open};
use crate::config::Config;

/// Make a token for the operator API
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  curl -H \"Authorization: Bearer $(usher operator-token create --expires 1h)\" http://127.0.0.1:8080/api/v1/tenants")]
pub struct OperatorToken {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a token that opens the operator API for every tenant; it cannot be taken back before it ends
    Create {
        /// When it ends, from now: one second to 366 days
        #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = duration::parse)]
        expires: TimeDelta,
    },
}

impl OperatorToken {
    /// Makes a token and answers with it.
    ///
    /// # Errors
    /// When there is no key.
    pub fn run(self, config: &Config, output: Output) -> Result<(), Failure> {
        let Verb::Create { expires } = self.verb;
        let keys = open::keys(config)?;
        let now = SystemClock.now();
        let token =
            usher_gateway::operator_token(&keys, now, expires).map_err(|error| Failure::new("lifetime", error))?;
        // Alone on its line, so that a shell can put it into a header.
        output.value(&json!({ "token": token, "expires_at": now + expires }), |_| format!("{token}\n"))
    }
}
