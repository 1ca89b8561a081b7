//! One value of a client in canonical form: the type the schema says, names in the schema's case, nothing empty.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};

use crate::dialect::{self, Dialect};
use crate::error::{Error, quoted};
use crate::limits::Limits;
use crate::schema::{Attribute, Definition, Kind, Located};

/// Most names of ignored attributes that are kept for counting.
const IGNORED_NAMES: usize = 100;
/// Longest name of an ignored attribute that is kept, in characters.
const IGNORED_CHARACTERS: usize = 128;

/// The largest growth of a text in bytes by folding: NFKC at most 11-fold (U+FDFA), case folding at most 3-fold.
const FOLDING_GROWTH: usize = 33;

/// Turns values into canonical form and notes what it leaves out.
pub(crate) struct Reader<'a> {
    limits: &'a Limits,
    dialect: &'static Dialect,
    pub ignored: Vec<String>,
}

/// The attribute a value belongs to, for rules and error texts.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    core: bool,
    attribute: &'a str,
    sub: Option<&'a str>,
}

impl<'a> At<'a> {
    pub fn new(located: Located<'a>) -> Self {
        Self { core: located.extension.is_none(), attribute: &located.attribute.name, sub: None }
    }

    pub fn sub(self, name: &'a str) -> Self {
        Self { sub: Some(name), ..self }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.sub {
            None => write!(f, "\"{}\"", self.attribute),
            Some(sub) => write!(f, "\"{}.{sub}\"", self.attribute),
        }
    }
}

impl<'a> Reader<'a> {
    pub fn new(definition: &Definition, limits: &'a Limits) -> Self {
        Self { limits, dialect: definition.dialect, ignored: Vec::new() }
    }

    /// Notes an attribute that is outside every schema, once: its name only, for what stands in the brackets of a path is a
    /// value of somebody's.
    pub fn ignore(&mut self, name: &str) {
        let name = name.split('[').next().unwrap_or_default().trim();
        let name: String = name.chars().filter(|c| !c.is_control()).take(IGNORED_CHARACTERS).collect();
        if self.ignored.len() < IGNORED_NAMES && !self.ignored.contains(&name) {
            self.ignored.push(name);
        }
    }

    /// The canonical form of a value of `attribute`; `None` when it is unassigned: null, `[]` or `{}` (RFC 7643 §2.5).
    pub fn read(&mut self, at: At<'_>, attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
        if attribute.multi_valued { self.list(at, attribute, value) } else { self.one(at, attribute, value) }
    }

    fn list(&mut self, at: At<'_>, attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
        let items = match value {
            Value::Array(items) => items,
            Value::Null => return Ok(None),
            single @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![single],
        };
        let members = at.core && at.attribute == "members";
        // the limit on members is another one, kept where members are counted
        if items.len() > self.limits.elements && !members {
            let detail = format!("{at} has more than {} values", self.limits.elements);
            return Err(Error::invalid_value("too_many_values", detail));
        }
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if item.is_array() {
                return Err(wrong_type(at, "a list without lists in it"));
            }
            let said = !item.is_null();
            let element = self.one(at, attribute, item)?;
            if members && said && element.is_none() {
                // left out, it would turn a `replace` into "nobody"
                return Err(Error::invalid_value(
                    "member_without_id",
                    "every member needs a \"value\", the id of a user",
                ));
            }
            out.extend(element);
        }
        if out.iter().filter(|element| is_primary(element)).count() > 1 {
            let detail = format!("{at} has more than one value with \"primary\": true");
            return Err(Error::invalid_value("several_primaries", detail));
        }
        Ok(if out.is_empty() { None } else { Some(Value::Array(out)) })
    }

    /// One element of a list, or the value of a single-valued attribute.
    pub fn one(&mut self, at: At<'_>, attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
        match (attribute.kind, value) {
            (_, Value::Null) => Ok(None),
            (_, Value::String(text)) if text.is_empty() && self.dialect.takes(dialect::EMPTY_TEXT) => Ok(None),
            (Kind::Complex, value) => self.complex(at, attribute, value),
            (kind, value) => self.scalar(at, kind, value).map(Some),
        }
    }

    fn complex(&mut self, at: At<'_>, attribute: &Attribute, value: Value) -> Result<Option<Value>, Error> {
        let out = match value {
            Value::Object(parts) => {
                let out = self.parts(at, attribute, parts)?;
                if is_hollow(&out) && self.dialect.takes(dialect::EMPTY_TEXT) {
                    return Ok(None);
                }
                out
            }
            Value::String(text) => match attribute.sub("value") {
                Some(_) if text.is_empty() => return Ok(None),
                Some(sub) => {
                    let value = self.scalar(at.sub(&sub.name), sub.kind, Value::String(text))?;
                    Map::from_iter([(sub.name.clone(), value)])
                }
                None => return Err(wrong_type(at, "an object")),
            },
            Value::Array(mut items) if !attribute.multi_valued && items.len() <= 1 => {
                return items.pop().map_or(Ok(None), |item| self.one_element(at, attribute, item));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                return Err(wrong_type(at, "an object"));
            }
        };
        let unassigned =
            out.is_empty() || (!attribute.multi_valued && out.get("value").is_some_and(|value| value == ""));
        Ok(if unassigned { None } else { Some(Value::Object(out)) })
    }

    /// The content of a one-element list around a single value; a second list inside is refused, so this goes no deeper.
    fn one_element(&mut self, at: At<'_>, attribute: &Attribute, item: Value) -> Result<Option<Value>, Error> {
        if item.is_array() {
            return Err(wrong_type(at, "an object"));
        }
        self.one(at, attribute, item)
    }

    fn parts(
        &mut self,
        at: At<'_>,
        attribute: &Attribute,
        parts: Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        let mut out = Map::with_capacity(parts.len());
        for (key, part) in parts {
            let Some(sub) = attribute.sub(&key) else {
                match self.other_name(attribute, &key) {
                    // The proper name wins, wherever it stands.
                    Some(sub) => {
                        if let Some(value) = self.read(at.sub(&sub.name), sub, part)? {
                            out.entry(sub.name.as_str()).or_insert(value);
                        }
                    }
                    None => self.ignore(&format!("{}.{key}", attribute.name)),
                }
                continue;
            };
            if sub.read_only() {
                continue;
            }
            if let Some(value) = self.read(at.sub(&sub.name), sub, part)?
                && !sub.write_only()
            {
                out.insert(canonical_key(key, &sub.name), value);
            }
        }
        Ok(out)
    }

    /// The sub-attribute that this client means by a name that is in no schema.
    fn other_name<'s>(&self, attribute: &'s Attribute, key: &str) -> Option<&'s Attribute> {
        let meant = attribute.name == "manager" && key.eq_ignore_ascii_case("managerId");
        attribute.sub("value").filter(|_| meant && self.dialect.takes(dialect::MANAGER_ID))
    }

    fn scalar(&mut self, at: At<'_>, kind: Kind, value: Value) -> Result<Value, Error> {
        match (kind, value) {
            (Kind::Boolean, Value::Bool(value)) => Ok(Value::Bool(value)),
            (Kind::Boolean, Value::String(text)) => {
                dialect::boolean(&text).map(Value::Bool).ok_or_else(|| wrong_type(at, "true or false"))
            }
            (Kind::Boolean, _) => Err(wrong_type(at, "true or false")),
            (Kind::Integer, Value::Number(number)) if !number.is_f64() => Ok(Value::Number(number)),
            (Kind::Integer, _) => Err(wrong_type(at, "a whole number")),
            (Kind::Decimal, Value::Number(number)) => Ok(Value::Number(number)),
            (Kind::Decimal, _) => Err(wrong_type(at, "a number")),
            (Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime, Value::String(text)) => {
                self.text(at, kind, text).map(Value::String)
            }
            (Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime, _) => Err(wrong_type(at, "text")),
            (Kind::Complex, _) => Err(wrong_type(at, "an object")),
        }
    }

    fn text(&mut self, at: At<'_>, kind: Kind, text: String) -> Result<String, Error> {
        if text.contains('\0') {
            return Err(Error::invalid_value("nul", format!("{at} must not contain the character NUL")));
        }
        match kind {
            Kind::Reference if text.contains(char::is_control) => return Err(controls(at)),
            Kind::DateTime if instant(&text).is_none() => return Err(wrong_type(at, "a date and time (RFC 3339)")),
            Kind::Binary if !is_base64(&text) => return Err(wrong_type(at, "base64 text")),
            Kind::String if at.core => self.name_rules(at, &text)?,
            Kind::String
            | Kind::Reference
            | Kind::Binary
            | Kind::DateTime
            | Kind::Boolean
            | Kind::Decimal
            | Kind::Integer
            | Kind::Complex => {}
        }
        Ok(text)
    }

    /// The names by which resources are found: bounded, because they are indexed; and those that end in mail headers, URLs
    /// or log lines without control characters.
    fn name_rules(&self, at: At<'_>, text: &str) -> Result<(), Error> {
        let (plain, blank) = match (at.attribute, at.sub) {
            ("userName", None) => (true, false),
            ("externalId", None) | ("emails", Some("value")) => (true, true),
            ("displayName", None) => (false, true),
            _ => return Ok(()),
        };
        if self.is_too_long(text) {
            let detail = format!("{at} is longer than {} bytes", self.limits.name_bytes);
            return Err(Error::invalid_value("value_too_long", detail));
        }
        if plain && text.contains(char::is_control) {
            return Err(controls(at));
        }
        if !blank && text.trim().is_empty() {
            return Err(Error::invalid_value("blank_value", format!("{at} must not be blank")));
        }
        Ok(())
    }

    fn is_too_long(&self, text: &str) -> bool {
        let most = self.limits.name_bytes;
        text.len() > most
            || (!text.is_ascii()
                && text.len().saturating_mul(FOLDING_GROWTH) > most
                && usher_text::fold(text).len() > most)
    }
}

fn wrong_type(at: At<'_>, wanted: &str) -> Error {
    Error::invalid_value("value_type", format!("{at} must be {wanted}"))
}

fn controls(at: At<'_>) -> Error {
    Error::invalid_value("control_characters", format!("{at} must not contain control characters"))
}

/// The key itself when it is spelt as the schema does, else the schema's spelling.
pub(crate) fn canonical_key(key: String, name: &str) -> String {
    if key == name { key } else { name.to_owned() }
}

/// Whether an element of a list is marked as primary.
pub(crate) fn is_primary(element: &Value) -> bool {
    element.get("primary").is_some_and(|value| value == &Value::Bool(true))
}

/// Whether an element says nothing but of what kind it is.
pub(crate) fn is_hollow(parts: &Map<String, Value>) -> bool {
    const MARKS: [&str; 4] = ["type", "primary", "display", "$ref"];
    parts.keys().all(|name| MARKS.contains(&name.as_str()))
}

/// The instant of an `xsd:dateTime` (RFC 7643 §2.3.5); one without a zone is taken as UTC.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc())
}

/// Base64 in either alphabet, with or without padding; line breaks are allowed as in PEM bodies.
fn is_base64(text: &str) -> bool {
    let content = text.trim_end_matches('=');
    text.len() - content.len() <= 2
        && content.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_\r\n".contains(&byte))
}

/// Takes an array of strings, such as `schemas`.
///
/// # Errors
/// 400 `invalidSyntax` for anything else.
pub(crate) fn strings(name: &str, value: Value) -> Result<Vec<String>, Error> {
    let refused = || Error::invalid_syntax("value_type", format!("{} must be a list of strings", quoted(name)));
    let Value::Array(items) = value else { return Err(refused()) };
    let texts = items.into_iter().map(|item| match item {
        Value::String(text) => Ok(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(refused()),
    });
    texts.collect()
}
