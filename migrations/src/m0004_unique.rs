//! Values that a declared schema lets stand only once.

use sea_orm_migration::prelude::*;

use crate::sql;

/// The values of attributes that a connection declares unique.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_unique"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager.get_connection(), TABLES).await
    }
}

/// `value` is the SHA-256 of a value in the form in which it is compared: a row of an index has a bound, and nobody's data
/// stands here a second time.
const TABLES: &str = "
create table unique_values (
    tenant_id {uuid} not null,
    connection_id {uuid} not null,
    urn_folded text not null,
    attribute_folded text not null,
    value {bytes} not null,
    resource_id {uuid} not null,
    primary key (tenant_id, connection_id, urn_folded, attribute_folded, value),
    foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
create index unique_values_by_resource on unique_values (tenant_id, resource_id);
";
