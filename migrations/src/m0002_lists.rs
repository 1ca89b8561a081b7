//! Lists at scale: indexes that answer `displayName sw`, `active eq` and bounds on `meta.lastModified`, and names in one order,
//! that of code points, on every PostgreSQL whatever its locale is.
//!
//! The release before runs on this schema too. PostgreSQL holds writes back while it builds an index.

use sea_orm_migration::prelude::*;

use crate::sql;

/// Indexes and collations.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        sql::run(connection, DROPPED).await?;
        if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Postgres {
            sql::run(connection, COLLATED_POSTGRES).await?;
        }
        sql::run(connection, INDEXES).await
    }
}

const DROPPED: &str = "
drop index users_by_display_name;
drop index users_by_change;
drop index groups_by_change;
";

/// SQLite compares bytes anyway.
const COLLATED_POSTGRES: &str = "
alter table users
    alter column user_name_folded type text collate \"C\",
    alter column display_name_folded type text collate \"C\";
alter table groups alter column display_name_folded type text collate \"C\";
";

/// With the id at the end, an index answers by itself which rows a range has.
const INDEXES: &str = "
create index users_by_display_name on users (tenant_id, display_name_folded, user_id) where hidden_at is null;
create index users_by_change on users (tenant_id, updated_at, user_id) where hidden_at is null;
create index users_by_active on users (tenant_id, active, user_id) where hidden_at is null;
create index groups_by_change on groups (tenant_id, updated_at, group_id);
";
