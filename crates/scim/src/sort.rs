//! Sorting (RFC 7644 §3.4.2.3).

use std::cmp::Ordering;

use serde_json::{Number, Value};
use usher_text::fold;

use crate::error::{Error, quoted};
use crate::filter::numbers;
use crate::path::AttrPath;
use crate::resource::Map;
use crate::schema::{Definition, Kind, Returned};
use crate::value::{instant, is_primary};

/// Characters of a text that count in an order; what is equal so far follows the id. It bounds what a sort remembers of each
/// resource, and how long a cursor is.
const TEXT_CHARACTERS: usize = 128;

/// By what a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortBy {
    /// The attribute; a complex one has become its `value`.
    pub path: AttrPath,
    /// From the greatest to the least.
    pub descending: bool,
}

/// The place of one resource in a sorted list. Resources without value come last ascending and first descending, as the RFC
/// asks; equal keys need a second order from the caller, so that pages are stable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    value: Option<Part>,
    descending: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Bool(bool),
    Number(Number),
    Instant(i64),
    Text(String),
}

// numbers are never NaN here: JSON has none
impl Eq for Part {}

impl SortBy {
    /// Resolves `sortBy`.
    ///
    /// # Errors
    /// 400 `invalidPath` when it names nothing or a complex attribute that has no `value`; 403 `sensitive` for `password`.
    pub fn parse(text: &str, descending: bool, definition: &Definition) -> Result<Self, Error> {
        let path = AttrPath::parse(text.trim(), definition)?.or_value(definition);
        if [path.attribute_traits(), path.traits()].iter().any(|traits| traits.returned == Returned::Never) {
            return Err(Error::sensitive("sort_sensitive", format!("{} cannot be sorted by", quoted(text))));
        }
        if path.traits().kind == Kind::Complex {
            let detail = format!("{} is complex: sort by one of its sub-attributes", quoted(text));
            return Err(Error::invalid_path("sort_complex", detail));
        }
        Ok(Self { path, descending })
    }

    /// The key of a rendered resource. Of a list the primary element counts, else the first.
    #[must_use]
    pub fn key(&self, resource: &Map) -> SortKey {
        let value = self.path.lookup(resource).and_then(|value| match value {
            Value::Array(items) => items.iter().find(|item| is_primary(item)).or_else(|| items.first()),
            single => Some(single),
        });
        let value = match &self.path.sub {
            Some(sub) => value.and_then(|value| value.get(sub)),
            None => value,
        };
        SortKey { value: value.and_then(|value| self.part(value)), descending: self.descending }
    }

    fn part(&self, value: &Value) -> Option<Part> {
        let traits = self.path.traits();
        match value {
            Value::Bool(value) => Some(Part::Bool(*value)),
            Value::Number(number) => Some(Part::Number(number.clone())),
            Value::String(text) if traits.kind == Kind::DateTime => {
                instant(text).map(|time| Part::Instant(time.timestamp_micros()))
            }
            Value::String(text) if traits.case_exact => Some(Part::Text(beginning(text))),
            Value::String(text) => Some(Part::Text(beginning(&fold(text)))),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(TEXT_CHARACTERS).collect()
}

impl SortKey {
    /// The key as bytes, at most some 500 of them, for [`SortBy::read_key`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, rest) = match &self.value {
            None => (b'-', Vec::new()),
            Some(Part::Bool(value)) => (b'b', vec![u8::from(*value)]),
            Some(Part::Number(number)) => (b'n', number.to_string().into_bytes()),
            Some(Part::Instant(micros)) => (b'i', micros.to_be_bytes().to_vec()),
            Some(Part::Text(text)) => (b't', text.clone().into_bytes()),
        };
        [&[kind], rest.as_slice()].concat()
    }
}

impl SortBy {
    /// A key of this order from its bytes; `None` for others.
    #[must_use]
    pub fn read_key(&self, bytes: &[u8]) -> Option<SortKey> {
        let (kind, rest) = bytes.split_first()?;
        let value = match (kind, rest) {
            (b'-', []) => None,
            (b'b', [value]) => Some(Part::Bool(*value == 1)),
            (b'n', number) => Some(Part::Number(serde_json::from_slice(number).ok()?)),
            (b'i', micros) => Some(Part::Instant(i64::from_be_bytes(micros.try_into().ok()?))),
            (b't', text) => Some(Part::Text(String::from_utf8(text.to_vec()).ok()?)),
            _ => return None,
        };
        Some(SortKey { value, descending: self.descending })
    }
}

impl Part {
    /// The rank of the type, for data that an older schema left behind with another one.
    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Number(_) => 1,
            Self::Instant(_) => 2,
            Self::Text(_) => 3,
        }
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => numbers(one, other).unwrap_or(Ordering::Equal),
            (Self::Instant(one), Self::Instant(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (one, other) => one.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = match (&self.value, &other.value) {
            (Some(one), Some(other)) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests;
