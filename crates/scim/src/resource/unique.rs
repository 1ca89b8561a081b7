//! Values that a declared schema lets stand once (RFC 7643 §7 `uniqueness`), in the form in which they are compared: two
//! are the same where a filter's `eq` would find both.

use serde_json::{Number, Value};
use usher_text::fold;

use super::Map;
use crate::schema::{Attribute, Definition, Schema};
use crate::value::instant;

/// One value of a unique attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueValue {
    /// The URN of the schema, as declared.
    pub urn: String,
    /// The attribute, as declared.
    pub attribute: String,
    /// The value, in a form that is the same text for all values that count as the same.
    pub value: String,
}

impl Definition {
    /// The values of the unique attributes of declared schemas that a canonical resource has; `None` if no schema declares
    /// such an attribute. An empty text is no value here: clients send one for what they do not know.
    #[must_use]
    pub fn unique_values(&self, attributes: &Map) -> Option<Vec<UniqueValue>> {
        self.declared()
            .iter()
            .any(Schema::has_unique)
            .then(|| self.declared().iter().flat_map(|schema| schema.unique_values(attributes)).collect())
    }
}

impl Schema {
    /// Whether it declares a unique attribute.
    #[must_use]
    pub fn has_unique(&self) -> bool {
        self.attributes.iter().any(Attribute::is_unique)
    }

    /// The values of its unique attributes that a canonical resource has.
    #[must_use]
    pub fn unique_values(&self, attributes: &Map) -> Vec<UniqueValue> {
        let Some(parts) = attributes.get(&self.id) else { return Vec::new() };
        let one = |attribute: &Attribute| {
            let value = comparable(attribute, parts.get(&attribute.name)?)?;
            Some(UniqueValue { urn: self.id.clone(), attribute: attribute.name.clone(), value })
        };
        self.attributes.iter().filter(|attribute| attribute.is_unique()).filter_map(one).collect()
    }
}

fn comparable(attribute: &Attribute, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) if attribute.kind == crate::schema::Kind::DateTime => Some(instant(text)?.to_rfc3339()),
        Value::String(text) if attribute.case_exact => Some(text.clone()),
        Value::String(text) => Some(fold(text)),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(numeral(number)),
        // no list and no complex value is unique
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `1` for 1 and for 1.0, `0` for 0.0 and for -0.0.
fn numeral(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => (float + 0.0).to_string(),
        Some(_) | None => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URN: &str = "urn:example:acme:2.0:User";

    fn values(attributes: &Value, parts: Value) -> Option<Vec<(String, String)>> {
        let schema = Schema::read(json!({ "id": URN, "attributes": attributes })).unwrap();
        let definition = Definition::user().extended(schema).unwrap();
        let resource = Map::from_iter([(URN.to_owned(), parts)]);
        let found = definition.unique_values(&resource)?;
        Some(found.into_iter().map(|one| (one.attribute, one.value)).collect())
    }

    #[test]
    fn only_unique_attributes_with_a_value_are_taken() {
        assert_eq!(values(&json!([{ "name": "badge", "type": "integer" }]), json!({ "badge": 7 })), None);
        let declared = json!([
            { "name": "badge", "type": "integer", "uniqueness": "server" },
            { "name": "login", "uniqueness": "global" },
            { "name": "room" },
        ]);
        let taken = |badge: &str, login: &str| {
            Some(vec![("badge".to_owned(), badge.to_owned()), ("login".to_owned(), login.to_owned())])
        };
        assert_eq!(values(&declared, json!({ "badge": 7, "login": "ADA", "room": "A1" })), taken("7", "ada"));
        assert_eq!(values(&declared, json!({ "room": "A1" })), Some(Vec::new()));
        assert_eq!(values(&declared, json!({ "login": "" })), Some(Vec::new()));
        assert_eq!(values(&declared, json!(null)), Some(Vec::new()));
    }

    #[test]
    fn values_that_a_filter_finds_equal_are_the_same() {
        let same = |attribute: Value, one: Value, other: Value| {
            let mut attribute = attribute;
            attribute["name"] = "a".into();
            attribute["uniqueness"] = "server".into();
            let of = |value: Value| values(&json!([attribute]), json!({ "a": value })).unwrap();
            assert_eq!(of(one.clone()).len(), 1);
            of(one) == of(other)
        };
        let string = || json!({ "type": "string" });
        let exact = || json!({ "type": "string", "caseExact": true });
        assert!(same(string(), json!("STRASSE"), json!("straße")));
        assert!(!same(string(), json!("ada"), json!("ada ")));
        assert!(!same(exact(), json!("Ada"), json!("ada")));
        assert!(!same(json!({ "type": "reference" }), json!("https://a/X"), json!("https://a/x")));
        let time = || json!({ "type": "dateTime" });
        assert!(same(time(), json!("2026-01-02T03:04:05Z"), json!("2026-01-02T04:04:05.000+01:00")));
        assert!(!same(time(), json!("2026-01-02T03:04:05Z"), json!("2026-01-02T03:04:06Z")));
        let decimal = || json!({ "type": "decimal" });
        assert!(same(decimal(), json!(1), json!(1.0)));
        assert!(same(decimal(), json!(0.0), json!(-0.0)));
        assert!(!same(decimal(), json!(1), json!(1.5)));
        let integer = || json!({ "type": "integer" });
        assert!(!same(integer(), json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64)));
        assert!(!same(json!({ "type": "boolean" }), json!(true), json!(false)));
    }
}
