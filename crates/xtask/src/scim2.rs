//! `scim2-cli` with `scim2-tester`: the compliance checks of an independent project, in a virtual environment of Python.

use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const REQUIREMENTS: &str = include_str!("../scim2-requirements.txt");

/// Finds the program `scim2`, after installing it where it is missing or of other versions than wanted.
///
/// # Errors
/// When it cannot be installed; the message says what pip said and what to do.
pub fn ensure(python: &Path) -> Result<PathBuf> {
    let home = workspace::root().join("target/tools/scim2");
    let stamp = home.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(home.join("bin/scim2"));
    }
    install(python, &home)
        .context("the SCIM checks cannot be installed; they need Python 3.10 with venv, and PyPI through pip")?;
    std::fs::write(&stamp, REQUIREMENTS)?;
    Ok(home.join("bin/scim2"))
}

fn install(python: &Path, home: &Path) -> Result<()> {
    eprintln!("xtask: installing scim2-cli and scim2-tester into {}", home.display());
    if home.exists() {
        std::fs::remove_dir_all(home)?; // half installed, or of other versions
    }
    std::fs::create_dir_all(home)?;
    run(Command::new(python).args(["-m", "venv"]).arg(home))?;
    let list = home.join("requirements.txt");
    std::fs::write(&list, REQUIREMENTS)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"];
    run(Command::new(home.join("bin/python")).args(pip).arg(list))
}

/// Runs a step; what it says goes to stderr, since a shell may read our stdout.
fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::REQUIREMENTS;

    #[test]
    fn every_version_is_exact() {
        let lines: Vec<&str> = REQUIREMENTS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.iter().all(|line| line.contains("==")), "{lines:?}");
        for wanted in ["scim2-cli==", "scim2-tester=="] {
            assert!(lines.iter().any(|line| line.starts_with(wanted)), "{wanted}");
        }
    }
}
