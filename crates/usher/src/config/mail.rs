//! `[mail]`

use std::fmt;
use std::path::PathBuf;

use config::Value;
use usher_core::{EmailAddress, Secret};
use usher_worker::mailer::{Mailbox, Mailer};

use super::section::section;
use super::values::{Setting, quoted, text};
use super::{ConfigError, WebUrl};

section! {
    /// How mail leaves.
    Mail = "mail" {
        /// Where mail goes: `smtp://user:password@host:587?tls=required`, `smtps://user:password@host:465`,
        /// `smtp://host:25` (not encrypted), or `mailbox:`, the mailbox built into `usher dev`. `usher serve` needs it
        /// for the roles all and worker.
        url: Option<MailUrl> = None;
        /// A file with the URL in it, in place of `mail.url`.
        url_file: Option<PathBuf> = None;
        /// The sender of every mail: `Name <name@example.com>`, or the address alone.
        from: Sender = Sender::default();
        /// The name of your product, as mails and pages show it; 1 to 80 characters.
        product: Product = Product::default();
        /// Where a person begins to work after the invitation is accepted. Without it mails and pages say so in words.
        start_url: Option<WebUrl> = None;
    }
}

/// Where mail goes. May hold a password, so only [`MailUrl::expose`] gives all of it.
#[derive(Clone, Debug)]
pub enum MailUrl {
    /// The mailbox built into `usher dev`.
    Mailbox,
    /// An SMTP server.
    Smtp(Secret),
}

impl MailUrl {
    /// The whole URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::Mailbox => "mailbox:",
            Self::Smtp(url) => url.expose(),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text == "mailbox:" {
            return Ok(Self::Mailbox);
        }
        // The worker's own reading decides.
        Mailer::smtp(text).map_err(|error| format!("is no mail server: {error}"))?;
        Ok(Self::Smtp(Secret::new(text.to_owned())))
    }
}

/// Shows scheme and host only.
impl fmt::Display for MailUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = self.expose().split('?').next().unwrap_or_default();
        match bare.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
            Some((scheme, host)) => write!(f, "{scheme}://{host}"),
            None => f.write_str(bare),
        }
    }
}

impl Setting for MailUrl {
    const KIND: &'static str = "URL";

    fn read(value: &Value) -> Result<Self, String> {
        Self::parse(text(value)?.trim())
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self.expose()))
    }

    fn shown(&self) -> Option<String> {
        Some(quoted(self))
    }
}

/// Who sends: a name that may be missing, and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(String);

impl Sender {
    /// The sender as the worker takes it.
    ///
    /// # Errors
    /// None for a sender that was read: the worker's own reading has decided.
    pub fn mailbox(&self) -> Result<Mailbox, ConfigError> {
        self.0.parse().map_err(|_| ConfigError::of_key("mail.from", None, "is no sender"))
    }

    fn parse(text: &str) -> Option<Self> {
        let address = match text.trim().strip_suffix('>') {
            Some(rest) => rest.rsplit_once('<')?.1,
            None => text.trim(),
        };
        let plain = !text.chars().any(char::is_control);
        let known = EmailAddress::parse(address).is_ok() && text.trim().parse::<Mailbox>().is_ok();
        (plain && known).then(|| Self(text.trim().to_owned()))
    }
}

impl Default for Sender {
    fn default() -> Self {
        Self("usher <no-reply@localhost>".to_owned())
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for Sender {
    const KIND: &'static str = "sender";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?;
        Self::parse(text).ok_or_else(|| format!("must be Name <name@example.com> or an address alone, not {text}"))
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self))
    }
}

/// The name of the operator's product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product(String);

impl Product {
    /// Longest name, in characters: it stands in subjects of mails.
    const MAX: usize = 80;
}

impl Default for Product {
    fn default() -> Self {
        Self("usher".to_owned())
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for Product {
    const KIND: &'static str = "text";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?.trim();
        let fits = (1..=Self::MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err("must have 1 to 80 characters on one line".to_owned()) }
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self))
    }
}

#[cfg(test)]
mod tests {
    use super::{MailUrl, Sender};

    #[test]
    fn mail_goes_to_a_server_or_to_the_mailbox() {
        for good in
            ["mailbox:", "smtp://mail:25", "smtps://user:a%40b@mail.example.com", "smtp://mail:587?tls=required"]
        {
            assert!(MailUrl::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "mailbox", "mailbox:/tmp", "smtp://", "smtp://:25", "smtp://user@", "mail:25", "http://mail"] {
            assert!(MailUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let url = MailUrl::parse("smtps://user:s3cret@mail:465").unwrap();
        assert_eq!(url.to_string(), "smtps://mail:465");
        assert!(!format!("{url:?}").contains("s3cret"));
    }

    #[test]
    fn a_sender_has_an_address() {
        assert!(Sender::default().mailbox().is_ok());
        for good in ["a@example.com", "usher <no-reply@localhost>", "\"Acme, Inc.\" <a@example.com>", "<a@example.com>"]
        {
            assert!(Sender::parse(good).is_some(), "{good}");
        }
        for bad in ["", "usher", "usher <>", "usher <a>", "a@example.com>", "A\r\nBcc: b@c.d <a@example.com>"] {
            assert!(Sender::parse(bad).is_none(), "{bad}");
        }
    }
}
