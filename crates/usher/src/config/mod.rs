//! What usher is set to: defaults, then a file, then the environment.
//!
//! Each section has a file here and is written down once, by the `section!` macro: the same lines make the struct, its
//! defaults, its checks and its part of `docs/CONFIGURATION.md`. A key that no section has, and a value that a key
//! cannot take, stop the start and are named.

mod database;
mod error;
mod layers;
mod limits;
mod log;
mod mail;
pub mod reference;
mod secrets;
mod section;
mod server;
#[cfg(test)]
mod tests;
mod values;
mod worker;

use std::ffi::OsString;
use std::path::Path;

pub use database::Database;
pub use error::ConfigError;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use mail::{Mail, MailUrl};
pub use secrets::Secrets;
pub use section::Key;
pub use server::{Server, WebUrl};
pub use worker::Worker;

use layers::Layers;
use section::Section;

/// Every setting of one process.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where and how usher answers.
    pub server: Server,
    /// Where usher keeps everything.
    pub database: Database,
    /// How mail leaves.
    pub mail: Mail,
    /// The keys of what usher does not store.
    pub secrets: Secrets,
    /// How much one request may ask for.
    pub limits: Limits,
    /// How work in the background is done.
    pub worker: Worker,
    /// What usher says about itself.
    pub log: Log,
}

impl Config {
    /// Reads the file, if there is one, and lays the environment over it.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, the key or the variable that is wrong.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        Self::read(&Layers::collect(file, environment, &Self::keys())?)
    }

    fn read(layers: &Layers) -> Result<Self, ConfigError> {
        let mut database = Database::read(layers)?;
        database.url = layers.or_from_file("database.url", database.url, database.url_file.as_deref())?;
        let mut mail = Mail::read(layers)?;
        mail.url = layers.or_from_file("mail.url", mail.url, mail.url_file.as_deref())?;
        Ok(Self {
            server: Server::read(layers)?,
            database,
            mail,
            secrets: Secrets::read(layers)?,
            limits: Limits::read(layers)?,
            worker: Worker::read(layers)?,
            log: Log::read(layers)?,
        })
    }

    /// Every key, with its default as value, in the order of the reference.
    #[must_use]
    pub fn keys() -> Vec<Key> {
        Self::default().settings()
    }

    /// Every key with its present value.
    #[must_use]
    pub fn settings(&self) -> Vec<Key> {
        let Self { server, database, mail, secrets, limits, worker, log } = self;
        [server.keys(), database.keys(), mail.keys(), secrets.keys(), limits.keys(), worker.keys(), log.keys()].concat()
    }

    /// The sections with what they are for, in the order of the reference.
    fn sections() -> [(&'static str, String); 7] {
        [
            (Server::NAME, Server::about()),
            (Database::NAME, Database::about()),
            (Mail::NAME, Mail::about()),
            (Secrets::NAME, Secrets::about()),
            (Limits::NAME, Limits::about()),
            (Worker::NAME, Worker::about()),
            (Log::NAME, Log::about()),
        ]
    }

    /// The address under which people and identity providers reach usher, without a slash at the end. An address
    /// that stands for every interface (`0.0.0.0`) is no link, so `localhost` takes its place.
    #[must_use]
    pub fn public_url(&self) -> String {
        let listen = self.server.listen.address();
        match &self.server.public_url {
            Some(url) => url.to_string(),
            None if listen.ip().is_unspecified() => format!("http://localhost:{}", listen.port()),
            None => format!("http://{listen}"),
        }
    }
}
