//! E-mail addresses.

use std::fmt;

use serde::Serialize;
use thiserror::Error;
use usher_text::fold;

/// Longest address taken, in bytes (RFC 5321 §4.5.3.1.3: a path of 256 with its brackets).
const MAX_BYTES: usize = 254;

/// Why a text is no address. The text itself is not repeated: errors go to logs.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EmailError {
    /// Longer than 254 bytes.
    #[error("is longer than 254 bytes")]
    TooLong,
    /// Not `local@domain` with exactly one `@`.
    #[error("is not of the form name@domain")]
    Form,
    /// White space, a control character, or one of `<>,;:"()[]\`.
    #[error("has a character that no usable address has")]
    Character,
}

/// An address that mail can be sent to: as it was written, and folded for comparing.
///
/// Printing it in logs is forbidden; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    written: String,
    folded: String,
}

impl EmailAddress {
    /// Reads an address. Deliberately simple: no quoted local parts, no comments; anything else that could end up
    /// as a second header or recipient is refused (ASVS 1.3.11).
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        if text.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::Form)?;
        if local.is_empty() || domain.contains('@') || !domain_like(domain) {
            return Err(EmailError::Form);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\".contains(c)) {
            return Err(EmailError::Character);
        }
        Ok(Self { written: text.to_owned(), folded: fold(text) })
    }

    /// The address as the sender wrote it: where mail goes.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.written
    }

    /// The folded form: for comparing only.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The folded domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.folded.split_once('@').map_or("", |(_, domain)| domain)
    }
}

fn domain_like(domain: &str) -> bool {
    !domain.is_empty()
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::{EmailAddress, EmailError};

    #[test]
    fn an_address_keeps_its_spelling_and_compares_folded() {
        let address = EmailAddress::parse("Ada.L@Example.COM").unwrap();
        assert_eq!(
            (address.as_written(), address.folded(), address.domain()),
            ("Ada.L@Example.COM", "ada.l@example.com", "example.com")
        );
        assert!(!format!("{address:?}").contains("Ada"));
    }

    #[test]
    fn r92_what_could_break_a_mail_header_is_no_address() {
        for (text, error) in [
            ("ada", EmailError::Form),
            ("@example.com", EmailError::Form),
            ("ada@", EmailError::Form),
            ("ada@a@b", EmailError::Form),
            ("ada@example..com", EmailError::Form),
            ("ada@-example.com", EmailError::Form),
            ("ada@example.com\r\nBcc: eve@example.com", EmailError::Form),
            ("ada\r\nBcc:eve@example.com", EmailError::Character),
            ("ada\0@example.com", EmailError::Character),
            ("a b@example.com", EmailError::Character),
            ("ada@example.com,eve", EmailError::Character),
            ("<ada@example.com>", EmailError::Character),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(250))), Err(EmailError::TooLong));
    }
}
