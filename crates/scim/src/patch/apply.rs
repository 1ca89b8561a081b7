//! Carries out a PATCH on a canonical resource: on a copy, so that it happens as a whole or not at all.

use serde_json::Value;

use super::elements::Elements;
use super::{Op, Operation, Patch};
use crate::error::Error;
use crate::limits::Limits;
use crate::path::Traits;
use crate::resource::{Map, extension_mut};
use crate::schema::{Definition, Mutability};

impl Patch {
    /// The resource after all operations (RFC 7644 §3.5.2.1 to §3.5.2.3). `attributes` itself is not touched.
    /// On a group, set the operations on `members` apart first ([`split_members`](Self::split_members)).
    ///
    /// # Errors
    /// 400 `noTarget` when a path chooses nothing and cannot say what to make; 400 `mutability` when a required attribute is
    /// unassigned or an immutable one changed; 400 `invalidValue` when the result would not be a valid resource.
    pub fn apply(&self, attributes: &Map, definition: &Definition, limits: &Limits) -> Result<Map, Error> {
        let mut out = attributes.clone();
        for operation in &self.operations {
            operation.apply(&mut out, definition, limits)?;
        }
        definition.check_immutable(attributes, &out)?;
        self.check_required(attributes, &out, definition)?;
        Ok(out)
    }

    /// What was missing before may stay missing: an old resource must not become unchangeable by a new setting.
    fn check_required(&self, before: &Map, after: &Map, definition: &Definition) -> Result<(), Error> {
        let missing = definition.missing(after);
        if missing.is_empty() {
            return Ok(());
        }
        let had = definition.missing(before);
        let lost: Vec<_> = missing.into_iter().filter(|path| !had.contains(path)).collect();
        if lost.is_empty() {
            return Ok(());
        }
        let detail = format!("required and cannot be unassigned: {}", lost.join(", "));
        if self.operations.iter().any(|operation| operation.op == Op::Remove) {
            return Err(Error::mutability("required_missing", detail));
        }
        Err(Error::invalid_value("required_missing", detail))
    }
}

impl Operation {
    fn apply(&self, resource: &mut Map, definition: &Definition, limits: &Limits) -> Result<(), Error> {
        let Some(urn) = &self.path.attr.schema else { return self.apply_in(resource, definition, limits) };
        if self.op == Op::Remove && !resource.contains_key(urn) {
            return Ok(());
        }
        let Some(place) = extension_mut(resource, urn) else { return Ok(()) };
        self.apply_in(place, definition, limits)?;
        if place.is_empty() {
            resource.shift_remove(urn);
        }
        Ok(())
    }

    fn apply_in(&self, place: &mut Map, definition: &Definition, limits: &Limits) -> Result<(), Error> {
        if self.path.attr.attribute_traits().multi_valued {
            return Elements { operation: self, definition, limits }.apply(place);
        }
        let name = &self.path.attr.attribute;
        match (&self.path.sub, self.wanted()) {
            (None, Some(value)) => set(place, name, value, self.path.traits()),
            (None, None) => unset(place, name, self.path.traits()),
            (Some(sub), Some(value)) => {
                let parts = place.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
                parts.as_object_mut().map_or(Ok(()), |parts| set_part(parts, sub, value, self.path.traits()))
            }
            (Some(sub), None) => {
                let Some(parts) = place.get_mut(name).and_then(Value::as_object_mut) else { return Ok(()) };
                unset(parts, sub, self.path.traits())?;
                // what else a reference says is about the value it no longer has
                if parts.is_empty() || sub == "value" {
                    place.shift_remove(name);
                }
                Ok(())
            }
        }
    }

    /// The value to set; `None` when the operation unassigns.
    pub(super) fn wanted(&self) -> Option<&Value> {
        match self.op {
            Op::Add | Op::Replace => self.value.as_ref(),
            Op::Remove => None,
        }
    }
}

/// Sets a part of a complex value. A changed `value` takes the old `$ref` with it, which pointed to the old target.
pub(super) fn set_part(parts: &mut Map, name: &str, value: &Value, traits: Traits) -> Result<(), Error> {
    if name == "value" && parts.get(name).is_some_and(|known| known != value) {
        parts.shift_remove("$ref");
    }
    set(parts, name, value, traits)
}

fn set(place: &mut Map, name: &str, value: &Value, traits: Traits) -> Result<(), Error> {
    match place.get_mut(name) {
        Some(known) if known == value => {}
        Some(_) if traits.mutability == Mutability::Immutable => return Err(immutable(name)),
        Some(known) => *known = value.clone(),
        None => {
            place.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

pub(super) fn unset(place: &mut Map, name: &str, traits: Traits) -> Result<(), Error> {
    if traits.mutability == Mutability::Immutable && place.contains_key(name) {
        return Err(immutable(name));
    }
    place.shift_remove(name);
    Ok(())
}

fn immutable(name: &str) -> Error {
    Error::mutability("immutable", format!("\"{name}\" cannot be changed once it is set"))
}
