//! Queries and their answers (RFC 7644 §3.4.2, §3.4.3; RFC 9865).

use serde_json::{Map, Value, json};

use crate::error::{Error, quoted};
use crate::limits::Limits;
use crate::project::Projection;
use crate::schema::Definition;
use crate::value::strings;

/// URN of a list answer.
pub const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// URN of the body of a `/.search`.
pub const SEARCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// What a client asks for, not yet resolved against a definition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// `attributes`, name by name.
    pub attributes: Option<Vec<String>>,
    /// `excludedAttributes`, name by name.
    pub excluded_attributes: Option<Vec<String>>,
    /// `filter`. An empty one stays: it is a broken filter and not a request for everybody.
    pub filter: Option<String>,
    /// `sortBy`; an empty one is none.
    pub sort_by: Option<String>,
    /// Whether `sortOrder` is `descending`.
    pub descending: bool,
    /// `startIndex` as sent.
    pub start_index: Option<i64>,
    /// `count` as sent.
    pub count: Option<i64>,
    /// `cursor` as sent; an empty one asks for the first page (RFC 9865 §2).
    pub cursor: Option<String>,
}

/// A piece of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Place of the first resource, from 1.
    pub start: u64,
    /// Most resources to return, 0 to the limit.
    pub count: usize,
}

impl Query {
    /// Reads query parameters, already percent-decoded. Names are taken in any case; unknown ones are passed over.
    ///
    /// # Errors
    /// 400 `invalidValue` for a parameter that is given twice (OWASP ASVS 15.3.7), a `startIndex` or `count` that is no whole
    /// number, or a `sortOrder` that is neither `ascending` nor `descending`.
    pub fn from_pairs(pairs: impl Iterator<Item = (String, String)>) -> Result<Self, Error> {
        let mut out = Self::default();
        let (mut seen, mut count) = (Vec::new(), None);
        for (name, value) in pairs {
            let Some(parameter) = Parameter::of(&name) else { continue };
            if seen.contains(&parameter) {
                let detail = format!("the parameter \"{}\" is given twice", parameter.name());
                return Err(Error::invalid_value("parameter_twice", detail));
            }
            seen.push(parameter);
            // What a wrong count is called depends on the cursor, which may come after it.
            if parameter == Parameter::Count {
                count = Some(value);
            } else {
                out.set(parameter, value)?;
            }
        }
        if let Some(count) = count {
            out.set(Parameter::Count, count)?;
        }
        out.checked()
    }

    /// Reads the body of a `POST /.search` (RFC 7644 §3.4.3). Unknown members are passed over.
    ///
    /// # Errors
    /// 400 `invalidSyntax` when it is no object or not a search; 400 `invalidValue` as [`from_pairs`](Self::from_pairs).
    pub fn from_search(body: Value) -> Result<Self, Error> {
        let Value::Object(body) = body else {
            return Err(Error::invalid_syntax("body_not_object", "the body of a search must be a JSON object"));
        };
        let (mut out, mut members) = (Self::default(), Vec::new());
        for (name, value) in body {
            if name.eq_ignore_ascii_case("schemas") {
                check_schemas(value)?;
            } else if let Some(parameter) = Parameter::of(&name) {
                members.push((parameter, value));
            }
        }
        members.sort_by_key(|(parameter, _)| *parameter == Parameter::Count);
        for (parameter, value) in members {
            out.set_json(parameter, value)?;
        }
        out.checked()
    }

    /// A cursor and a place by number exclude each other, and a page has at least one resource (RFC 9865 §2). `startIndex=1`
    /// says nothing and is passed over.
    fn checked(self) -> Result<Self, Error> {
        if self.cursor.is_none() {
            return Ok(self);
        }
        if self.start_index.is_some_and(|start| start > 1) {
            let detail = "\"cursor\" and \"startIndex\" are two ways to ask for a page: send one of them";
            return Err(Error::invalid_value("cursor_and_index", detail));
        }
        if self.count.is_some_and(|count| count < 1) {
            return Err(not_a_count());
        }
        Ok(self)
    }

    /// The page: no `count` is a full page, a negative one none; a `startIndex` below 1 is 1 (RFC 7644 §3.4.2.4).
    #[must_use]
    pub fn page(&self, limits: &Limits) -> Page {
        let start = self.start_index.and_then(|start| u64::try_from(start).ok()).unwrap_or(1).max(1);
        let count = self.count.map_or(limits.page, |count| usize::try_from(count.max(0)).unwrap_or(usize::MAX));
        Page { start, count: count.min(limits.page) }
    }

    /// What the answer shows.
    ///
    /// # Errors
    /// As [`Projection::parse`].
    pub fn projection(&self, definition: &Definition) -> Result<Projection, Error> {
        Projection::from_lists(self.attributes.clone(), self.excluded_attributes.clone(), definition)
    }

    fn set(&mut self, parameter: Parameter, value: String) -> Result<(), Error> {
        let list = |value: &str| Some(value.split(',').map(str::to_owned).collect());
        let wrong = self.wrong_number(parameter);
        let number = |value: &str| value.trim().parse().map(Some).map_err(|_| wrong);
        match parameter {
            Parameter::Attributes => self.attributes = list(&value),
            Parameter::ExcludedAttributes => self.excluded_attributes = list(&value),
            Parameter::Filter => self.filter = Some(value),
            Parameter::SortBy => self.sort_by = Some(value).filter(|value| !value.trim().is_empty()),
            Parameter::SortOrder => self.descending = descending(&value)?,
            Parameter::StartIndex => self.start_index = number(&value)?,
            Parameter::Count => self.count = number(&value)?,
            Parameter::Cursor => self.cursor = Some(value),
        }
        Ok(())
    }

    /// What a value of `startIndex` or `count` that is no whole number is called.
    fn wrong_number(&self, parameter: Parameter) -> Error {
        if parameter == Parameter::Count && self.cursor.is_some() { not_a_count() } else { not_a_number(parameter) }
    }

    fn set_json(&mut self, parameter: Parameter, value: Value) -> Result<(), Error> {
        match (parameter, value) {
            (_, Value::Null) => Ok(()),
            (Parameter::Attributes, value @ Value::Array(_)) => {
                self.attributes = Some(strings("attributes", value)?);
                Ok(())
            }
            (Parameter::ExcludedAttributes, value @ Value::Array(_)) => {
                self.excluded_attributes = Some(strings("excludedAttributes", value)?);
                Ok(())
            }
            (Parameter::StartIndex | Parameter::Count, Value::Number(number)) => {
                let number = number.as_i64().ok_or_else(|| self.wrong_number(parameter))?;
                self.set(parameter, number.to_string())
            }
            (Parameter::StartIndex | Parameter::Count, _) => Err(self.wrong_number(parameter)),
            (_, Value::String(text)) => self.set(parameter, text),
            (_, Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(Error::invalid_value("value_type", format!("\"{}\" has the wrong type", parameter.name())))
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parameter {
    Attributes,
    ExcludedAttributes,
    Filter,
    SortBy,
    SortOrder,
    StartIndex,
    Count,
    Cursor,
}

impl Parameter {
    const ALL: [Self; 8] = [
        Self::Attributes,
        Self::ExcludedAttributes,
        Self::Filter,
        Self::SortBy,
        Self::SortOrder,
        Self::StartIndex,
        Self::Count,
        Self::Cursor,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::ExcludedAttributes => "excludedAttributes",
            Self::Filter => "filter",
            Self::SortBy => "sortBy",
            Self::SortOrder => "sortOrder",
            Self::StartIndex => "startIndex",
            Self::Count => "count",
            Self::Cursor => "cursor",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.name().eq_ignore_ascii_case(name))
    }
}

fn not_a_number(parameter: Parameter) -> Error {
    Error::invalid_value("not_a_number", format!("\"{}\" must be a whole number", parameter.name()))
}

fn not_a_count() -> Error {
    Error::invalid_count("count", "\"count\" must be a whole number from 1 on; leave it out for the largest page")
}

fn descending(value: &str) -> Result<bool, Error> {
    match value {
        _ if value.eq_ignore_ascii_case("descending") => Ok(true),
        _ if value.is_empty() || value.eq_ignore_ascii_case("ascending") => Ok(false),
        _ => {
            let detail = format!("\"sortOrder\" must be ascending or descending, not {}", quoted(value));
            Err(Error::invalid_value("sort_order", detail))
        }
    }
}

fn check_schemas(value: Value) -> Result<(), Error> {
    if value.is_null() || strings("schemas", value)?.iter().any(|urn| urn.eq_ignore_ascii_case(SEARCH_URN)) {
        return Ok(());
    }
    Err(Error::invalid_syntax("schemas", format!("\"schemas\" of a search must name {SEARCH_URN}")))
}

/// The answer to a query. `Resources` is there even when empty: Entra and Okta read it without looking.
#[must_use]
pub fn list_response(total: u64, start: u64, resources: Vec<Value>) -> Value {
    let mut out = Map::with_capacity(5);
    out.insert("schemas".to_owned(), json!([LIST_URN]));
    out.insert("totalResults".to_owned(), total.into());
    out.insert("startIndex".to_owned(), start.into());
    out.insert("itemsPerPage".to_owned(), resources.len().into());
    out.insert("Resources".to_owned(), Value::Array(resources));
    Value::Object(out)
}

/// A page reached by cursor (RFC 9865 §2).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CursorPage {
    /// How many resources the whole list had when it was begun; `None` when nobody has counted them.
    pub total: Option<u64>,
    /// The resources of this page.
    pub resources: Vec<Value>,
    /// What leads to the page before; `None` on the first one.
    pub previous: Option<String>,
    /// What leads to the page after; `None` on the last one.
    pub next: Option<String>,
}

impl CursorPage {
    /// The answer. It has no `startIndex`: nobody counts places here.
    #[must_use]
    pub fn to_response(self) -> Value {
        let mut out = Map::with_capacity(6);
        out.insert("schemas".to_owned(), json!([LIST_URN]));
        let texts = [("previousCursor", self.previous), ("nextCursor", self.next)];
        if let Some(total) = self.total {
            out.insert("totalResults".to_owned(), total.into());
        }
        out.insert("itemsPerPage".to_owned(), self.resources.len().into());
        out.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
        out.insert("Resources".to_owned(), Value::Array(self.resources));
        Value::Object(out)
    }
}

#[cfg(test)]
mod tests;
