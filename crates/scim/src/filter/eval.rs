//! A filter against a resource. This is the reference that every other evaluation has to agree with.
//!
//! - A comparison with a list is true when any element fits; with an empty or absent one it is what a comparison with an
//!   absent value is.
//! - Absent `ne "x"` is true, absent `eq null` is true, every other comparison with an absent value is false; `not (…)` is
//!   the plain opposite, so it matches resources without the attribute.
//! - `pr` is true for a value that is not empty (RFC 7644 §3.4.2.2): `""`, `[]` and `{}` are empty, `false` is not.

use serde_json::Value;

use super::Filter;
use super::compare::holds;
use crate::path::AttrPath;
use crate::resource::Map;

impl Filter {
    /// Whether a rendered, full resource fits.
    #[must_use]
    pub fn matches(&self, resource: &Map) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(resource)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(resource)),
            Self::Not(inner) => !inner.matches(resource),
            Self::Compare { path, op, value } => {
                any_of(path, resource, |found| holds(found, *op, value, path.traits()))
            }
            Self::Present(path) => any_of(path, resource, |found| found.is_some_and(has_content)),
            Self::Element { attr, filter, sub } => elements(attr.lookup(resource)).iter().any(|element| {
                filter.matches_element(element)
                    && sub
                        .as_ref()
                        .is_none_or(|(name, op, value)| holds(part(element, name), *op, value, attr.traits()))
            }),
        }
    }

    /// Whether one element fits the filter that stood in brackets.
    #[must_use]
    pub fn matches_element(&self, element: &Value) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches_element(element)),
            Self::Or(parts) => parts.iter().any(|part| part.matches_element(element)),
            Self::Not(inner) => !inner.matches_element(element),
            Self::Compare { path, op, value } => holds(part(element, &path.attribute), *op, value, path.traits()),
            Self::Present(path) => part(element, &path.attribute).is_some_and(has_content),
            // the parser makes no brackets inside brackets
            Self::Element { .. } => false,
        }
    }
}

/// Whether `test` holds for any value the path leads to; called once with `None` when there is no element at all.
fn any_of(path: &AttrPath, resource: &Map, test: impl Fn(Option<&Value>) -> bool) -> bool {
    let elements = elements(path.lookup(resource));
    if elements.is_empty() {
        return test(None);
    }
    elements.iter().any(|element| test(path.sub.as_deref().map_or(Some(element), |sub| part(element, sub))))
}

fn elements(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(single) => std::slice::from_ref(single),
    }
}

/// A sub-attribute of an element; an element that is no object is its own `value`.
fn part<'m>(element: &'m Value, name: &str) -> Option<&'m Value> {
    match element {
        Value::Object(parts) => parts.get(name).filter(|value| !value.is_null()),
        Value::Null => None,
        scalar @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            (name == "value").then_some(scalar)
        }
    }
}

fn has_content(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(has_content),
        Value::Object(parts) => parts.values().any(has_content),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
