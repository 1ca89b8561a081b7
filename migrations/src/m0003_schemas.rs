//! Schemas that a connection declares, and a count of what identity providers send that no schema has.

use sea_orm_migration::prelude::*;

use crate::sql;

/// Declared schemas and ignored names.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_schemas"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager.get_connection(), TABLES).await
    }
}

/// `revision` counts changes of a connection's settings and schemas, so that what was made of them can be kept until it
/// changes; `schemas` is their number, so that a connection without any costs no look-up.
const TABLES: &str = "
alter table connections add column revision bigint not null default 0;
alter table connections add column schemas bigint not null default 0;
create table connection_schemas (
    tenant_id {uuid} not null,
    connection_id {uuid} not null,
    urn_folded text not null,
    resource text not null,
    declaration text not null,
    changed_at bigint not null,
    primary key (tenant_id, connection_id, urn_folded),
    foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
create table ignored_names (
    tenant_id {uuid} not null,
    connection_id {uuid} not null,
    resource text not null,
    name text not null,
    requests bigint not null,
    first_seen bigint not null,
    last_seen bigint not null,
    primary key (tenant_id, connection_id, resource, name),
    foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
";
