//! `usher token …`

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use serde_json::Value;
use usher_core::ConnectionKind;
use usher_provision::NewToken;

use super::failure::Failure;
use super::output::{Column, Output};
use super::{duration, open};
use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  usher token create acme --connection okta --expires 365d
  usher token list acme
  usher token rotate acme TOKEN_ID
  usher token revoke acme TOKEN_ID";

const COLUMNS: [Column; 10] = [
    ("id", "ID"),
    ("connection", "CONNECTION"),
    ("kind", "KIND"),
    ("label", "LABEL"),
    ("last_four", "ENDS IN"),
    ("state", "STATE"),
    ("created_at", "CREATED"),
    ("expires_at", "EXPIRES"),
    ("last_used_at", "LAST USED"),
    ("revoked_at", "REVOKED"),
];

/// Make, list, replace and end bearer tokens of identity providers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Token {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(Create),
    /// List the tokens of a tenant; a token itself is shown once, when it is made
    List {
        /// The tenant's short name or id
        tenant: String,
    },
    /// Make a successor of a token; the old one ends soon after the new one is first used
    Rotate(Named),
    /// End a token now
    Revoke(Named),
}

/// Make a token and show it, once
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  usher token create acme --connection okta --label 'Okta, production' --expires 365d")]
struct Create {
    /// The tenant's short name or id
    tenant: String,
    /// Connection that the token is for; made when it is missing. A name such as okta or entra also sets its kind.
    /// Without it: the tenant's only connection
    #[arg(long)]
    connection: Option<String>,
    /// Kind of the connection, when it is made: okta, entra, google, jumpcloud, onelogin, pingone, pingfederate,
    /// rippling, miniorange, keycloak, authentik, sailpoint or generic
    #[arg(long, value_parser = ConnectionKind::parse)]
    kind: Option<ConnectionKind>,
    /// What you will know the token by
    #[arg(long)]
    label: Option<String>,
    /// When it ends, from now: 365d, 12h. Without it: never
    #[arg(long, value_name = "SPAN", value_parser = duration::parse)]
    expires: Option<TimeDelta>,
}

#[derive(Debug, Args)]
struct Named {
    /// The tenant's short name or id
    tenant: String,
    /// The token's id, as `usher token list` shows it
    id: String,
}

impl Token {
    /// Does it and answers with the token as it is now.
    ///
    /// # Errors
    /// When the database cannot be used, or the use case refuses.
    pub async fn run(self, config: &Config, output: Output) -> Result<(), Failure> {
        let operator = open::operator(config).await?;
        match self.verb {
            Verb::Create(Create { tenant, connection, kind, label, expires }) => {
                let new = NewToken { connection, kind, label, expires };
                output.value(&operator.create_token(&tenant, new).await?, once)
            }
            Verb::List { tenant } => {
                let nothing = "The tenant has no token: usher token create TENANT makes one.";
                output.list("tokens", &operator.tokens(&tenant).await?, &COLUMNS, nothing)
            }
            Verb::Rotate(Named { tenant, id }) => output.value(&operator.rotate_token(&tenant, &id).await?, once),
            Verb::Revoke(Named { tenant, id }) => output.one(&operator.revoke_token(&tenant, &id).await?),
        }
    }
}

/// A new token as people see it.
fn once(created: &Value) -> String {
    format!("{}\nThe token is shown this once; usher keeps a hash of it only.\n", super::output::lines(created))
}
