//! `[server]`

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use config::Value;
use usher_core::Domain;

use super::section::section;
use super::values::{Setting, quoted, text};

section! {
    /// Where and how usher answers.
    Server = "server" {
        /// The address and port on which usher listens. Port 0 is refused: nobody could find it.
        listen: Listen = Listen::default();
        /// The address under which identity providers and people reach usher: every link that usher writes begins with
        /// it, whatever the request says. Without it: `http://` and `server.listen`, with
        /// localhost in place of 0.0.0.0.
        public_url: Option<WebUrl> = None;
        /// A domain whose sub-domains are tenants: with `scim.example.com`, the tenant acme also answers at
        /// `acme.scim.example.com`. Without it that door is closed.
        base_domain: Option<Domain> = None;
        /// How long a client may take to send the body of a request, in seconds.
        body_timeout_seconds: u64 = 10, in 1..=60;
        /// Threads that answer requests; 0 means one for each core.
        workers: u64 = 0, in 0..=256;
        /// How long usher waits for requests and deliveries under way when it is told to stop, in seconds.
        shutdown_seconds: u64 = 25, in 1..=300;
    }
}

impl Server {
    /// How long a client may take to send a body.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds)
    }

    /// How long a stop may take.
    #[must_use]
    pub fn shutdown(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen(SocketAddr);

impl Listen {
    /// The address as the operating system takes it.
    #[must_use]
    pub const fn address(self) -> SocketAddr {
        self.0
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)))
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Setting for Listen {
    const KIND: &'static str = "IP address and port";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?;
        let form = || format!("must be an IP address and a port such as 0.0.0.0:8080, not {text}");
        let address: SocketAddr = text.trim().parse().map_err(|_| form())?;
        if address.port() == 0 { Err(form()) } else { Ok(Self(address)) }
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self))
    }
}

/// An absolute `http` or `https` URL without query, fragment, user and final slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl(String);

impl WebUrl {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or("must begin with https:// or http://")?;
        let host = rest.split('/').next().unwrap_or_default();
        if host.is_empty() || host.starts_with(':') {
            return Err("must name a host");
        }
        if host.contains('@') {
            return Err("must not name a user");
        }
        if rest.contains(['?', '#']) {
            return Err("must not have a query or a fragment");
        }
        if rest.ends_with('/') {
            return Err("must not end with a slash");
        }
        if !rest.bytes().all(|byte| byte.is_ascii_graphic() && !br#"<>"\^`{|}"#.contains(&byte)) {
            return Err("must be written in ASCII, without blanks");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for WebUrl {
    const KIND: &'static str = "http(s) URL";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?;
        Self::parse(text).map_err(|fault| format!("{fault}, as in https://scim.example.com; it is {text}"))
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self))
    }
}

#[cfg(test)]
mod tests {
    use super::WebUrl;

    #[test]
    fn a_public_url_is_absolute_and_bare() {
        for good in
            ["https://scim.example.com", "http://127.0.0.1:8080", "https://example.com/usher", "http://[::1]:80"]
        {
            assert_eq!(WebUrl::parse(good).map(|url| url.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "scim.example.com",
            "ftp://example.com",
            "https://",
            "https://:80",
            "https:///path",
            "https://example.com/",
            "https://example.com/?a",
            "https://example.com/#a",
            "https://user@example.com",
            "https://exa mple.com",
            "https://ex\u{e4}mple.com",
            "https://example.com/\n",
        ] {
            assert!(WebUrl::parse(bad).is_err(), "{bad:?}");
        }
    }
}
