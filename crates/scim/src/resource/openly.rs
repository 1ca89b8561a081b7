//! What may stand in a log of a canonical resource: not what a declared schema never returns, and not what is stored under a
//! schema that is declared no longer, of which nobody knows any more what it was.

use std::borrow::Cow;

use serde_json::Value;

use super::Map;
use crate::schema::{Attribute, Definition, Returned};

impl Definition {
    /// The same resource without the values of declared attributes and sub-attributes that are `returned: never`, and
    /// without extensions that this definition does not have. Copies only what it has to change.
    #[must_use]
    pub fn openly<'m>(&self, attributes: &'m Map) -> Cow<'m, Map> {
        let secret = |key: &str| {
            let known = self.extensions.iter().find(|schema| schema.id == key);
            key.contains(':') && known.is_none_or(|schema| schema.attributes.iter().any(has_secrets))
        };
        if !attributes.keys().any(|key| secret(key)) {
            return Cow::Borrowed(attributes);
        }
        let mut out = attributes.clone();
        out.retain(|key, value| {
            if !secret(key) {
                return true;
            }
            let Some(schema) = self.extensions.iter().find(|schema| &schema.id == key) else { return false };
            let Value::Object(parts) = value else { return false };
            strip(&schema.attributes, parts);
            !parts.is_empty()
        });
        Cow::Owned(out)
    }
}

fn is_secret(attribute: &Attribute) -> bool {
    attribute.returned == Returned::Never
}

fn has_secrets(attribute: &Attribute) -> bool {
    is_secret(attribute) || attribute.sub_attributes.iter().any(is_secret)
}

/// Takes out the secrets among the attributes of an extension, and those one level below.
fn strip(attributes: &[Attribute], parts: &mut Map) {
    for attribute in attributes.iter().filter(|attribute| has_secrets(attribute)) {
        if is_secret(attribute) {
            parts.shift_remove(&attribute.name);
            continue;
        }
        let elements = match parts.get_mut(&attribute.name) {
            Some(Value::Array(elements)) => elements.as_mut_slice(),
            Some(single) => std::slice::from_mut(single),
            None => continue,
        };
        for element in elements.iter_mut().filter_map(Value::as_object_mut) {
            element.retain(|name, _| !attribute.sub(name).is_some_and(is_secret));
        }
    }
}
