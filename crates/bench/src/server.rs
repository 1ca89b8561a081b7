//! usher itself, as an operator starts it.

use crate::http::Connection;
use crate::requests::{self, Door};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The only key of the servers that are measured; invitation links are derived from it.
pub const KEY: &str = "a key of the benchmark and of nothing else";

/// How long a server may take to get ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// The binary and the database that it works on.
pub struct Usher {
    binary: PathBuf,
    directory: PathBuf,
    /// The database's URL.
    pub database: String,
}

/// A running server, killed when it is dropped.
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first 200 of `/readyz`.
    pub ready_after: Duration,
}

impl Usher {
    /// The binary that was built together with this program, on a database.
    ///
    /// # Errors
    /// When it is not there.
    pub fn beside_us(directory: &Path, database: String) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("usher");
        ensure!(binary.is_file(), "{} is missing: build the package usher too", binary.display());
        Ok(Self { binary, directory: directory.to_path_buf(), database })
    }

    /// Runs a command that answers with JSON.
    ///
    /// # Errors
    /// When it refuses.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let output =
            self.command().args(arguments).args(["--output", "json"]).output().context("cannot start usher")?;
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "usher {}: {stdout} {stderr}", arguments.join(" "));
        serde_json::from_str(&stdout).with_context(|| format!("usher {} printed no JSON", arguments.join(" ")))
    }

    /// Makes a tenant with a token.
    ///
    /// # Errors
    /// When a command refuses.
    pub fn tenant(&self, slug: &str) -> Result<Door> {
        let tenant = self.json(&["tenant", "create", slug])?;
        let token = self.json(&["token", "create", slug, "--connection", "okta"])?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("usher answers with another shape");
        Ok(Door { tenant: text(&tenant["id"])?.parse()?, slug: slug.to_owned(), token: text(&token["token"])? })
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn serve(&self) -> Result<Serving> {
        let address = free_address()?;
        let log = std::fs::File::create(self.directory.join("usher.log"))?;
        let mut command = self.command();
        command.args(["serve", "--role", "gateway"]).env("USHER__SERVER__LISTEN", address.to_string());
        let start = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(log).spawn().context("cannot start usher")?;
        let mut serving = Serving { child, address, ready_after: Duration::ZERO };
        while !is_ready(address).await {
            let ended = serving.child.try_wait()?;
            ensure!(ended.is_none() && start.elapsed() < PATIENCE, "usher does not get ready: {}", self.last_words());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        serving.ready_after = start.elapsed();
        Ok(serving)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.directory).env_clear().stdin(Stdio::null());
        command.env("USHER__DATABASE__URL", &self.database).env("USHER__SECRETS__KEYS", KEY);
        command
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.directory.join("usher.log")).unwrap_or_default();
        log.lines().last().unwrap_or("it says nothing").to_owned()
    }
}

impl Serving {
    /// The process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.ask(&requests::get("/readyz")).await.is_ok_and(|answer| answer.status == 200)
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?)
}
