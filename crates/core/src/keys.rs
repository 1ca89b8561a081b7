//! The service's key ring.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

/// Shortest key taken, in bytes.
pub const MIN_KEY_BYTES: usize = 32;

/// Why the keys of a configuration are refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// No key at all: the service does not start without one.
    #[error("at least one key is needed")]
    Empty,
    /// A key is too short to be random enough.
    #[error("key {0} is shorter than 32 bytes")]
    Short(usize),
}

/// The keys under which usher makes what it does not store. The first one makes, all of them verify, so that a key
/// can be replaced: put the new one first, drop the old one when nothing made under it is alive.
#[derive(Clone)]
pub struct KeyRing(Vec<[u8; 32]>);

impl KeyRing {
    /// Takes the configured keys, the active one first.
    ///
    /// # Errors
    /// [`KeyError`] when there is none, or one is shorter than [`MIN_KEY_BYTES`].
    pub fn new<K: AsRef<[u8]>>(keys: impl IntoIterator<Item = K>) -> Result<Self, KeyError> {
        let mut ring = Vec::new();
        for (index, key) in keys.into_iter().enumerate() {
            if key.as_ref().len() < MIN_KEY_BYTES {
                return Err(KeyError::Short(index + 1));
            }
            ring.push(mac(key.as_ref(), &[b"usher key"]));
        }
        if ring.is_empty() { Err(KeyError::Empty) } else { Ok(Self(ring)) }
    }

    /// HMAC-SHA256 of the fields under the active key.
    #[must_use]
    pub fn mac(&self, purpose: &str, fields: &[&[u8]]) -> [u8; 32] {
        self.macs(purpose, fields).next().unwrap_or_default()
    }

    /// The same under every key, the active one first.
    pub fn macs<'a>(&'a self, purpose: &'a str, fields: &'a [&'a [u8]]) -> impl Iterator<Item = [u8; 32]> + 'a {
        self.0.iter().map(move |key| {
            let mut all = Vec::with_capacity(fields.len() + 1);
            all.push(purpose.as_bytes());
            all.extend_from_slice(fields);
            mac(key, &all)
        })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.0.len())
    }
}

/// Every field goes in with its length, so that no two lists of fields are one input.
fn mac(key: &[u8], fields: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else {
        // HMAC takes keys of every length (RFC 2104 §2).
        return [0; 32];
    };
    for field in fields {
        mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(field);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KeyError, KeyRing};

    #[test]
    fn r25_no_key_and_a_short_key_are_refused() {
        assert_eq!(KeyRing::new::<&[u8]>([]).err(), Some(KeyError::Empty));
        assert_eq!(KeyRing::new([""]).err(), Some(KeyError::Short(1)));
        assert_eq!(KeyRing::new(["k".repeat(32), "k".repeat(31)]).err(), Some(KeyError::Short(2)));
    }

    proptest! {
        #[test]
        fn r13_other_fields_give_another_key(
            one in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..4096), 1..4),
            cut in any::<proptest::sample::Index>(),
        ) {
            let ring = KeyRing::new(["0123456789abcdef0123456789abcdef"]).unwrap();
            let fields: Vec<&[u8]> = one.iter().map(Vec::as_slice).collect();
            let joined = one.concat();
            let (left, right) = joined.split_at(cut.index(joined.len() + 1));
            let other = [left, right];
            prop_assert_eq!(ring.mac("p", &fields) == ring.mac("p", &other), fields == other);
            prop_assert_ne!(ring.mac("p", &fields), ring.mac("q", &fields));
        }
    }
}
