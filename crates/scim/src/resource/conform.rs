//! What is stored under a tenant's own schema, as the present declaration sees it. A schema may have been deleted and
//! declared anew with other types while values of the old form were stored.

use serde_json::Value;

use super::Map;
use crate::limits::Limits;
use crate::schema::{Definition, Located, Schema};
use crate::value::{At, Reader};

impl Definition {
    /// Brings stored attributes into the canonical form of the declared schemas: what does not fit its type is left out, and
    /// names and URNs get the spelling of today. Costs nothing where no schema is declared.
    pub fn conform(&self, attributes: &mut Map) {
        for schema in self.declared() {
            respell(attributes, schema);
            let Some(value) = attributes.get_mut(&schema.id) else { continue };
            let kept = match value.take() {
                Value::Object(parts) => fitting(self, schema, parts),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
            };
            if kept.is_empty() {
                attributes.shift_remove(&schema.id);
            } else {
                *value = Value::Object(kept);
            }
        }
    }
}

/// Moves what stands under the URN in another case under the URN as it is declared now.
fn respell(attributes: &mut Map, schema: &Schema) {
    if attributes.contains_key(&schema.id) {
        return;
    }
    let known = attributes.keys().find(|key| key.eq_ignore_ascii_case(&schema.id)).cloned();
    if let Some(value) = known.and_then(|key| attributes.shift_remove(&key)) {
        attributes.insert(schema.id.clone(), value);
    }
}

fn fitting(definition: &Definition, schema: &Schema, parts: Map) -> Map {
    // what was within the limits of its time stays readable
    let limits = Limits { elements: usize::MAX, ..Limits::default() };
    let mut reader = Reader::new(definition, &limits);
    let mut out = Map::with_capacity(parts.len());
    for (key, value) in parts {
        let Some(attribute) = schema.attribute(&key).filter(|attribute| !attribute.write_only()) else { continue };
        let located = Located { extension: Some(schema), attribute };
        if let Ok(Some(value)) = reader.read(At::new(located), attribute, value) {
            out.insert(attribute.name.clone(), value);
        }
    }
    out
}
