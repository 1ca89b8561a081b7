//! Waits until a server says that it is ready.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How long a server may take to start; PostgreSQL needs about a second, a loaded machine much more.
const PATIENCE: Duration = Duration::from_mins(2);

/// Starts a server, copies what it says on stderr into `log`, and returns once a line contains `sign`.
///
/// # Errors
/// When the server cannot be started, or ends or stays silent before the sign; the end of its log is in the message.
pub fn spawn(command: &mut Command, log: &Path, sign: &'static str) -> Result<Child> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let result = wait(&mut child, log, sign);
    if let Err(error) = result {
        // Both fail only for a process that has ended already, which is what we want.
        let _ = child.kill();
        let _ = child.wait();
        bail!("{name} did not start: {error:#}\n{}", tail(log));
    }
    Ok(child)
}

fn wait(child: &mut Child, log: &Path, sign: &'static str) -> Result<()> {
    let stderr = child.stderr.take().context("its stderr is not ours")?;
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let (sender, receiver) = channel();
    std::thread::spawn(move || copy(BufReader::new(stderr), file, sign, &sender));
    match receiver.recv_timeout(PATIENCE) {
        Ok(()) => Ok(()),
        Err(RecvTimeoutError::Timeout) => bail!("not ready after {} s", PATIENCE.as_secs()),
        Err(RecvTimeoutError::Disconnected) => bail!("it ended before it was ready"),
    }
}

/// Reads until the server ends, so that it never blocks on a full pipe. Reading goes on when the log cannot be
/// written.
fn copy(mut from: impl BufRead, mut to: File, sign: &str, ready: &Sender<()>) {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        let _ = to.write_all(&line);
        if String::from_utf8_lossy(&line).contains(sign) {
            let _ = ready.send(());
        }
        line.clear();
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, log: &str) -> Result<Child> {
        let log = std::env::temp_dir().join(format!("usher-ready-{}-{log}", std::process::id()));
        let result = spawn(Command::new("sh").args(["-c", script]), &log, "ready");
        std::fs::remove_file(log).expect("the log was written");
        result
    }

    #[test]
    fn the_sign_on_stderr_ends_the_waiting() {
        let mut child = shell("echo starting >&2; echo now ready >&2; cat", "sign").expect("the sign was given");
        assert!(child.wait().expect("it ran").success());
    }

    #[test]
    fn a_server_that_ends_early_is_reported_with_its_last_words() {
        let error = shell("echo port taken >&2", "early").expect_err("no sign was given").to_string();
        assert!(error.contains("ended before it was ready"), "{error}");
        assert!(error.contains("port taken"), "{error}");
    }
}
