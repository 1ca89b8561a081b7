//! Bearer tokens of a connection.

use std::fmt;
use std::hash::{Hash, Hasher};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;
use uuid::Uuid;

use crate::base62::{self, WIDTH_32, WIDTH_128};
use crate::{Entropy, TenantId};

const PREFIX: &str = "ush_";
/// Prefix, tenant, 256 random bits, checksum.
const LENGTH: usize = PREFIX.len() + 3 * WIDTH_128 + WIDTH_32;

/// The text cannot be a token: it fails before any look-up.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("malformed token")]
pub struct TokenError;

/// A token in full. It exists from generation to the one answer that shows it, and in the head of a request.
///
/// `ush_`, the tenant's id, 256 random bits and a CRC-32 of all that, in base62: 76 characters.
#[derive(Clone)]
pub struct PlainToken {
    tenant: TenantId,
    text: SecretString,
}

impl PlainToken {
    /// Makes a new token of a tenant.
    #[must_use]
    pub fn generate(tenant: TenantId, entropy: &dyn Entropy) -> Self {
        let mut random = [0; 32];
        entropy.fill(&mut random);
        let mut text = String::with_capacity(LENGTH);
        text.push_str(PREFIX);
        base62::encode(tenant.as_uuid().as_u128(), WIDTH_128, &mut text);
        base62::encode_256(&random, &mut text);
        let checksum = crc32fast::hash(text.as_bytes());
        base62::encode(u128::from(checksum), WIDTH_32, &mut text);
        Self { tenant, text: SecretString::from(text) }
    }

    /// Reads a token from a request.
    ///
    /// # Errors
    /// [`TokenError`] for every text that usher cannot have made: other length, prefix, alphabet or checksum.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() != LENGTH || !text.starts_with(PREFIX) || !text.is_ascii() {
            return Err(TokenError);
        }
        let (body, checksum) = text.split_at(LENGTH - WIDTH_32);
        if base62::decode(checksum.as_bytes()) != Some(u128::from(crc32fast::hash(body.as_bytes()))) {
            return Err(TokenError);
        }
        let digits = &body.as_bytes()[PREFIX.len()..];
        let tenant = base62::decode(&digits[..WIDTH_128]).ok_or(TokenError)?;
        base62::decode_256(&digits[WIDTH_128..]).ok_or(TokenError)?;
        Ok(Self { tenant: TenantId::from_uuid(Uuid::from_u128(tenant)), text: SecretString::from(text.to_owned()) })
    }

    /// The tenant that the token says it is of. Proof is the look-up of its hash.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What the database keeps.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.text.expose_secret().as_bytes()).into())
    }

    /// The last four characters, by which a person tells tokens apart.
    #[must_use]
    pub fn last_four(&self) -> String {
        self.text.expose_secret()[LENGTH - 4..].to_owned()
    }

    /// The text, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(…)")
    }
}

/// SHA-256 of a token. 256 random bits need no slow hash (ASVS 6.5.2).
#[derive(Clone, Copy, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The bytes, for the database.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    /// Takes the same time wherever the two differ.
    fn eq(&self, other: &Self) -> bool {
        self.0[..].ct_eq(&other.0[..]).into()
    }
}

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use subtle::ConstantTimeEq;

    use super::PlainToken;
    use crate::{OsEntropy, TenantId};

    fn token() -> PlainToken {
        PlainToken::generate(TenantId::mint(DateTime::UNIX_EPOCH, &OsEntropy), &OsEntropy)
    }

    #[test]
    fn a_token_reads_back_and_names_its_tenant() {
        let token = token();
        let read = PlainToken::parse(token.expose()).unwrap();
        assert_eq!((read.tenant(), read.hash()), (token.tenant(), token.hash()));
        assert!(token.expose().starts_with("ush_") && token.expose().len() == 76);
        assert!(token.expose().ends_with(&token.last_four()));
    }

    #[test]
    fn r43_hashes_are_compared_in_constant_time() {
        let (one, other) = (token().hash(), token().hash());
        assert!(one == one && one != other);
        // The operator is subtle's comparison; a derived one would not compile beside it.
        assert_eq!(bool::from(one.as_bytes()[..].ct_eq(&other.as_bytes()[..])), one == other);
    }

    #[test]
    fn r42_a_token_does_not_print() {
        let token = token();
        let printed = format!("{token:?} {:?}", token.hash());
        assert_eq!(printed, "PlainToken(…) TokenHash(…)");
    }

    #[test]
    fn r25_empty_and_placeholder_tokens_are_malformed() {
        for text in ["", " ", "null", "undefined", "\0", "ush_", &"ush_".repeat(19), &"x".repeat(100_000)] {
            assert!(PlainToken::parse(text).is_err(), "{text:.20}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_character_fails_the_checksum(position in 0_usize..76, replacement in "[0-9A-Za-z_]") {
            let token = token();
            let mut text = token.expose().to_owned();
            text.replace_range(position..=position, &replacement);
            prop_assume!(text != token.expose());
            prop_assert!(PlainToken::parse(&text).is_err());
        }
    }
}
