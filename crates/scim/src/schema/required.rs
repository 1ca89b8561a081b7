//! Required attributes: published in `/Schemas` and enforced, both from one list.

use serde_json::Value;

use super::{Attribute, Definition, Schema, find_mut};
use crate::error::Error;
use crate::limits::Limits;
use crate::path::PatchPath;
use crate::resource::Map;

/// One path that must have a value, and its text for error messages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Required {
    text: String,
    path: PatchPath,
    when: When,
}

/// Of which resources a path is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Of every one.
    Always,
    /// Of those that have a value of the path's extension (RFC 7643 §6: an extension that is not required may be left out as
    /// a whole).
    WithExtension,
    /// The sub-attribute, of each value of its attribute.
    WithAttribute,
}

impl Required {
    /// What a schema itself declares as required, at the top level.
    pub(super) fn declared(core: &Schema) -> Vec<Self> {
        let required = core.attributes.iter().filter(|attribute| attribute.required);
        let made = |attribute: &Attribute| Self {
            text: attribute.name.clone(),
            path: PatchPath::top_level(None, attribute),
            when: When::Always,
        };
        required.map(made).collect()
    }

    /// What an extension declares as required.
    pub(super) fn of_extension(schema: &Schema) -> Vec<Self> {
        let mut out = Vec::new();
        for attribute in &schema.attributes {
            let path = PatchPath::top_level(Some(&schema.id), attribute);
            let subs = attribute.sub_attributes.iter().filter(|sub| sub.required);
            let subs: Vec<_> = subs.map(|sub| Self::new(path.to_sub(sub), When::WithAttribute)).collect();
            if attribute.required {
                out.push(Self::new(path, When::WithExtension));
            }
            out.extend(subs);
        }
        out
    }

    fn new(path: PatchPath, when: When) -> Self {
        Self { text: path.to_string(), path, when }
    }

    fn is_met(&self, attributes: &Map) -> bool {
        let has_value = || self.path.values(attributes).iter().any(|value| has_content(value));
        match self.when {
            When::Always => has_value(),
            When::WithExtension => !self.carries_extension(attributes) || has_value(),
            When::WithAttribute => match self.path.attr.lookup(attributes) {
                None => true,
                Some(Value::Array(elements)) => elements.iter().all(|element| self.is_in(element)),
                Some(single) => self.is_in(single),
            },
        }
    }

    fn carries_extension(&self, attributes: &Map) -> bool {
        let urn = self.path.attr.schema.as_deref();
        urn.and_then(|urn| attributes.get(urn)).is_some_and(has_content)
    }

    fn is_in(&self, element: &Value) -> bool {
        self.path.sub.as_deref().and_then(|sub| element.get(sub)).is_some_and(has_content)
    }
}

impl Definition {
    /// The same resource type in which each of `paths` is required as well: published in `/Schemas` (for a value path the
    /// attribute and its sub-attribute) and asked for by [`check_required`](Self::check_required).
    ///
    /// # Errors
    /// 400 `invalidPath` for a path that names no attribute, or one that only the server writes.
    pub fn requiring(&self, paths: &[&str]) -> Result<Self, Error> {
        let mut out = self.clone();
        for text in paths {
            let path = PatchPath::parse(text, self, &Limits::default())?;
            if path.is_read_only() {
                return Err(Error::invalid_path(
                    "read_only_path",
                    "only attributes that clients write can be required",
                ));
            }
            out.mark(&path);
            let made = Required::new(path, When::Always);
            match out.required.iter_mut().find(|known| known.text == made.text) {
                Some(known) => *known = made,
                None => out.required.push(made),
            }
        }
        Ok(out)
    }

    fn mark(&mut self, path: &PatchPath) {
        let schema = match &path.attr.schema {
            None => Some(&mut self.core),
            Some(urn) => self.extensions.iter_mut().find(|schema| &schema.id == urn),
        };
        let attribute = schema.and_then(|schema| find_mut(&mut schema.attributes, &path.attr.attribute));
        // `externalId` is in no schema: it is enforced without being published
        let Some(attribute) = attribute else { return };
        attribute.required = true;
        if let Some(sub) = path.sub.as_deref().and_then(|name| find_mut(&mut attribute.sub_attributes, name)) {
            sub.required = true;
        }
    }

    /// The paths that are required, in the form of PATCH paths.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.required.iter().map(|required| required.text.as_str())
    }

    /// Whether every resource has to have a value of an extension, because some path in it is always required.
    pub(crate) fn requires_extension(&self, urn: &str) -> bool {
        let always = |required: &&Required| required.when == When::Always;
        self.required.iter().filter(always).any(|required| required.path.attr.schema.as_deref() == Some(urn))
    }

    /// The required paths that have no value in a canonical resource.
    #[must_use]
    pub fn missing(&self, attributes: &Map) -> Vec<&str> {
        let missing = self.required.iter().filter(|required| !required.is_met(attributes));
        missing.map(|required| required.text.as_str()).collect()
    }

    /// Checks that a canonical resource has every required attribute.
    ///
    /// # Errors
    /// 400 `invalidValue` with reason `required_missing` that names every missing path.
    pub fn check_required(&self, attributes: &Map) -> Result<(), Error> {
        let missing = self.missing(attributes);
        if missing.is_empty() {
            return Ok(());
        }
        let verb = if missing.len() == 1 { "attribute is" } else { "attributes are" };
        Err(Error::invalid_value("required_missing", format!("required {verb} missing: {}", missing.join(", "))))
    }
}

fn has_content(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(has_content),
        Value::Object(parts) => parts.values().any(has_content),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
