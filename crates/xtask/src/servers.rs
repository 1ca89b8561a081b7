//! The servers that tests talk to, and `cargo xtask servers`.

use crate::janitor::Janitor;
use crate::postgres::Durability;
use crate::{packages, postgres, scim2, smtp};
use anyhow::{Context, Result};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ExitCode};

/// A free port can be lost between the asking and the server's start; then the next one is tried.
const ATTEMPTS: u32 = 3;

/// PostgreSQL and SMTP, running until [`Servers::stop`] or the drop, and the programs that tests run.
pub struct Servers {
    scim2: PathBuf,
    postgres_port: u16,
    smtp_port: u16,
    janitor: Janitor,
}

impl Servers {
    /// Starts both, after installing what is missing.
    ///
    /// # Errors
    /// When a program is missing and cannot be installed, or does not start.
    pub fn start() -> Result<Self> {
        let programs = packages::ensure()?;
        let scim2 = scim2::ensure(&programs.venv_python)?;
        let mut janitor = Janitor::hire()?;
        let directory = janitor.directory().to_path_buf();
        let bin = &programs.postgres_bin;
        let (postgres_port, server) =
            on_a_free_port(|port| postgres::start(bin, &directory, port, Durability::ForTests))?;
        janitor.take(postgres::STOP, server)?;
        let (smtp_port, server) = on_a_free_port(|port| smtp::start(&programs.python, &directory, port))?;
        janitor.take(smtp::STOP, server)?;
        Ok(Self { scim2, postgres_port, smtp_port, janitor })
    }

    /// What the tests read: the URL of a PostgreSQL superuser, `host:port` of SMTP, the Maildir, the path of `scim2`.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("USHER_TEST_POSTGRES", postgres::url(self.postgres_port)),
            ("USHER_TEST_SMTP", smtp::address(self.smtp_port)),
            ("USHER_TEST_MAILDIR", smtp::maildir(self.janitor.directory()).display().to_string()),
            ("USHER_TEST_SCIM2", self.scim2.display().to_string()),
        ]
    }

    /// Stops both and removes their files.
    pub fn stop(self) {
        drop(self.janitor);
    }
}

/// Runs the servers by themselves, until Ctrl-C or the end of stdin.
///
/// # Errors
/// As [`Servers::start`].
pub fn keep() -> Result<ExitCode> {
    let servers = Servers::start()?;
    for (name, value) in servers.variables() {
        println!("export {name}='{value}'");
    }
    eprintln!("xtask: the servers run until Ctrl-C or the end of stdin");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).context("cannot read stdin")?;
    servers.stop();
    Ok(ExitCode::SUCCESS)
}

/// Starts a server on a port that nobody else has; answers the port.
///
/// # Errors
/// When it does not start on several ports.
pub fn on_a_free_port(start: impl Fn(u16) -> Result<Child>) -> Result<(u16, Child)> {
    let mut attempt = 1;
    loop {
        let port = free_port()?;
        match start(port) {
            Ok(child) => return Ok((port, child)),
            Err(_) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::process::Command;

    #[test]
    fn a_start_that_fails_is_tried_on_other_ports() {
        let calls = Cell::new(0);
        let started = on_a_free_port(|_| {
            calls.set(calls.get() + 1);
            anyhow::ensure!(calls.get() == ATTEMPTS, "the port is taken");
            Ok(Command::new("true").spawn()?)
        });
        let (port, mut child) = started.expect("the last attempt worked");
        assert!(port > 0 && child.wait().expect("it ran").success());
    }

    #[test]
    fn a_start_that_always_fails_is_given_up() {
        let calls = Cell::new(0);
        let error = on_a_free_port(|_| {
            calls.set(calls.get() + 1);
            anyhow::bail!("broken")
        });
        assert_eq!(error.expect_err("it never works").to_string(), "broken");
        assert_eq!(calls.get(), ATTEMPTS);
    }
}
