//! A real SMTP server: aiosmtpd, which keeps every mail in a Maildir.

use crate::ready;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// The signal that ends it.
pub const STOP: &str = "TERM";

/// Starts the server on 127.0.0.1; `python` must have aiosmtpd (1.4.3 of Debian 12 and 1.4.6 are proved).
///
/// # Errors
/// When it does not start; its last words are in the message.
pub fn start(python: &Path, directory: &Path, port: u16) -> Result<Child> {
    let maildir = maildir(directory);
    if maildir.exists() {
        std::fs::remove_dir_all(&maildir)?; // left by an attempt whose port was taken
    }
    let mut server = Command::new(python);
    // -n: stay the account we are; -d: say on stderr when it listens.
    server.args(["-m", "aiosmtpd", "-n", "-d", "-l", &address(port), "-c", "aiosmtpd.handlers.Mailbox"]);
    server.arg(maildir).current_dir(directory);
    ready::spawn(&mut server, &directory.join("smtp.log"), "Server is listening on")
}

/// `host:port` of the server.
pub fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// Where the mails are: a finished one stands in `new/`.
pub fn maildir(directory: &Path) -> PathBuf {
    directory.join("mail")
}
