//! Names that stand in addresses: tenant slugs and e-mail domains.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use usher_text::fold;
use uuid::Uuid;

/// Why a name is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    /// The rules of [`TenantSlug`].
    #[error("a slug has 1 to 63 characters a-z, 0-9 or '-', begins and ends with a letter or digit, and is not a UUID")]
    Slug,
    /// The rules of [`Domain`].
    #[error("a domain looks like example.com, without '@' and without a wildcard")]
    Domain,
}

/// A tenant's short name in URLs: one DNS label (RFC 1035 §2.3.1), so that it can be a host name too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct TenantSlug(String);

impl TenantSlug {
    /// Reads a slug.
    ///
    /// # Errors
    /// [`NameError::Slug`]. UUIDs are refused because the door `/t/{tenant}` takes slugs and ids alike.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let ends = !text.starts_with('-') && !text.ends_with('-');
        let fits = (1..=63).contains(&text.len());
        if letters && ends && fits && Uuid::try_parse(text).is_err() {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Slug)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail domain that a tenant may provision into, folded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain.
    ///
    /// # Errors
    /// [`NameError::Domain`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let folded = fold(text.trim());
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        if folded.len() <= 253 && folded.contains('.') && folded.split('.').all(label) {
            Ok(Self(folded))
        } else {
            Err(NameError::Domain)
        }
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Domain, TenantSlug};

    #[test]
    fn slugs_are_dns_labels_and_never_ids() {
        for good in ["acme", "a", "acme-2", "0acme"] {
            assert!(TenantSlug::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "-a", "a-", "Acme", "a_b", "a.b", "ä", "a/b", "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e", &"a".repeat(64)]
        {
            assert!(TenantSlug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn domains_are_folded() {
        assert_eq!(Domain::parse(" Example.COM ").unwrap().as_str(), "example.com");
        for bad in ["", "com", "@example.com", "*.example.com", "exa mple.com", "example..com"] {
            assert!(Domain::parse(bad).is_err(), "{bad}");
        }
    }
}
