//! `cargo xtask docs`: the configuration's reference, printed by the binary itself.

use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

/// Writes `docs/CONFIGURATION.md`.
///
/// # Errors
/// When the binary does not build or run, or the file cannot be written.
pub fn write() -> Result<ExitCode> {
    let path = reference();
    std::fs::write(&path, generate()?).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// Compares `docs/CONFIGURATION.md` with what the binary prints.
///
/// # Errors
/// When they differ, or as [`write()`].
pub fn check() -> Result<ExitCode> {
    let path = reference();
    let kept = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if kept != generate()? {
        bail!("docs/CONFIGURATION.md is not what the binary says; run `cargo xtask docs` and commit the change");
    }
    println!("docs/CONFIGURATION.md is up to date");
    Ok(ExitCode::SUCCESS)
}

fn reference() -> PathBuf {
    workspace::root().join("docs/CONFIGURATION.md")
}

fn generate() -> Result<String> {
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--package", "usher", "--", "config-docs"]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "`usher config-docs` ended with {}", output.status);
    let text = String::from_utf8(output.stdout).context("`usher config-docs` printed something that is no UTF-8")?;
    ensure!(!text.trim().is_empty(), "`usher config-docs` printed nothing");
    Ok(text)
}
