//! `usher migrate`

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::open;
use super::output::Output;
use crate::config::Config;

/// Bring the schema of the database up to date
///
/// Safe to run at any time and from many machines at once: one of them migrates, the others wait. A database of a newer
/// release is left alone. Run it before the new release starts; the old one goes on working.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  USHER__DATABASE__URL=postgres://usher:secret@db/usher usher migrate")]
pub struct Migrate {}

impl Migrate {
    /// Migrates and says what was done.
    ///
    /// # Errors
    /// When the database cannot be used or is newer.
    pub async fn run(self, config: &Config, output: Output) -> Result<(), Failure> {
        let applied = usher_migrations::migrate(config.database.url.expose())
            .await
            .map_err(|error| open::migration(&config.database, &error))?;
        let words = match applied.as_slice() {
            [] => "The schema was up to date.\n".to_owned(),
            names => format!("The schema is up to date. Applied: {}\n", names.join(", ")),
        };
        output.value(&json!({ "applied": applied }), |_| words)
    }
}
