//! Stops servers and removes their directory, whatever ends us.
//!
//! A small shell process reads from a pipe whose other end is ours. The pipe closes when we close it and also when
//! we die of Ctrl-C or `kill -9`; either way the shell then cleans up. No signal handler is needed for that.

use anyhow::{Context, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Reads lines `SIGNAL PID` until the pipe closes, sends the signals, waits 10 s at most for each process,
/// and removes the directory `$1`.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
servers=
while read -r signal pid; do servers="$servers $signal:$pid"; done
for server in $servers; do kill -"${server%%:*}" "${server#*:}"; done
for server in $servers; do
    tries=200
    while kill -0 "${server#*:}" && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.05; done
    [ "$tries" -gt 0 ] || kill -KILL "${server#*:}"
done
rm -rf -- "$1"
"#;

/// Owns a temporary directory and the servers that live in it; both are gone after the drop.
pub struct Janitor {
    shell: Child,
    servers: Vec<Child>,
    directory: PathBuf,
}

impl Janitor {
    /// Makes a temporary directory and somebody to remove it.
    ///
    /// # Errors
    /// When the directory or the shell cannot be made.
    pub fn hire() -> Result<Self> {
        let directory = fresh_directory()?;
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "janitor"])
            .arg(&directory)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start sh")?;
        Ok(Self { shell, servers: Vec::new(), directory })
    }

    /// The directory of this run.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Takes a server over; `signal` is the name (without SIG) of the signal that ends it.
    ///
    /// # Errors
    /// When the shell is gone; the server is then ended at once.
    pub fn take(&mut self, signal: &str, mut server: Child) -> Result<()> {
        let line = format!("{signal} {}\n", server.id());
        let told = self.shell.stdin.as_mut().is_some_and(|pipe| pipe.write_all(line.as_bytes()).is_ok());
        if !told {
            server.kill()?;
        }
        self.servers.push(server);
        anyhow::ensure!(told, "the cleaning process is gone");
        Ok(())
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // The servers are our children: only after we waited for them does the shell see that they are gone.
        // An error means that there is nothing to wait for.
        for server in &mut self.servers {
            let _ = server.wait();
        }
        let _ = self.shell.wait();
    }
}

/// A new directory that other accounts may pass through, because PostgreSQL may run under another one.
fn fresh_directory() -> Result<PathBuf> {
    let parent = std::env::temp_dir();
    for number in 0..1000 {
        let path = parent.join(format!("usher-test-{}-{number}", std::process::id()));
        match std::fs::create_dir(&path) {
            Ok(()) => {
                open_for_passing(&path)?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot make {}", path.display())),
        }
    }
    anyhow::bail!("{} is full of old usher-test directories", parent.display())
}

fn open_for_passing(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o711))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn after_the_drop_the_directory_is_gone() {
        let janitor = Janitor::hire().expect("a directory");
        let directory = janitor.directory().to_path_buf();
        std::fs::write(directory.join("file"), "x").expect("it is ours");
        drop(janitor);
        assert!(!directory.exists());
    }

    #[test]
    fn when_the_pipe_closes_the_servers_get_their_signal() {
        const SIGQUIT: i32 = 3;
        let mut janitor = Janitor::hire().expect("a directory");
        let mut server = Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat is everywhere");
        let _open = server.stdin.take(); // `wait` would close it, and cat would end by itself
        janitor.take("QUIT", server).expect("the shell lives");
        drop(janitor.shell.stdin.take());
        let status = janitor.servers[0].wait().expect("it is our child");
        assert_eq!(status.signal(), Some(SIGQUIT));
    }

    #[test]
    fn two_runs_have_two_directories() {
        let (one, two) = (Janitor::hire().expect("one"), Janitor::hire().expect("two"));
        assert_ne!(one.directory(), two.directory());
    }
}
