//! PostgreSQL: a database of its own for each test, and a whole server for the test that stops it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;

use crate::home::{PATIENCE, finish, signal};
use crate::installation::variable;

/// Makes an empty database on the server that `cargo xtask test` starts; its URL.
pub fn database(name: &str) -> String {
    database_on(&variable("USHER_TEST_POSTGRES"), name)
}

fn database_on(server: &str, name: &str) -> String {
    let name = format!("process_{}_{}", std::process::id(), name.replace('-', "_"));
    query(server, &format!("create database {name}"));
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

/// Runs one statement; its rows as text, without headings.
pub fn query(url: &str, statement: &str) -> String {
    let mut psql = Command::new(programs().join("psql"));
    let done = finish(psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-c", statement, url]));
    assert_eq!(done.status, Some(0), "{statement}: {done:?}");
    done.stdout.trim().to_owned()
}

/// Where the programs of PostgreSQL are: in PATH, or where Debian keeps them.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path());
    std::env::split_paths(&path)
        .chain(debian.map(|version| version.join("bin")))
        .find(|bin| ["initdb", "postgres", "psql"].iter().all(|program| bin.join(program).is_file()))
        .expect("PostgreSQL is not installed: run `cargo xtask test`")
}

/// A server that the test may stop. Its directory lies outside of the test's: another account owns it when we are root.
pub struct Cluster {
    directory: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    pub fn start(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("usher-cluster-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir(&directory).unwrap();
        if let Some((user, group)) = account() {
            std::os::unix::fs::chown(&directory, Some(user), Some(group)).unwrap();
        }
        let mut init = program("initdb", &directory);
        init.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        let done = finish(init.arg(&directory));
        assert_eq!(done.status, Some(0), "{done:?}");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut cluster = Self { directory, port, server: None };
        cluster.resume();
        cluster
    }

    pub fn database(&self, name: &str) -> String {
        database_on(&format!("postgres://postgres@127.0.0.1:{}/postgres", self.port), name)
    }

    /// The fast shutdown: every session is ended, every transaction rolled back.
    pub fn stop(&mut self) {
        let mut server = self.server.take().unwrap();
        signal(&server, "INT");
        assert!(server.wait().unwrap().success());
    }

    /// Starts it again; answers when it takes connections.
    pub fn resume(&mut self) {
        let mut server = program("postgres", &self.directory);
        server.arg("-D").arg(&self.directory).args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        server.args(["-c", "unix_socket_directories=", "-c", "fsync=off"]);
        let mut server = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(server.stderr.take().unwrap());
        self.server = Some(server);
        let (sender, ready) = channel();
        // It reads to the end, so that the server never waits for a reader.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if line.contains("ready to accept connections") {
                    let _ = sender.send(());
                }
            }
        });
        ready.recv_timeout(PATIENCE).expect("the PostgreSQL of the test does not start");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            signal(&server, "QUIT");
            let _ = server.wait();
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// PostgreSQL refuses to run as root: then it runs as another account.
fn account() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| finish(Command::new("id").args(arguments)).stdout.trim().parse::<u32>().ok();
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}

fn program(name: &str, directory: &Path) -> Command {
    let path = programs().join(name);
    let mut command = match account() {
        None => Command::new(path),
        Some((user, group)) => {
            // It becomes the program itself, so the process id stays the same.
            let mut command = Command::new("setpriv");
            command
                .args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()])
                .arg(path);
            command
        }
    };
    command.current_dir(directory);
    command
}
