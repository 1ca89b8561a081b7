//! The `path` of a PATCH operation: an attribute, perhaps some of its elements, perhaps a sub-attribute.

use std::fmt;

use serde_json::Value;

use super::{AttrPath, Traits, Unresolved, find, is_name};
use crate::error::{Error, quoted};
use crate::filter::Filter;
use crate::limits::Limits;
use crate::resource::Map;
use crate::schema::{Attribute, Definition, Kind, Located, Mutability};

/// What a PATCH operation is about (RFC 7644 §3.5.2, figure 7).
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPath {
    /// The attribute; its own `sub` is always `None`.
    pub attr: AttrPath,
    /// Chooses elements of a multi-valued attribute; paths inside are relative to the element.
    pub filter: Option<Filter>,
    /// The sub-attribute.
    pub sub: Option<String>,
    target: Traits,
}

impl PatchPath {
    /// Reads `emails[type eq "work"].value`, `name.givenName`, `urn:…:User:department` and the like.
    ///
    /// # Errors
    /// 400 `invalidPath`: too long, malformed, an attribute that no schema has (reason `unknown_path`), or brackets on an
    /// attribute that is no list; 400 `invalidFilter` for a broken filter in the brackets.
    pub fn parse(text: &str, definition: &Definition, limits: &Limits) -> Result<Self, Error> {
        if text.len() > limits.path_bytes {
            return Err(Error::invalid_path(
                "path_too_long",
                format!("the path is longer than {} bytes", limits.path_bytes),
            ));
        }
        let text = text.trim();
        let Some((before, rest)) = text.split_once('[') else {
            let (located, sub) = find(text, definition).map_err(|why| why.into_path_error(text))?;
            return Self::new(located, None, sub).map_err(|why| why.into_path_error(text));
        };
        let (located, sub) = find(before.trim_end(), definition).map_err(|why| why.into_path_error(before))?;
        if sub.is_some() || !located.attribute.multi_valued {
            let detail = format!("{} is not a list, so brackets cannot follow it", quoted(before));
            return Err(Error::invalid_path("path_syntax", detail));
        }
        let (inside, after) = split_bracket(rest).ok_or_else(|| Unresolved::Malformed.into_path_error(text))?;
        let filter = Filter::parse_inside(inside, located.attribute, limits)?;
        let sub = match after.strip_prefix('.') {
            Some(sub) if is_name(sub) => Some(sub),
            None if after.is_empty() => None,
            Some(_) | None => return Err(Unresolved::Malformed.into_path_error(text)),
        };
        Self::new(located, Some(filter), sub).map_err(|why| why.into_path_error(text))
    }

    fn new(located: Located<'_>, filter: Option<Filter>, sub: Option<&str>) -> Result<Self, Unresolved> {
        let whole = AttrPath::of(located, sub)?;
        let attr = AttrPath::of(located, None)?;
        Ok(Self { attr, filter, sub: whole.sub, target: whole.target })
    }

    /// The path of an attribute of the core schema, or of an extension.
    pub(crate) fn top_level(urn: Option<&str>, attribute: &Attribute) -> Self {
        let traits = Traits::of(attribute);
        let schema = urn.map(str::to_owned);
        let attr = AttrPath { schema, attribute: attribute.name.clone(), sub: None, top: traits, target: traits };
        Self { attr, filter: None, sub: None, target: traits }
    }

    /// The same path to a sub-attribute.
    pub(crate) fn to_sub(&self, sub: &Attribute) -> Self {
        Self { sub: Some(sub.name.clone()), target: Traits::of(sub), ..self.clone() }
    }

    /// What the schema says about what the whole path names.
    #[must_use]
    pub fn traits(&self) -> Traits {
        self.target
    }

    /// Whether only the server writes what the path names.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        [self.attr.top, self.target].iter().any(|traits| traits.mutability == Mutability::ReadOnly)
    }

    /// Every value the path leads to in a canonical or rendered resource; the elements themselves without sub-attribute.
    pub(crate) fn values<'m>(&self, resource: &'m Map) -> Vec<&'m Value> {
        let Some(value) = self.attr.lookup(resource) else { return Vec::new() };
        let elements = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let chosen =
            elements.iter().filter(|element| self.filter.as_ref().is_none_or(|filter| filter.matches_element(element)));
        match &self.sub {
            None => chosen.collect(),
            Some(sub) => chosen.filter_map(|element| part(element, sub, self.attr.top.kind)).collect(),
        }
    }
}

/// A sub-attribute of an element; an element that is no object is its own `value`.
fn part<'m>(element: &'m Value, sub: &str, kind: Kind) -> Option<&'m Value> {
    if kind == Kind::Complex { element.get(sub) } else { Some(element) }
}

/// Splits after the bracket that closes the value filter; brackets inside quoted text do not count.
fn split_bracket(text: &str) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// The path as this server writes it.
impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.attr)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        self.sub.as_ref().map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}
