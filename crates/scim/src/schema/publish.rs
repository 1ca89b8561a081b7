//! The JSON form of a schema (RFC 7643 §7). Entra reads it and stumbles over nulls, so there are none.

use serde_json::{Value, json};

use super::{Attribute, Kind, Schema};

/// URN of the schema of schemas (RFC 7643 §7).
pub(crate) const SCHEMA_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

impl Schema {
    /// The schema as `/Schemas` shows it, without `meta`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "schemas": [SCHEMA_URN],
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "attributes": self.attributes.iter().map(Attribute::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Attribute {
    fn to_json(&self) -> Value {
        let mut out = json!({
            "name": self.name,
            "type": self.kind.as_str(),
            "multiValued": self.multi_valued,
            "description": self.description,
            "required": self.required,
        });
        match self.kind {
            Kind::String | Kind::Binary | Kind::Reference => out["caseExact"] = self.case_exact.into(),
            Kind::Boolean | Kind::Decimal | Kind::Integer | Kind::DateTime | Kind::Complex => {}
        }
        if !self.canonical_values.is_empty() {
            out["canonicalValues"] = self.canonical_values.iter().map(AsRef::as_ref).collect::<Vec<&str>>().into();
        }
        out["mutability"] = self.mutability.as_str().into();
        out["returned"] = self.returned.as_str().into();
        out["uniqueness"] = self.uniqueness.as_str().into();
        if !self.reference_types.is_empty() {
            out["referenceTypes"] = self.reference_types.clone().into();
        }
        if !self.sub_attributes.is_empty() {
            out["subAttributes"] = self.sub_attributes.iter().map(Self::to_json).collect::<Vec<_>>().into();
        }
        out
    }
}
