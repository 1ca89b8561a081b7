//! The schema of usher's database: one set of forward migrations for SQLite and PostgreSQL.
//!
//! Migrations run on a connection of their own, closed before the serving pool opens (a pooled SQLite connection
//! keeps a stale schema), and on PostgreSQL under an advisory lock, so that ten replicas that start at once do not
//! race: sea-orm's migrator takes no lock itself.

mod m0001_first;
mod m0002_lists;
mod m0003_schemas;
mod m0004_unique;
mod run;
mod sql;

pub use run::{MigrationError, Status, create_database, migrate, status};

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

/// The list of migrations, oldest first. An applied one is never edited.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_lists::Migration),
            Box::new(m0003_schemas::Migration),
            Box::new(m0004_unique::Migration),
        ]
    }
}
