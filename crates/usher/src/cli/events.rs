//! `usher events`

use std::num::NonZeroUsize;

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

/// Events read in one step.
const STEP: usize = 1000;

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
    /// How many to show at most; all of them without it
    #[arg(long, value_name = "NUMBER")]
    limit: Option<NonZeroUsize>,
}

impl Events {
    /// Shows them.
    ///
    /// # Errors
    /// When the database cannot be used or there is no such tenant.
    pub async fn run(self, config: &Config, output: Output) -> Result<(), Failure> {
        let operator = open::operator(config).await?;
        let limit = self.limit.map_or(usize::MAX, NonZeroUsize::get);
        let mut events = Vec::new();
        let mut after = self.after;
        while events.len() < limit {
            let page = operator.events(&self.tenant, after, STEP.min(limit - events.len())).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.position);
            events.extend(page);
        }
        output.list("events", &events, &COLUMNS, "Nothing has happened yet.")
    }
}
