//! `cargo xtask bench`: the release binary on SQLite and on a durable PostgreSQL, measured by `usher-bench`.

use crate::janitor::Janitor;
use crate::postgres::{self, Durability};
use crate::servers::on_a_free_port;
use crate::{packages, workspace};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// Builds, starts PostgreSQL, measures. `args` go to `usher-bench`, which prints the table.
///
/// # Errors
/// When something does not build or start.
pub fn run(args: &[&str]) -> Result<ExitCode> {
    packages::ensure()?;
    let bin = packages::find_postgres_with(&["initdb", "postgres", "pgbench"]);
    let bin = bin.context("no PostgreSQL with pgbench; Debian has both in the package postgresql")?;
    build()?;
    let mut janitor = Janitor::hire()?;
    let directory = janitor.directory().to_path_buf();
    let (port, server) = on_a_free_port(|port| postgres::start(&bin, &directory, port, Durability::Real))?;
    janitor.take(postgres::STOP, server)?;
    let mut bench = Command::new(binaries().join("usher-bench"));
    bench.arg("--directory").arg(&directory).arg("--pgbench").arg(bin.join("pgbench"));
    bench.args(["--postgres", &postgres::url(port)]).args(args).stdin(Stdio::null());
    let status = bench.status().context("cannot start usher-bench")?;
    drop(janitor);
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build() -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--release", "--package", "usher", "--package", "usher-bench"]).stdin(Stdio::null());
    let status = cargo.status().context("cannot start cargo")?;
    ensure!(status.success(), "the release build ended with {status}");
    Ok(())
}

/// Where cargo puts what it builds for release.
fn binaries() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    workspace::root().join(target).join("release")
}
