//! Writes a resource as an answer (RFC 7643 §3): everything, in the schema's order; projection comes after.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::Map;
use crate::schema::{Definition, ResourceKind};

/// What the server knows about a resource (RFC 7643 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it last changed.
    pub last_modified: DateTime<Utc>,
    /// Weak entity tag in the form `W/"…"` (RFC 7644 §3.14).
    pub version: String,
    /// Absolute address.
    pub location: String,
}

impl Definition {
    /// The full resource of a canonical one. `groups` is what `User.groups` shows; `None` or empty leaves it out. A Group
    /// always has `members`, `[]` when it has none (authentik compares the list and needs it).
    #[must_use]
    pub fn render(&self, id: &str, attributes: &Map, groups: Option<Vec<Value>>, meta: &Meta) -> Map {
        let mut out = Map::with_capacity(attributes.len() + 5);
        out.insert("schemas".to_owned(), self.schemas_of(attributes));
        out.insert("id".to_owned(), id.into());
        copy(attributes, "externalId", &mut out);
        for attribute in &self.core.attributes {
            copy(attributes, &attribute.name, &mut out);
        }
        match self.kind {
            ResourceKind::Group => {
                out.entry("members").or_insert_with(|| Value::Array(Vec::new()));
            }
            ResourceKind::User => {
                if let Some(groups) = groups.filter(|groups| !groups.is_empty()) {
                    out.insert("groups".to_owned(), Value::Array(groups));
                }
            }
        }
        for schema in &self.extensions {
            copy(attributes, &schema.id, &mut out);
        }
        out.insert("meta".to_owned(), self.meta(meta));
        out
    }

    fn schemas_of(&self, attributes: &Map) -> Value {
        let extensions = self.extensions.iter().filter(|schema| attributes.get(&schema.id).is_some_and(is_assigned));
        std::iter::once(&self.core).chain(extensions).map(|schema| Value::String(schema.id.clone())).collect()
    }

    fn meta(&self, meta: &Meta) -> Value {
        let mut out = Map::with_capacity(5);
        out.insert("resourceType".to_owned(), self.kind.as_str().into());
        out.insert("created".to_owned(), timestamp(meta.created).into());
        out.insert("lastModified".to_owned(), timestamp(meta.last_modified).into());
        out.insert("location".to_owned(), meta.location.as_str().into());
        out.insert("version".to_owned(), meta.version.as_str().into());
        Value::Object(out)
    }
}

fn copy(from: &Map, name: &str, to: &mut Map) {
    if let Some((key, value)) = from.get_key_value(name).filter(|(_, value)| is_assigned(value)) {
        to.insert(key.clone(), value.clone());
    }
}

fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(parts) => !parts.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// A time as answers show it: RFC 3339 with milliseconds and `Z`.
#[must_use]
pub fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
