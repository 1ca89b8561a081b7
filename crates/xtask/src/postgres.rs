//! A PostgreSQL of our own, in a temporary directory.

use crate::packages;
use crate::ready;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The signal of PostgreSQL's immediate shutdown: the data is thrown away, so no checkpoint is written.
pub const STOP: &str = "QUIT";

/// Connections that tests in parallel may hold together.
const MAX_CONNECTIONS: u32 = 300;

/// The account that PostgreSQL runs under when we are root, which it refuses.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

/// What becomes of an acknowledged commit when the machine fails.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It may be lost: the data is thrown away after the tests anyway, and nothing waits for the disk.
    ForTests,
    /// It is on the disk, as in production.
    Real,
}

/// Makes a new cluster in `directory` and starts its server on 127.0.0.1. The superuser is `postgres`, no password.
///
/// # Errors
/// When `initdb` or the server fails; its last words are in the message.
pub fn start(bin: &Path, directory: &Path, port: u16, durability: Durability) -> Result<Child> {
    let account = account()?;
    let data = directory.join("postgres");
    init(bin, &data, account)?;
    let mut server = command(&bin.join("postgres"), account);
    server.current_dir(&data).arg("-D").arg(&data).args(["-p", &port.to_string()]);
    for setting in settings(durability) {
        server.args(["-c", &setting]);
    }
    ready::spawn(&mut server, &directory.join("postgres.log"), "database system is ready to accept connections")
}

/// The URL of the database that every cluster has.
pub fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

fn settings(durability: Durability) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        // No socket file: its path must be short and its directory writable for the server's account.
        "unix_socket_directories=".to_owned(),
        format!("max_connections={MAX_CONNECTIONS}"),
    ];
    match durability {
        // A crash of the server alone loses nothing.
        Durability::ForTests => settings.push("fsync=off".to_owned()),
        // All else is PostgreSQL's default; no checkpoint falls by chance into one measurement and not into another.
        Durability::Real => settings.extend(["max_wal_size=8GB".to_owned(), "checkpoint_timeout=1h".to_owned()]),
    }
    settings
}

fn init(bin: &Path, data: &Path, account: Option<Account>) -> Result<()> {
    if data.exists() {
        std::fs::remove_dir_all(data)?; // left by an attempt whose port was taken
    }
    std::fs::create_dir(data)?;
    if let Some(account) = account {
        std::os::unix::fs::chown(data, Some(account.user), Some(account.group))?;
    }
    // Locale C: the same order of strings on every machine, and log lines in English.
    let output = command(&bin.join("initdb"), account)
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(data)
        .current_dir(data)
        .stdin(Stdio::null())
        .output()
        .context("cannot start initdb")?;
    ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

fn account() -> Result<Option<Account>> {
    if !packages::is_root() {
        return Ok(None);
    }
    let found = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some(Account { user: packages::id(&["-u", name])?, group: packages::id(&["-g", name])? }));
    found.map(Some).context("PostgreSQL refuses to run as root, and there is neither an account postgres nor nobody")
}

/// `setpriv` becomes the program itself, so the process id stays the same.
fn command(program: &Path, account: Option<Account>) -> Command {
    let Some(Account { user, group }) = account else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_waits_for_the_disk() {
        assert!(settings(Durability::ForTests).contains(&"fsync=off".to_owned()));
        for setting in settings(Durability::Real) {
            assert!(!setting.starts_with("fsync") && !setting.starts_with("synchronous_commit"), "{setting}");
        }
    }
}
