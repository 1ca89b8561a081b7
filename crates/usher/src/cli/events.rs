//! `usher events`

use clap::Args;

use super::failure::Failure;
use super::open;
use super::output::{Column, Output};
use crate::config::Config;

const COLUMNS: [Column; 7] = [
    ("position", "NUMBER"),
    ("at", "WHEN"),
    ("kind", "WHAT"),
    ("subject.id", "WHOM"),
    ("actor.kind", "BY"),
    ("connection", "THROUGH"),
    ("reason", "WHY"),
];

/// Show what happened to a tenant, oldest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  usher events acme
  usher events acme --after 120 --limit 500 --output json")]
pub struct Events {
    /// The tenant's short name or id
    tenant: String,
    /// Begin after the event of this number
    #[arg(long, value_name = "NUMBER")]
    after: Option<i64>,
    /// How many to show at most, 1 to 10000
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

impl Events {
    /// Shows them.
    ///
    /// # Errors
    /// When the database cannot be used or there is no such tenant.
    pub async fn run(self, config: &Config, output: Output) -> Result<(), Failure> {
        let operator = open::operator(config).await?;
        let events = operator.events(&self.tenant, self.after, usize::from(self.limit)).await?;
        output.list("events", &events, &COLUMNS, "Nothing has happened yet.")
    }
}
