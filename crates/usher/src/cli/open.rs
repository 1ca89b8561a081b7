//! From a configuration to the use cases.

use std::sync::Arc;

use usher_core::{KeyRing, OsEntropy, SystemClock};
use usher_migrations::{MigrationError, Status};
use usher_provision::{OperatorScope, Parts, Provisioner};
use usher_storage::{Options, Store};

use super::dev_keys;
use super::failure::Failure;
use crate::config::{Config, Database, Limits};

/// The use cases of the operator, for one command.
///
/// # Errors
/// When the database cannot be used, its schema is of another release, or there is no key.
pub async fn operator(config: &Config) -> Result<OperatorScope, Failure> {
    let keys = keys(config)?;
    let store = migrated_store(config).await?;
    Ok(provisioner(config, store, keys).operator())
}

/// The keys of the configuration, or those that `usher dev` made beside the same database.
///
/// # Errors
/// When there are none.
pub fn keys(config: &Config) -> Result<KeyRing, Failure> {
    match config.secrets.ring()? {
        Some(keys) => Ok(keys),
        None => dev_keys::read(&config.database)?.ok_or_else(|| {
            Failure::new(
                "configuration",
                "there is no key: set secrets.keys or secrets.keys_file as for `usher serve`, or start in the directory \
                 of `usher dev`",
            )
        }),
    }
}

/// Opens a database whose schema is the one of this release.
///
/// # Errors
/// When the database cannot be used, or its schema is behind or ahead.
pub async fn migrated_store(config: &Config) -> Result<Store, Failure> {
    let database = &config.database;
    match usher_migrations::status(database.url.expose()).await.map_err(|error| migration(database, &error))? {
        Status::UpToDate => {
            let options = Options {
                url: database.url.expose().to_owned(),
                max_connections: connections(config),
                acquire_timeout: database.acquire_timeout(),
            };
            Store::open(&options)
                .await
                .map_err(|error| Failure::new("database", format!("cannot use {}: {error}", database.url)))
        }
        Status::Pending(_) => {
            Err(Failure::new("schema_behind", format!("the schema of {} is behind: run `usher migrate`", database.url)))
        }
        Status::Newer(name) => Err(newer(database, &name)),
    }
}

/// What each pool of a process may open: every thread that serves has one, and what runs beside them has another.
fn connections(config: &Config) -> u32 {
    let threads = match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64,
        workers => workers,
    };
    let each = (config.database.max_connections / threads.saturating_add(1)).max(2);
    u32::try_from(each).unwrap_or(u32::MAX)
}

/// Says why a database could not be migrated or looked at.
pub fn migration(database: &Database, error: &MigrationError) -> Failure {
    match error {
        MigrationError::Newer(name) => newer(database, name),
        MigrationError::Folder { .. } | MigrationError::Database(_) => {
            Failure::new("database", format!("cannot use {}: {error}", database.url))
        }
    }
}

fn newer(database: &Database, name: &str) -> Failure {
    Failure::new(
        "schema_newer",
        format!("the schema of {} is newer than this usher (it has {name}): use the newer usher", database.url),
    )
}

/// Joins the parts.
pub fn provisioner(config: &Config, store: Store, keys: KeyRing) -> Provisioner {
    Provisioner::new(Parts {
        store,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        keys,
        public_url: config.public_url(),
        base_domain: config.server.base_domain.as_ref().map(|domain| domain.as_str().to_owned()),
        limits: limits(&config.limits),
    })
}

fn limits(limits: &Limits) -> usher_provision::Limits {
    // Every limit has a range that fits into the sizes of the machine.
    let size = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    usher_provision::Limits {
        body_bytes: size(limits.body_bytes),
        filter_bytes: size(limits.filter_bytes),
        filter_depth: size(limits.filter_depth),
        filter_terms: size(limits.filter_terms),
        json_depth: size(limits.json_depth),
        patch_operations: size(limits.patch_operations),
        patch_members: size(limits.patch_members),
        page: size(limits.page),
        name_bytes: size(limits.name_bytes),
        bulk_operations: size(limits.bulk_operations),
        bulk_bytes: size(limits.bulk_bytes),
        cursor_seconds: u32::try_from(limits.cursor_seconds).unwrap_or(u32::MAX),
        scan_seconds: u32::try_from(limits.scan_seconds).unwrap_or(u32::MAX),
        ..usher_provision::Limits::default()
    }
}
