//! How many single-row commits the database makes when nothing else is asked of it: the ceiling of every write.

use crate::database::{Database, Value};
use crate::load::{Span, Work, drive};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;
use uuid::Uuid;

/// About as long as a user's JSON document.
const DOCUMENT: &str = "{\"userName\":\"user10000001@bench.example\",\"name\":{\"givenName\":\"Ada\",\"familyName\":\
    \"Lovelace 1\"},\"displayName\":\"Ada Lovelace 1\",\"emails\":[{\"value\":\"user10000001@bench.example\",\
    \"type\":\"work\",\"primary\":true}],\"locale\":\"en-GB\",\"externalId\":\"ext-1\"}";

/// PostgreSQL's own measure: pgbench, one insert for each transaction.
///
/// # Errors
/// When pgbench fails or prints no rate.
pub async fn pgbench(database: &Database, program: &Path, url: &str, directory: &Path, run: Run) -> Result<f64> {
    let table = "create table if not exists scratch (id uuid primary key, document text not null)";
    database.execute(table, &[]).await?;
    let script = directory.join("insert.sql");
    std::fs::write(&script, format!("insert into scratch values (gen_random_uuid(), '{DOCUMENT}');\n"))?;
    let seconds = run.span.measured.as_secs().max(1).to_string();
    let clients = run.clients.to_string();
    let output = Command::new(program)
        .args(["-n", "-c", &clients, "-j", "2", "-T", &seconds, "-f"])
        .arg(&script)
        .arg(url)
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    rate(&text).with_context(|| format!("pgbench prints no rate: {text}"))
}

/// `tps = 1234.567 (without initial connection time)`.
fn rate(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix("tps = "))?.split(' ').next()?.parse().ok()
}

/// Clients and time of one measurement.
#[derive(Clone, Copy)]
pub struct Run {
    /// How many at once.
    pub clients: u32,
    /// How long.
    pub span: Span,
}

/// SQLite through the bare driver: one insert and one sync of the log for each commit, one writer after the other.
///
/// # Errors
/// What the database says.
pub async fn sqlite(directory: &Path, run: Run) -> Result<f64> {
    let url = format!("sqlite://{}?mode=rwc", directory.join("scratch.db").display());
    let database = Database::open_writer(&url).await?;
    database.execute("create table if not exists scratch (id blob primary key, document text not null)", &[]).await?;
    let clients = (0..run.clients).map(|client| Insert { database: database.clone(), client, next: 0 }).collect();
    let measured = drive(clients, run.span, None).await;
    database.execute("drop table scratch", &[]).await?;
    database.close().await;
    Ok(measured?.per_second())
}

struct Insert {
    database: Database,
    client: u32,
    next: u32,
}

impl Work for Insert {
    async fn once(&mut self) -> Result<bool> {
        self.next += 1;
        // Spread over the index as random ids are.
        let id = Uuid::from_u64_pair(u64::from(self.next.reverse_bits()), u64::from(self.client));
        let values = [Value::Id(id), Value::Text(DOCUMENT)];
        self.database.execute("insert into scratch values ($1, $2)", &values).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_found_in_what_pgbench_prints() {
        let text = "latency average = 1.2 ms\ntps = 812.5 (without initial connection time)\n";
        assert_eq!(rate(text), Some(812.5));
        assert_eq!(rate("latency average = 1.2 ms\n"), None);
    }

    #[test]
    fn the_document_is_json() {
        assert!(serde_json::from_str::<serde_json::Value>(DOCUMENT).is_ok());
    }
}
