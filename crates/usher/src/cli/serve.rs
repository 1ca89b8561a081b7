//! `usher serve`

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::Output;
use super::role::Role;
use super::service::{self, Service, Signals};
use super::{check, open};
use crate::config::Config;

/// Run usher for real, with the database, keys and mail server of the configuration
///
/// The schema must be up to date: run `usher migrate` first, or set `database.migrate_on_start`. SIGTERM and Ctrl-C let
/// requests and deliveries under way finish.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  usher check-config --config /etc/usher.toml && usher migrate --config /etc/usher.toml
  usher serve --config /etc/usher.toml")]
pub struct Serve {
    /// The work of this process
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

impl Serve {
    /// Runs until told to stop.
    ///
    /// # Errors
    /// When something that it needs is missing; see [`check::for_serve`].
    pub async fn run(self, config: Config, output: Output) -> Result<(), Failure> {
        let keys = check::for_serve(&config, self.role)?;
        let listener = if self.role.answers() { Some(service::bind(&config)?) } else { None };
        if config.database.migrate_on_start {
            usher_migrations::migrate(config.database.url.expose())
                .await
                .map_err(|error| open::migration(&config.database, &error))?;
        }
        let store = open::migrated_store(&config).await?;
        let provisioner = open::provisioner(&config, store, keys);
        if config.server.listen.address().ip().is_unspecified() && config.server.public_url.is_none() {
            tracing::warn!("server.public_url is not set: links in mails will begin with {}", config.public_url());
        }
        let (role, public_url) = (self.role.as_str(), config.public_url());
        let listen = listener.is_some().then(|| config.server.listen.to_string());
        let signals = Signals::hear()?;
        tracing::info!(role, listen, public_url, "usher is ready");
        output.document(&json!({ "role": role, "listen": listen, "public_url": public_url }))?;
        Service { provisioner, config, listener, mailbox: None, delivers: self.role.delivers(), signals }.run().await
    }
}
