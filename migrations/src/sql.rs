//! One text of SQL for two dialects.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// Runs statements separated by `;`. `{uuid}`, `{bytes}` and `{sequence}` stand for what differs: SQLite keeps ids as
/// 16 bytes, and orders rows by its own row id where PostgreSQL needs a column.
pub(crate) async fn run<C: ConnectionTrait>(connection: &C, text: &str) -> Result<(), DbErr> {
    let (uuid, bytes, sequence) = match connection.get_database_backend() {
        DbBackend::Sqlite => ("blob", "blob", ""),
        _ => ("uuid", "bytea", "seq bigint generated always as identity,"),
    };
    let text = text.replace("{uuid}", uuid).replace("{bytes}", bytes).replace("{sequence}", sequence);
    for statement in text.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
