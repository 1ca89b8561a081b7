//! Bytes to try: seeds that were damaged, and noise.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Pieces that parsers treat in a way of their own.
const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    ".",
    ":",
    ",",
    " ",
    "\t",
    "\u{a0}",
    "\u{0}",
    "\u{202e}",
    "ﬁ",
    "not ",
    " and ",
    " or ",
    " eq ",
    " pr",
    "null",
    "true",
    "-1",
    "1e400",
    "0.1e-7",
    "99999999999999999999",
    "[type eq \"work\"]",
    "urn:",
    "urn:ietf:params:scim:schemas:core:2.0:User:",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "$ref",
    "__proto__",
    "((((((((((((((((((((",
    "[[[[[[[[[[[[[[[[[[[[",
    "2026-02-30T25:00:00Z",
    "%00",
    "+",
];

#[derive(Debug, Clone)]
enum Damage {
    Cut(Index, Index),
    Double(Index, Index),
    Insert(Index, &'static str),
    Splice(Index, Index),
    Flip(Index, u8),
    SwapCase(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<(Index, Index)>().prop_map(|(from, to)| Damage::Cut(from, to)),
        any::<(Index, Index)>().prop_map(|(from, to)| Damage::Double(from, to)),
        (any::<Index>(), proptest::sample::select(TOKENS)).prop_map(|(at, token)| Damage::Insert(at, token)),
        any::<(Index, Index)>().prop_map(|(at, seed)| Damage::Splice(at, seed)),
        any::<(Index, u8)>().prop_map(|(at, bits)| Damage::Flip(at, bits)),
        any::<Index>().prop_map(Damage::SwapCase),
    ]
}

/// A damaged seed, or bytes without any form.
pub fn any_of(seeds: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let damaged = (proptest::sample::select(seeds), vec(damage(), 0..6)).prop_map(move |(seed, damages)| {
        damages.iter().fold(seed.as_bytes().to_vec(), |bytes, damage| apply(damage, bytes, seeds))
    });
    let tokens = vec(proptest::sample::select(TOKENS), 0..40).prop_map(|tokens| tokens.concat().into_bytes());
    let text = any::<String>().prop_map(String::into_bytes);
    prop_oneof![6 => damaged, 2 => tokens, 1 => text, 1 => vec(any::<u8>(), 0..200)]
}

fn apply(damage: &Damage, mut bytes: Vec<u8>, seeds: &[&str]) -> Vec<u8> {
    let place = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
    let range = |one: &Index, other: &Index, bytes: &[u8]| {
        let (one, other) = (place(one, bytes), place(other, bytes));
        one.min(other)..one.max(other)
    };
    match damage {
        Damage::Cut(from, to) => drop(bytes.drain(range(from, to, &bytes))),
        Damage::Double(from, to) => {
            let range = range(from, to, &bytes);
            let copy = bytes[range.clone()].to_vec();
            bytes.splice(range.end..range.end, copy);
        }
        Damage::Insert(at, token) => {
            let at = place(at, &bytes);
            bytes.splice(at..at, token.bytes());
        }
        Damage::Splice(at, seed) => {
            let (at, other) = (place(at, &bytes), seeds[seed.index(seeds.len())]);
            bytes.truncate(at);
            bytes.extend(other.bytes().skip(at.min(other.len())));
        }
        Damage::Flip(at, bits) => {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= bits;
            }
        }
        Damage::SwapCase(at) => {
            let at = place(at, &bytes);
            bytes[at..].iter_mut().for_each(|byte| {
                *byte = if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
            });
        }
    }
    bytes
}
