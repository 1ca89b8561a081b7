//! Taking JSON apart without building it: the members of an object and the items of a list, as the text that they are.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, quoted};
use crate::json::syntax;

/// The members of an object with these names, in any case. Others are passed over, whatever is in them.
///
/// # Errors
/// 400 `invalidSyntax` for what is no JSON object, or has one of them twice.
pub(super) fn members<'a, const N: usize>(
    bytes: &'a [u8],
    what: &str,
    names: [&'static str; N],
) -> Result<[Option<&'a str>; N], Error> {
    let mut twice = None;
    let found = one(bytes, |reader| reader.deserialize_any(Members { names, twice: &mut twice }))?;
    if let Some(name) = twice {
        return Err(Error::invalid_syntax(
            "duplicate_key",
            format!("the key {} is there twice in {what}", quoted(name)),
        ));
    }
    found.ok_or_else(|| Error::invalid_syntax("body_not_object", format!("{what} must be a JSON object")))
}

/// The items of a list, at most `limit` of them, and how many there are. `None` for what is no list.
///
/// # Errors
/// 400 `invalidSyntax` for what is no JSON.
pub(super) fn items(text: &str, limit: usize) -> Result<Option<(Vec<&str>, usize)>, Error> {
    one(text.as_bytes(), |reader| reader.deserialize_any(Items { limit }))
}

type Reader<'a> = serde_json::Deserializer<serde_json::de::SliceRead<'a>>;

/// Reads exactly one value.
fn one<'a, T>(bytes: &'a [u8], read: impl FnOnce(&mut Reader<'a>) -> Result<T, serde_json::Error>) -> Result<T, Error> {
    // RFC 8259 §8.1 lets a reader skip a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = read(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| syntax(&error))
}

struct Members<'t, const N: usize> {
    names: [&'static str; N],
    twice: &'t mut Option<&'static str>,
}

/// Values that are neither an object nor a list; all of them are read, so that broken JSON is told as such.
macro_rules! other_values {
    ($value:ty) => {
        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a JSON value")
        }

        fn visit_bool<E>(self, _: bool) -> Result<$value, E> {
            Ok(None)
        }

        fn visit_i64<E>(self, _: i64) -> Result<$value, E> {
            Ok(None)
        }

        fn visit_u64<E>(self, _: u64) -> Result<$value, E> {
            Ok(None)
        }

        fn visit_f64<E>(self, _: f64) -> Result<$value, E> {
            Ok(None)
        }

        fn visit_str<E>(self, _: &str) -> Result<$value, E> {
            Ok(None)
        }

        fn visit_unit<E>(self) -> Result<$value, E> {
            Ok(None)
        }
    };
}

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = Option<[Option<&'de str>; N]>;

    other_values!(Self::Value);

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(key) = entries.next_key::<String>()? {
            let known = self.names.iter().zip(&mut found).find(|(name, _)| name.eq_ignore_ascii_case(&key));
            let Some((name, place)) = known else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            let text: &'de RawValue = entries.next_value()?;
            if place.replace(text.get()).is_some() {
                *self.twice = Some(name);
            }
        }
        Ok(Some(found))
    }
}

struct Items {
    limit: usize,
}

impl<'de> Visitor<'de> for Items {
    type Value = Option<(Vec<&'de str>, usize)>;

    other_values!(Self::Value);

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while out.len() < self.limit {
            let Some(item) = items.next_element::<&'de RawValue>()? else {
                let count = out.len();
                return Ok(Some((out, count)));
            };
            out.push(item.get());
        }
        let mut count = out.len();
        while items.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Some((out, count)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
