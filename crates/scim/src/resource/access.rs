//! The attributes of a canonical resource that the service itself looks at.

use serde_json::Value;

use super::Map;
use crate::value::is_primary;

fn text<'m>(resource: &'m Map, name: &str) -> Option<&'m str> {
    resource.get(name).and_then(Value::as_str)
}

/// `userName` as sent.
#[must_use]
pub fn user_name(resource: &Map) -> Option<&str> {
    text(resource, "userName")
}

/// `externalId` as sent.
#[must_use]
pub fn external_id(resource: &Map) -> Option<&str> {
    text(resource, "externalId")
}

/// `displayName` as sent.
#[must_use]
pub fn display_name(resource: &Map) -> Option<&str> {
    text(resource, "displayName")
}

/// `active`; `None` when the client never said.
#[must_use]
pub fn active(resource: &Map) -> Option<bool> {
    resource.get("active").and_then(Value::as_bool)
}

/// Every e-mail address with content, as value, type and whether it is primary.
pub fn emails(resource: &Map) -> impl Iterator<Item = (&str, Option<&str>, bool)> {
    let elements = resource.get("emails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    elements.iter().filter_map(|element| {
        let value = element.get("value").and_then(Value::as_str).filter(|value| !value.is_empty())?;
        Some((value, element.get("type").and_then(Value::as_str), is_primary(element)))
    })
}

/// The address a person is written to: the primary one, else the work one, else the first.
#[must_use]
pub fn primary_email(resource: &Map) -> Option<&str> {
    let work = |kind: Option<&str>| kind.is_some_and(|kind| kind.eq_ignore_ascii_case("work"));
    let chosen = emails(resource).find(|(_, _, primary)| *primary);
    let chosen = chosen.or_else(|| emails(resource).find(|(_, kind, _)| work(*kind)));
    chosen.or_else(|| emails(resource).next()).map(|(value, ..)| value)
}
