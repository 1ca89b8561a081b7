//! From bytes to a JSON value, read one way only: bounded depth, no duplicate keys, no NUL (OWASP ASVS 1.5.3).

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{Error, quoted};
use crate::limits::Limits;

/// Up to this many keys an object is searched, above it a set is kept.
const FEW_KEYS: usize = 24;

/// Reads a request body.
///
/// # Errors
/// 413 when longer than `body_bytes`; 400 `invalidSyntax` for anything that is not exactly one JSON value in UTF-8, is nested
/// deeper than `json_depth`, or has two keys in one object that are the same without regard to ASCII case; 400
/// `invalidValue` for a NUL in a string or key, which no database of ours can store.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, Error> {
    if bytes.len() > limits.body_bytes {
        return Err(Error::too_large(limits.body_bytes));
    }
    // RFC 8259 §8.1 lets a reader skip a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refusal = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let seed = Node { left: limits.json_depth, refusal: &refusal };
    let value = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| refusal.take().unwrap_or_else(|| syntax(&error)))
}

/// JSON that is none.
pub(crate) fn syntax(error: &serde_json::Error) -> Error {
    Error::invalid_syntax("json_syntax", format!("the body is not valid JSON: {error}"))
}

/// Reads one value; `left` counts the arrays and objects that may still be opened.
#[derive(Clone, Copy)]
struct Node<'a> {
    left: usize,
    refusal: &'a RefCell<Option<Error>>,
}

impl Node<'_> {
    /// Keeps our own error aside, because serde carries only text.
    fn refuse<E: serde::de::Error>(self, error: Error) -> E {
        let text = E::custom(&error.detail);
        *self.refusal.borrow_mut() = Some(error);
        text
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None => Err(self.refuse(Error::invalid_syntax("json_depth", "the body is nested too deeply"))),
        }
    }

    fn text<E: serde::de::Error>(self, text: String) -> Result<String, E> {
        if text.contains('\0') {
            return Err(self.refuse(Error::invalid_value("nul", "text must not contain the character NUL")));
        }
        Ok(text)
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.text(value.to_owned()).map(Value::String)
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.text(value).map(Value::String)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Map::new();
        let mut seen = Keys::default();
        while let Some(key) = entries.next_key::<String>()? {
            let key = self.text(key)?;
            if seen.repeats(&key, &out) {
                let detail = format!("the key {} is there twice in one object", quoted(&key));
                return Err(self.refuse(Error::invalid_syntax("duplicate_key", detail)));
            }
            let value = entries.next_value_seed(inner)?;
            out.insert(key, value);
        }
        Ok(Value::Object(out))
    }
}

/// Finds repeated keys without regard to ASCII case, in linear time for large objects.
#[derive(Default)]
struct Keys(Option<HashSet<String>>);

impl Keys {
    fn repeats(&mut self, key: &str, so_far: &Map<String, Value>) -> bool {
        if self.0.is_none() {
            if so_far.len() < FEW_KEYS {
                return so_far.keys().any(|other| other.eq_ignore_ascii_case(key));
            }
            self.0 = Some(so_far.keys().map(|other| other.to_ascii_lowercase()).collect());
        }
        self.0.as_mut().is_some_and(|seen| !seen.insert(key.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScimType;
    use serde_json::json;

    fn read(text: &str) -> Result<Value, Error> {
        parse(text.as_bytes(), &Limits::default())
    }

    fn refused(bytes: &[u8]) -> (Option<ScimType>, &'static str) {
        let error = parse(bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.status, 400);
        (error.scim_type, error.reason)
    }

    #[test]
    fn a_value_is_read_as_serde_json_reads_it() {
        let text = r#"{"a":[1,-2,3.5,true,null,"ü\n"],"b":{"c":{}},"d":18446744073709551615}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(read("\u{feff}[]").unwrap(), json!([]));
    }

    #[test]
    fn what_is_not_one_json_value_is_invalid_syntax() {
        let cases: &[&[u8]] = &[
            b"",
            b"{",
            b"{\"userName\": ",
            b"[1,]",
            b"{} x",
            b"\"\xff\"",
            b"\"\\ud800\"",
            b"1e400",
            b"nul",
            b"{'a':1}",
        ];
        for case in cases {
            assert_eq!(refused(case), (Some(ScimType::InvalidSyntax), "json_syntax"), "{case:?}");
        }
    }

    #[test]
    fn a_key_twice_is_refused_and_named_also_in_another_case() {
        for text in [r#"{"userName":1,"userName":2}"#, r#"[{"a":{"userName":1,"username":2}}]"#] {
            let error = read(text).unwrap_err();
            assert_eq!((error.scim_type, error.reason), (Some(ScimType::InvalidSyntax), "duplicate_key"));
            assert!(error.detail.to_lowercase().contains("\"username\""), "{error}");
        }
        let many = (0..1000).map(|n| format!("\"k{n}\":1,")).collect::<Vec<_>>().concat();
        assert!(read(&format!("{{{many}\"last\":1}}")).is_ok());
        assert!(read(&format!("{{{many}\"K500\":1}}")).is_err());
    }

    #[test]
    fn nul_is_refused_in_strings_and_in_keys() {
        assert_eq!(refused(br#"{"a":"x\u0000"}"#), (Some(ScimType::InvalidValue), "nul"));
        assert_eq!(refused(br#"{"a\u0000":1}"#), (Some(ScimType::InvalidValue), "nul"));
    }

    #[test]
    fn r60_a_hundred_thousand_brackets_are_an_error_not_an_abort() {
        for open in ["[", "{\"a\":"] {
            let (kind, reason) = refused(open.repeat(100_000).as_bytes());
            assert_eq!((kind, reason), (Some(ScimType::InvalidSyntax), "json_depth"));
        }
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(&deep(64)).is_ok());
        assert!(read(&deep(65)).is_err());
    }

    #[test]
    fn r67_a_body_over_the_limit_is_413() {
        let limits = Limits { body_bytes: 10, ..Limits::default() };
        assert_eq!(parse(b"\"12345678\"", &limits).unwrap(), json!("12345678"));
        assert_eq!(parse(b"\"123456789\"", &limits).unwrap_err().status, 413);
    }
}
