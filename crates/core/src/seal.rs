//! Sealing: what usher hands out and must get back unchanged and unread.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::{Entropy, KeyRing};

/// Random bytes that go into the key of one text.
const SALT: usize = 16;
/// Random bytes of the nonce (NIST SP 800-38D §8.2.2).
const NONCE: usize = 12;
/// What sealing adds to a text, in bytes: salt, nonce and tag.
pub const SEAL_BYTES: usize = SALT + NONCE + 16;

impl KeyRing {
    /// Encrypts and authenticates a text under the active key (AES-256-GCM). `purpose` keeps one use apart from every other;
    /// `associated` is not in the result, but must be the same when it is opened.
    ///
    /// Each text has a key of its own, derived from 128 random bits: however many are made, no nonce comes twice under one key.
    #[must_use]
    pub fn seal(&self, purpose: &str, associated: &[&[u8]], plain: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut random = [0; SALT + NONCE];
        entropy.fill(&mut random);
        let (salt, nonce) = random.split_at(SALT);
        let mut sealed = plain.to_vec();
        let key = self.mac("seal", &[purpose.as_bytes(), salt]);
        let done = parts(&key, nonce, associated)
            .and_then(|(key, nonce, associated)| key.seal_in_place_append_tag(nonce, associated, &mut sealed).ok());
        if done.is_none() {
            // AES-256-GCM takes every text up to 64 GB. Never give out what is not encrypted.
            sealed.clear();
        }
        [random.as_slice(), &sealed].concat()
    }

    /// The text that [`seal`](Self::seal) was given, if it was made by this ring, for this purpose and with the same associated
    /// data, and not one bit is different. Every key of the ring is tried.
    #[must_use]
    pub fn open(&self, purpose: &str, associated: &[&[u8]], sealed: &[u8]) -> Option<Vec<u8>> {
        if sealed.len() < SEAL_BYTES {
            return None;
        }
        let (random, body) = sealed.split_at(SALT + NONCE);
        let (salt, nonce) = random.split_at(SALT);
        self.macs("seal", &[purpose.as_bytes(), salt]).find_map(|key| {
            let (key, nonce, associated) = parts(&key, nonce, associated)?;
            let mut body = body.to_vec();
            let length = key.open_in_place(nonce, associated, &mut body).ok()?.len();
            body.truncate(length);
            Some(body)
        })
    }
}

/// The key, the nonce and the associated data as one text, each field with its length before it.
fn parts(key: &[u8; 32], nonce: &[u8], associated: &[&[u8]]) -> Option<(LessSafeKey, Nonce, Aad<Vec<u8>>)> {
    let mut joined = Vec::new();
    for field in associated {
        joined.extend_from_slice(&u64::try_from(field.len()).ok()?.to_be_bytes());
        joined.extend_from_slice(field);
    }
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    Some((key, Nonce::try_assume_unique_for_key(nonce).ok()?, Aad::from(joined)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SEAL_BYTES;
    use crate::{KeyRing, OsEntropy};

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn a_replaced_key_still_opens_and_a_dropped_one_does_not() {
        let sealed = KeyRing::new([OLD]).unwrap().seal("p", &[b"a"], b"text", &OsEntropy);
        assert_eq!(KeyRing::new([NEW, OLD]).unwrap().open("p", &[b"a"], &sealed).as_deref(), Some(&b"text"[..]));
        assert_eq!(KeyRing::new([NEW]).unwrap().open("p", &[b"a"], &sealed), None);
    }

    #[test]
    fn purpose_and_associated_data_must_be_the_same() {
        let ring = KeyRing::new([OLD]).unwrap();
        let sealed = ring.seal("p", &[b"ab", b"c"], b"", &OsEntropy);
        assert_eq!(ring.open("p", &[b"ab", b"c"], &sealed), Some(Vec::new()));
        assert_eq!(ring.open("q", &[b"ab", b"c"], &sealed), None);
        assert_eq!(ring.open("p", &[b"a", b"bc"], &sealed), None, "fields are not merely joined");
        assert_eq!(ring.open("p", &[b"ab"], &sealed), None);
        assert_ne!(ring.seal("p", &[], b"x", &OsEntropy), ring.seal("p", &[], b"x", &OsEntropy));
    }

    proptest! {
        #[test]
        fn no_changed_and_no_shortened_text_opens(
            plain in proptest::collection::vec(any::<u8>(), 0..200),
            at in any::<proptest::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let ring = KeyRing::new([OLD]).unwrap();
            let sealed = ring.seal("p", &[b"a"], &plain, &OsEntropy);
            prop_assert_eq!(sealed.len(), plain.len() + SEAL_BYTES);
            prop_assert_eq!(ring.open("p", &[b"a"], &sealed), Some(plain));
            let place = at.index(sealed.len());
            prop_assert_eq!(ring.open("p", &[b"a"], &sealed[..place]), None);
            let mut changed = sealed;
            changed[place] ^= 1 << bit;
            prop_assert_eq!(ring.open("p", &[b"a"], &changed), None);
        }

        #[test]
        fn nothing_from_outside_opens(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(KeyRing::new([OLD]).unwrap().open("p", &[], &text), None);
        }
    }
}
