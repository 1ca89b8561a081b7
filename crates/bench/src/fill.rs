//! Rows by the thousand, straight into the tables. Ids and names follow from a number, so nothing is read back.

use crate::database::{Database, Value};
use anyhow::Result;
use usher_core::{Clock, OsEntropy, PlainToken, SystemClock, TenantId};
use uuid::Uuid;

/// All numbers have eight digits, so names sort as their numbers do.
const FIRST: u64 = 10_000_000;

/// The first half of every id: a UUIDv7 of 2024. The decimal digits of the number stand for hexadecimal ones.
const USER: &str = "0192d5a0000070008000";
const GROUP: &str = "0192d5a0000070008001";

/// A user who can be read, or one who has an open invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Confirmed.
    Active,
    /// Invited once, not long ago.
    Invited,
}

/// The id of a user of every filled tenant; `number` is less than 10 000 000.
pub fn user_id(number: u32) -> Uuid {
    id(USER, number)
}

/// The id of a group.
pub fn group_id(number: u32) -> Uuid {
    id(GROUP, number)
}

fn id(prefix: &str, number: u32) -> Uuid {
    let low = format!("{:012}", FIRST + u64::from(number));
    Uuid::try_parse(&format!("{prefix}{low}")).unwrap_or_default()
}

/// The `userName` of a user, which is their address too.
pub fn user_name(number: u32) -> String {
    format!("user{}@bench.example", FIRST + u64::from(number))
}

/// SQL for the same id, of the number `n`.
fn id_in_sql(database: &Database, prefix: &str) -> String {
    let digits = format!("'{prefix}0000' || ({FIRST} + n)");
    match database {
        Database::Sqlite(_) => format!("unhex({digits})"),
        Database::Postgres(_) => format!("cast({digits} as uuid)"),
    }
}

/// Writes users with the numbers from 0 to `count`.
///
/// # Errors
/// What the database says.
pub async fn users(database: &Database, tenant: Uuid, connection: Uuid, count: u32, kind: Kind) -> Result<()> {
    let now = SystemClock.now().timestamp_millis();
    let (state, invitation, accepted, expires) = match kind {
        Kind::Active => ("active", "accepted", "$3", "null"),
        Kind::Invited => ("invited", "open", "null", "$3 + 86400000"),
    };
    let id = id_in_sql(database, USER);
    let name = format!("'user' || ({FIRST} + n) || '@bench.example'");
    let document = format!(
        r#"'{{"userName":"' || {name} || '","name":{{"givenName":"Ada","familyName":"Lovelace ' || n || '"}},"displayName":"Ada Lovelace ' || n || '","emails":[{{"value":"' || {name} || '","type":"work","primary":true}}],"locale":"en-GB","externalId":"ext-' || n || '"}}'"#
    );
    let sql = format!(
        "insert into users (tenant_id, user_id, connection_id, user_name, user_name_folded, external_id, display_name, \
         display_name_folded, email, email_folded, active, state, accepted_at, invitation, invitation_issue, \
         invitation_email, invitation_expires_at, attributes, version, created_at, updated_at) \
         with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < {last}) \
         select $1, {id}, $2, {name}, {name}, 'ext-' || n, 'Ada Lovelace ' || n, 'ada lovelace ' || n, {name}, {name}, \
         true, '{state}', {accepted}, '{invitation}', 1, {name}, {expires}, {document}, 1, $3, $3 from numbers",
        last = count.saturating_sub(1),
    );
    database.execute(&sql, &[Value::Id(tenant), Value::Id(connection), Value::Number(now)]).await
}

/// Writes a group whose members are the users from `from` to before `to`.
///
/// # Errors
/// What the database says.
pub async fn group(
    database: &Database,
    tenant: Uuid,
    connection: Uuid,
    number: u32,
    members: std::ops::Range<u32>,
) -> Result<()> {
    let now = SystemClock.now().timestamp_millis();
    let name = format!("Bench {number}");
    let sql = "insert into groups (tenant_id, group_id, connection_id, kind, display_name, display_name_folded, \
               attributes, version, created_at, updated_at) values ($1, $2, $3, 'managed', $4, lower($4), $5, 1, $6, $6)";
    let document = serde_json::json!({ "displayName": name }).to_string();
    let group = Value::Id(group_id(number));
    let (tenant, connection) = (Value::Id(tenant), Value::Id(connection));
    let values = [tenant, group, connection, Value::Text(&name), Value::Text(&document), Value::Number(now)];
    database.execute(sql, &values).await?;
    let user = id_in_sql(database, USER);
    let sql = format!(
        "insert into memberships (tenant_id, group_id, user_id) \
         with recursive numbers (n) as (select {} union all select n + 1 from numbers where n < {}) \
         select $1, $2, {user} from numbers",
        members.start,
        members.end - 1
    );
    database.execute(&sql, &[tenant, group]).await
}

/// Makes tenants with a connection and a token each; answers the tokens.
///
/// # Errors
/// What the database says.
pub async fn tenants(database: &Database, count: u32) -> Result<Vec<String>> {
    let now = SystemClock.now();
    let at = Value::Number(now.timestamp_millis());
    let mut tokens = Vec::new();
    for number in 0..count {
        let tenant = TenantId::mint(now, &OsEntropy);
        let token = PlainToken::generate(tenant, &OsEntropy);
        let id = Value::Id(tenant.as_uuid());
        let (slug, hash, last_four) = (format!("seen-{number}"), token.hash(), token.last_four());
        let slug = Value::Text(&slug);
        let sql = "insert into tenants (tenant_id, slug, name, settings, created_at) values ($1, $2, $2, '{}', $3)";
        database.execute(sql, &[id, slug, at]).await?;
        let sql = "insert into connections (tenant_id, connection_id, name, name_folded, kind, settings, created_at) \
                   values ($1, $1, 'okta', 'okta', 'okta', '{}', $2)";
        database.execute(sql, &[id, at]).await?;
        let sql = "insert into tokens (tenant_id, token_id, connection_id, hash, last_four, label, created_at, \
                   first_used_at, last_used_at) values ($1, $1, $1, $2, $3, 'bench', $4, $4, $4)";
        let values = [id, Value::Bytes(hash.as_bytes()), Value::Text(&last_four), at];
        database.execute(sql, &values).await?;
        tokens.push(token.expose().to_owned());
    }
    Ok(tokens)
}

/// Brings a filled database to rest, so that no cell of the table pays for the filling.
///
/// # Errors
/// What the database says.
pub async fn settle(database: &Database) -> Result<()> {
    match database {
        Database::Sqlite(_) => database.execute("pragma wal_checkpoint(truncate)", &[]).await,
        Database::Postgres(_) => {
            // What autovacuum does by itself after a while.
            database.execute("vacuum (analyze)", &[]).await?;
            database.execute("checkpoint", &[]).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_differ() {
        assert_eq!(user_id(7).to_string(), "0192d5a0-0000-7000-8000-000010000007");
        assert_eq!(user_id(7).get_version_num(), 7);
        assert_ne!(user_id(7), group_id(7));
        assert_eq!(user_name(999_999), "user10999999@bench.example");
    }
}
