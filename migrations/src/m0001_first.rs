//! Tenants, connections, tokens, users, groups, memberships, the log and what it causes.
//!
//! Instants are whole milliseconds since 1970 (UTC) as integers: the same on both databases, ordered, without zone.

use sea_orm_migration::prelude::*;

use crate::sql;

/// The first schema.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for part in [TENANTS, USERS, GROUPS, LOG] {
            sql::run(connection, part).await?;
        }
        if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Postgres {
            sql::run(connection, UNNUMBERED_POSTGRES).await?;
        }
        Ok(())
    }
}

const TENANTS: &str = "
create table tenants (
    tenant_id {uuid} not null primary key,
    slug text not null unique,
    name text not null,
    settings text not null,
    suspended_at bigint,
    created_at bigint not null
);
create table connections (
    tenant_id {uuid} not null references tenants (tenant_id),
    connection_id {uuid} not null,
    name text not null,
    name_folded text not null,
    kind text not null,
    settings text not null,
    created_at bigint not null,
    primary key (tenant_id, connection_id),
    unique (tenant_id, name_folded)
);
create table tokens (
    tenant_id {uuid} not null,
    token_id {uuid} not null,
    connection_id {uuid} not null,
    hash {bytes} not null,
    last_four text not null,
    label text not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    replaces {uuid},
    first_used_at bigint,
    last_used_at bigint,
    primary key (tenant_id, token_id),
    unique (tenant_id, hash),
    foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
";

const USERS: &str = "
create table users (
    tenant_id {uuid} not null references tenants (tenant_id),
    user_id {uuid} not null,
    connection_id {uuid},
    user_name text not null,
    user_name_folded text not null,
    external_id text,
    display_name text,
    display_name_folded text,
    email text,
    email_folded text,
    active boolean not null,
    state text not null,
    staged_reason text,
    suspended_at bigint,
    accepted_at bigint,
    hidden_at bigint,
    invitation text not null,
    invitation_issue bigint not null,
    invitation_email text,
    invitation_expires_at bigint,
    attributes text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, user_id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
create unique index users_by_name on users (tenant_id, user_name_folded) where hidden_at is null;
create index users_hidden_by_name on users (tenant_id, user_name_folded) where hidden_at is not null;
create unique index users_by_external_id on users (tenant_id, connection_id, external_id)
    where hidden_at is null and external_id is not null;
create index users_hidden_by_external_id on users (tenant_id, connection_id, external_id)
    where hidden_at is not null and external_id is not null;
create index users_by_email on users (tenant_id, email_folded) where email_folded is not null;
create index users_by_display_name on users (tenant_id, display_name_folded) where hidden_at is null;
create index users_by_change on users (tenant_id, updated_at) where hidden_at is null;
create table user_emails (
    tenant_id {uuid} not null,
    email_folded text not null,
    user_id {uuid} not null,
    primary key (tenant_id, email_folded, user_id),
    foreign key (tenant_id, user_id) references users (tenant_id, user_id)
);
create index user_emails_by_user on user_emails (tenant_id, user_id);
";

const GROUPS: &str = "
create table groups (
    tenant_id {uuid} not null references tenants (tenant_id),
    group_id {uuid} not null,
    connection_id {uuid},
    kind text not null,
    display_name text not null,
    display_name_folded text not null,
    external_id text,
    attributes text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, group_id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
create unique index groups_by_name on groups (tenant_id, display_name_folded);
create unique index groups_by_external_id on groups (tenant_id, connection_id, external_id) where external_id is not null;
create index groups_by_change on groups (tenant_id, updated_at);
create table memberships (
    tenant_id {uuid} not null,
    group_id {uuid} not null,
    user_id {uuid} not null,
    primary key (tenant_id, group_id, user_id),
    foreign key (tenant_id, group_id) references groups (tenant_id, group_id),
    foreign key (tenant_id, user_id) references users (tenant_id, user_id)
);
create index memberships_by_user on memberships (tenant_id, user_id, group_id);
";

const LOG: &str = "
create table events (
    tenant_id {uuid} not null references tenants (tenant_id),
    event_id {uuid} not null,
    {sequence}
    position bigint,
    occurred_at bigint not null,
    kind text not null,
    actor_kind text not null,
    actor_id {uuid},
    connection_id {uuid},
    request_id text,
    subject_kind text not null,
    subject_id {uuid},
    reason text,
    data text not null,
    primary key (tenant_id, event_id)
);
create unique index events_by_position on events (position) where position is not null;
create index events_of_tenant on events (tenant_id, position);
create table readers (
    name text not null primary key,
    position bigint not null
);
create table deliveries (
    tenant_id {uuid} not null,
    delivery_id {uuid} not null,
    event_id {uuid} not null,
    kind text not null,
    user_id {uuid} not null,
    state text not null,
    attempts bigint not null,
    due_at bigint not null,
    created_at bigint not null,
    finished_at bigint,
    outcome text,
    primary key (tenant_id, delivery_id),
    unique (tenant_id, event_id, kind),
    foreign key (tenant_id, event_id) references events (tenant_id, event_id)
);
create index deliveries_due on deliveries (due_at) where state = 'pending';
";

const UNNUMBERED_POSTGRES: &str = "create index events_unnumbered on events (seq) where position is null;";
