//! What may be set once (RFC 7643 §2.2, §7). Core attributes that are immutable are parts of a group's members, which are
//! added and removed and never changed; so this is about the schemas of a tenant's own.
//!
//! An element of a list is the same element as long as its `value` is the same; one without `value`, or one of several with
//! the same, cannot be told from a new one and is added and removed as a whole.

use serde_json::Value;

use super::{Map, extension_mut};
use crate::error::Error;
use crate::schema::{Attribute, Definition, Mutability};

impl Definition {
    /// What a PUT makes of a resource: `wanted`, and besides whatever is immutable, was set, and is left out there.
    ///
    /// # Errors
    /// 400 `mutability` when an immutable value would change (RFC 7644 §3.5.1: it must match what is there).
    pub fn replaced(&self, before: &Map, wanted: Map) -> Result<Map, Error> {
        let mut after = wanted;
        for (urn, attribute) in self.immutable() {
            let Some(old) = before.get(urn).and_then(|parts| parts.get(&attribute.name)) else { continue };
            keep(&mut after, urn, attribute, old);
        }
        self.check_immutable(before, &after)?;
        Ok(after)
    }

    /// Checks that nothing immutable that was set is gone or has another value.
    pub(crate) fn check_immutable(&self, before: &Map, after: &Map) -> Result<(), Error> {
        for (urn, attribute) in self.immutable() {
            let Some(old) = before.get(urn).and_then(|parts| parts.get(&attribute.name)) else { continue };
            let new = after.get(urn).and_then(|parts| parts.get(&attribute.name));
            check(attribute, old, new)?;
        }
        Ok(())
    }

    /// The attributes that are immutable or have an immutable part.
    fn immutable(&self) -> impl Iterator<Item = (&str, &Attribute)> {
        let all = self
            .declared()
            .iter()
            .flat_map(|schema| schema.attributes.iter().map(move |attribute| (schema.id.as_str(), attribute)));
        all.filter(|(_, attribute)| {
            attribute.is_immutable() || attribute.sub_attributes.iter().any(Attribute::is_immutable)
        })
    }
}

impl Attribute {
    fn is_immutable(&self) -> bool {
        self.mutability == Mutability::Immutable
    }
}

/// Puts what is immutable and left out back in its place.
fn keep(after: &mut Map, urn: &str, attribute: &Attribute, old: &Value) {
    let said = after.get(urn).is_some_and(|parts| parts.get(&attribute.name).is_some());
    let kept = match old {
        _ if attribute.is_immutable() => (!said).then(|| old.clone()),
        Value::Object(parts) => {
            let kept: Map =
                immutable_parts(attribute, parts).map(|(name, value)| (name.to_owned(), value.clone())).collect();
            (!said && !kept.is_empty()).then_some(Value::Object(kept))
        }
        // elements may go
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    };
    let place = if kept.is_some() || said { extension_mut(after, urn) } else { None };
    let Some(place) = place else { return };
    if let Some(kept) = kept {
        place.insert(attribute.name.clone(), kept);
    } else if let Some(new) = place.get_mut(&attribute.name) {
        complete(attribute, old, new);
    }
}

/// Fills immutable parts that a new value leaves out.
fn complete(attribute: &Attribute, old: &Value, new: &mut Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => keep_parts(attribute, old, new),
        (Value::Array(old), Value::Array(new)) => {
            for element in old {
                let Some(place) = same_element(old, new, element) else { continue };
                if let (Some(old), Some(Value::Object(new))) = (element.as_object(), new.get_mut(place)) {
                    keep_parts(attribute, old, new);
                }
            }
        }
        _ => {}
    }
}

/// Fills the immutable parts of one complex value that a new value leaves out.
pub(crate) fn keep_parts(attribute: &Attribute, old: &Map, new: &mut Map) {
    for (name, value) in immutable_parts(attribute, old) {
        if !new.contains_key(name) {
            new.insert(name.to_owned(), value.clone());
        }
    }
}

fn immutable_parts<'a>(attribute: &'a Attribute, old: &'a Map) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let subs = attribute.sub_attributes.iter().filter(|sub| sub.is_immutable());
    subs.filter_map(|sub| Some((sub.name.as_str(), old.get(&sub.name)?)))
}

fn check(attribute: &Attribute, old: &Value, new: Option<&Value>) -> Result<(), Error> {
    if attribute.is_immutable() {
        return if new.is_some_and(|new| equal(old, new)) { Ok(()) } else { Err(changed(attribute, None)) };
    }
    match (old, new) {
        (Value::Object(old), new) => check_parts(attribute, old, new.and_then(Value::as_object)),
        (Value::Array(old), Some(Value::Array(new))) => old.iter().try_for_each(|element| {
            let same = same_element(old, new, element).and_then(|place| new.get(place)).and_then(Value::as_object);
            same.zip(element.as_object()).map_or(Ok(()), |(new, old)| check_parts(attribute, old, Some(new)))
        }),
        _ => Ok(()),
    }
}

/// Checks the immutable parts of one complex value.
pub(crate) fn check_parts(attribute: &Attribute, old: &Map, new: Option<&Map>) -> Result<(), Error> {
    let mut parts = immutable_parts(attribute, old);
    match parts.find(|(name, value)| new.and_then(|new| new.get(*name)) != Some(*value)) {
        Some((name, _)) => Err(changed(attribute, Some(name))),
        None => Ok(()),
    }
}

/// Where the element with the same `value` stands, if there is one of it before and after.
fn same_element(old: &[Value], new: &[Value], element: &Value) -> Option<usize> {
    let value = element.get("value")?;
    let is_same = |other: &&Value| other.get("value") == Some(value);
    let alone = old.iter().filter(is_same).count() == 1 && new.iter().filter(is_same).count() == 1;
    alone.then(|| new.iter().position(|other| is_same(&other))).flatten()
}

/// Values of a list have no order (RFC 7643 §2.4).
fn equal(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Array(old), Value::Array(new)) => {
            let count = |list: &[Value], item: &Value| list.iter().filter(|other| *other == item).count();
            old.len() == new.len() && old.iter().all(|item| count(old, item) == count(new, item))
        }
        (old, new) => old == new,
    }
}

fn changed(attribute: &Attribute, part: Option<&str>) -> Error {
    let name = part.map_or_else(|| attribute.name.clone(), |part| format!("{}.{part}", attribute.name));
    Error::mutability("immutable", format!("\"{name}\" cannot be changed once it is set"))
}
