//! A directory of its own for each test, and usher started in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A directory, removed at the end, and a free port.
pub struct Home {
    path: PathBuf,
    pub listen: SocketAddr,
    variables: Vec<(&'static str, String)>,
}

/// What a command that ended left behind.
#[derive(Debug)]
pub struct Done {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A process that runs; it is killed when the test lets go of it.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
}

/// An address that nobody listens on, below the ports that the system gives to outgoing connections, so that none of
/// those takes it in the meantime.
fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

impl Home {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("usher-process-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self { path, listen: free_address(), variables: Vec::new() }
    }

    /// The same with a variable in the environment of every process.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Another machine with the same settings: a directory and a port of its own.
    pub fn beside(&self, name: &str) -> Self {
        self.variables.iter().fold(Self::new(name), |home, (name, value)| home.with(name, value))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// usher, with nothing in its environment but the port and the settings of this home.
    pub fn usher(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command.args(arguments).current_dir(&self.path).env_clear().stdin(Stdio::null());
        command.env("USHER__SERVER__LISTEN", self.listen.to_string());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        finish(&mut self.usher(arguments))
    }

    /// Runs a command that must succeed and reads its one JSON document.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let done = self.run(&[arguments, &["--output", "json"]].concat());
        assert_eq!(done.status, Some(0), "{arguments:?}: {done:?}");
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {done:?}"))
    }

    /// A request over HTTP/1.1: its status and body.
    pub fn request(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.listen).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: usher\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

pub fn finish(command: &mut Command) -> Done {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done { status: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

impl Done {
    /// One line on standard error that begins with the program's name, nothing on standard output, status 1.
    pub fn refusal(&self) -> &str {
        assert_eq!(self.status, Some(1), "{self:?}");
        assert_eq!((self.stdout.as_str(), self.stderr.matches('\n').count()), ("", 1), "{self:?}");
        self.stderr.strip_prefix("usher: ").unwrap().trim_end()
    }
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// Everything printed up to and with the line that holds `last`.
    pub fn until(&self, last: &str) -> String {
        let mut seen = String::new();
        while !seen.lines().any(|line| line.contains(last)) {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {last:?} in {seen:?}"));
            seen += &line;
            seen += "\n";
        }
        seen
    }

    /// Sends SIGTERM; the rest of the output, and the exit status.
    pub fn terminate(mut self) -> (String, Option<i32>) {
        signal(&self.child, "TERM");
        let mut rest = String::new();
        // The output ends when the process does.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            rest += &line;
            rest += "\n";
        }
        (rest, self.child.wait().unwrap().code())
    }
}

impl Running {
    /// Sends SIGKILL: nothing is finished, nothing is closed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends a signal by its name.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Looks again and again until there is something to see.
pub fn poll<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < patience, "not {what} after {patience:?}");
        park_timeout(Duration::from_millis(20));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
