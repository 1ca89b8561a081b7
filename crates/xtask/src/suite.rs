//! `cargo xtask test`: every test of the workspace, with the servers it needs.

use crate::servers::Servers;
use crate::tally::Tally;
use crate::workspace;
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ExitCode, Stdio};

/// Runs the tests and prints `N passed, N failed` as the last line. `args` go to `cargo test`.
///
/// # Errors
/// When a server does not start, or cargo cannot be run at all.
pub fn run(args: &[&str]) -> Result<ExitCode> {
    let servers = Servers::start()?;
    let result = run_cargo(&cargo_args(args), &servers);
    servers.stop();
    let tally = result?;
    println!("{tally}");
    Ok(if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `--workspace` unless packages are chosen, because cargo lets `--workspace` win over `--package`.
fn cargo_args<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let args = args.strip_prefix(&["--"]).unwrap_or(args);
    let ours = args.iter().take_while(|arg| **arg != "--");
    let chosen = ours.clone().any(|arg| arg.starts_with("-p") || arg.starts_with("--package"));
    let mut all = vec!["test", "--no-fail-fast"];
    if !chosen {
        all.push("--workspace");
    }
    all.extend(args);
    all
}

fn run_cargo(args: &[&str], servers: &Servers) -> Result<Tally> {
    println!("xtask: cargo {}", args.join(" "));
    let mut command = workspace::cargo();
    command.args(args).envs(servers.variables()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut cargo = command.spawn().context("cannot start cargo")?;
    let mut tally = Tally::default();
    if let Some(output) = cargo.stdout.take() {
        pass_on(output, &mut tally)?;
    }
    let status = cargo.wait()?;
    tally.close(status.success());
    if !status.success() {
        eprintln!("xtask: cargo test ended with {status}");
    }
    Ok(tally)
}

/// Copies the output line by line as it comes, and counts. Bytes that are no UTF-8 pass unchanged.
fn pass_on(output: impl Read, tally: &mut Tally) -> Result<()> {
    let mut output = BufReader::new(output);
    let mut stdout = std::io::stdout();
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        stdout.write_all(&line)?;
        stdout.flush()?;
        tally.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_arguments_the_whole_workspace_is_tested() {
        assert_eq!(cargo_args(&[]), ["test", "--no-fail-fast", "--workspace"]);
    }

    #[test]
    fn arguments_go_to_cargo_with_or_without_the_dashes() {
        let expected = ["test", "--no-fail-fast", "--workspace", "folding", "--", "--nocapture"];
        assert_eq!(cargo_args(&["--", "folding", "--", "--nocapture"]), expected);
        assert_eq!(cargo_args(&["folding", "--", "--nocapture"]), expected);
    }

    #[test]
    fn a_chosen_package_stands_alone() {
        let expected = ["test", "--no-fail-fast", "-p", "usher-core"];
        assert_eq!(cargo_args(&["--", "-p", "usher-core"]), expected);
        assert_eq!(cargo_args(&["--package=usher-core"]), ["test", "--no-fail-fast", "--package=usher-core"]);
    }

    #[test]
    fn what_the_test_binaries_get_chooses_no_package() {
        assert!(cargo_args(&["--", "--", "-p"]).contains(&"--workspace"));
    }
}
