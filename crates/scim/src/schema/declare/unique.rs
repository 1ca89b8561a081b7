//! What a declaration may call unique.

use super::Schema;
use crate::error::{Error, quoted};
use crate::schema::{Attribute, Kind, Uniqueness};

impl Schema {
    /// Whether every attribute that is declared unique is one whose uniqueness can be kept: a single simple value that is
    /// stored.
    ///
    /// # Errors
    /// 400 `invalidValue` with reason `schema_uniqueness` that names the attribute and says what to do.
    pub fn check_uniqueness(&self) -> Result<(), Error> {
        for attribute in &self.attributes {
            if attribute.is_unique() {
                check(attribute)?;
            }
            if let Some(sub) = attribute.sub_attributes.iter().find(|sub| sub.is_unique()) {
                let path = format!("{}.{}", attribute.name, sub.name);
                return Err(refused(&path, "is a sub-attribute"));
            }
        }
        Ok(())
    }

    /// Whether the same values are unique under another declaration of this schema.
    #[must_use]
    pub fn has_uniqueness_of(&self, other: &Self) -> bool {
        let rules = |schema: &Self| {
            let unique = schema.attributes.iter().filter(|attribute| attribute.is_unique());
            let mut rules: Vec<_> =
                unique.map(|one| (one.name.to_ascii_lowercase(), one.kind.as_str(), one.case_exact)).collect();
            rules.sort_unstable();
            rules
        };
        rules(self) == rules(other)
    }
}

impl Attribute {
    /// Whether a value may stand once only. `server` and `global` mean the same: a client sees one tenant and nothing else.
    pub(crate) fn is_unique(&self) -> bool {
        self.uniqueness != Uniqueness::None
    }
}

fn check(attribute: &Attribute) -> Result<(), Error> {
    let why = if attribute.multi_valued {
        "is a list"
    } else if attribute.kind == Kind::Complex {
        "is complex"
    } else if attribute.write_only() {
        "is writeOnly, so its values are not kept"
    } else {
        return Ok(());
    };
    Err(refused(&attribute.name, why))
}

fn refused(path: &str, why: &str) -> Error {
    let detail = format!(
        "attribute {} {why}: only an attribute of the schema itself with one simple value can be unique; leave \"uniqueness\" out there, or say none",
        quoted(path)
    );
    Error::invalid_value("schema_uniqueness", detail)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn schema(attributes: &Value) -> Schema {
        Schema::read(json!({ "id": "urn:example:acme:2.0:User", "attributes": attributes })).unwrap()
    }

    #[test]
    fn single_simple_attributes_can_be_unique_and_others_are_named() {
        let simple = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference"];
        for (index, kind) in simple.into_iter().enumerate() {
            let word = if index % 2 == 0 { "server" } else { "global" };
            schema(&json!([{ "name": "a", "type": kind, "uniqueness": word }])).check_uniqueness().unwrap();
        }
        let sub = json!([{ "name": "plate", "uniqueness": "server" }]);
        for (attribute, path) in [
            (json!({ "name": "tags", "multiValued": true, "uniqueness": "server" }), "\"tags\" is a list"),
            (json!({ "name": "pin", "mutability": "writeOnly", "uniqueness": "global" }), "\"pin\" is writeOnly"),
            (json!({ "name": "car", "type": "complex", "subAttributes": sub }), "\"car.plate\" is a sub-attribute"),
            (
                json!({ "name": "car", "type": "complex", "uniqueness": "server", "subAttributes": [{ "name": "plate" }] }),
                "\"car\" is complex",
            ),
        ] {
            let error = schema(&json!([attribute])).check_uniqueness().unwrap_err();
            assert_eq!((error.status, error.reason), (400, "schema_uniqueness"));
            assert!(error.detail.contains(path), "{}", error.detail);
        }
    }

    #[test]
    fn a_declaration_keeps_the_uniqueness_of_another_if_the_same_values_collide() {
        let base = schema(&json!([{ "name": "badge", "uniqueness": "server" }, { "name": "room" }]));
        let same =
            schema(&json!([{ "name": "room", "description": "x" }, { "name": "Badge", "uniqueness": "global" }]));
        assert!(base.has_uniqueness_of(&same));
        for other in [
            json!([{ "name": "badge" }]),
            json!([{ "name": "badge", "uniqueness": "server", "caseExact": true }]),
            json!([{ "name": "badge", "uniqueness": "server" }, { "name": "room", "uniqueness": "server" }]),
        ] {
            assert!(!base.has_uniqueness_of(&schema(&other)));
        }
    }
}
