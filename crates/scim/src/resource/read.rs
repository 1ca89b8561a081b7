//! Reads the body of a POST or PUT (RFC 7644 §3.3, §3.5.1).

use serde_json::Value;

use super::Map;
use crate::error::{Error, quoted};
use crate::limits::Limits;
use crate::schema::{Definition, Located, Schema, Scope};
use crate::value::{At, Reader, canonical_key, strings};

/// What a client sent, in canonical form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incoming {
    /// The attributes that count.
    pub attributes: Map,
    /// Names of attributes and schemas outside every schema of the definition, for counting; at most 100, each cut to 128
    /// characters.
    pub ignored: Vec<String>,
}

impl Definition {
    /// Reads the body of a POST or PUT into canonical form. Read-only attributes (`id`, `meta`, `groups`) and `password` are
    /// dropped (RFC 7644 §3.3, §3.5.1; hazard R-07: a stored password is a credential nobody proved).
    ///
    /// Whether required attributes are there is asked by [`check_required`](Self::check_required).
    ///
    /// # Errors
    /// 400 `invalidSyntax` when the body is no object or `schemas` no list of strings; 400 `invalidValue` naming the
    /// attribute when a value has the wrong type, is too long, blank, given twice, or holds characters that cannot be kept.
    pub fn read(&self, body: Value, limits: &Limits) -> Result<Incoming, Error> {
        let Value::Object(body) = body else {
            return Err(Error::invalid_syntax("body_not_object", "the body must be a JSON object"));
        };
        let mut target =
            Target { definition: self, reader: Reader::new(self, limits), out: Map::with_capacity(body.len()) };
        for (key, value) in body {
            target.member(key, value)?;
        }
        Ok(Incoming { attributes: target.out, ignored: target.reader.ignored })
    }
}

struct Target<'a> {
    definition: &'a Definition,
    reader: Reader<'a>,
    out: Map,
}

impl Target<'_> {
    fn member(&mut self, key: String, value: Value) -> Result<(), Error> {
        if key.eq_ignore_ascii_case("schemas") {
            return self.schemas(value);
        }
        let definition = self.definition;
        let found = match definition.split_urn(&key) {
            Some((Scope::Extension(schema), "")) => return self.extension(schema, value),
            Some((scope, name)) => definition.locate_within(scope, name),
            None => definition.locate(&key),
        };
        self.attribute(key, found, value)
    }

    /// `schemas` says nothing that the attributes do not say themselves, so unknown URNs are only counted.
    fn schemas(&mut self, value: Value) -> Result<(), Error> {
        if value.is_null() {
            return Ok(());
        }
        let urns = strings("schemas", value)?;
        if urns.is_empty() {
            return Err(Error::invalid_value("schemas_empty", "\"schemas\" must not be empty"));
        }
        for urn in urns {
            if !self.definition.schemas().any(|schema| schema.id.eq_ignore_ascii_case(&urn)) {
                self.reader.ignore(&urn);
            }
        }
        Ok(())
    }

    fn extension(&mut self, schema: &Schema, value: Value) -> Result<(), Error> {
        match value {
            Value::Null => Ok(()),
            Value::Object(parts) => parts.into_iter().try_for_each(|(key, value)| {
                let found = schema.attribute(&key).map(|attribute| Located { extension: Some(schema), attribute });
                let key = if found.is_some() { key } else { format!("{}:{key}", schema.id) };
                self.attribute(key, found, value)
            }),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Error::invalid_value("value_type", format!("\"{}\" must be an object", schema.id)))
            }
        }
    }

    /// One attribute; one that is in no schema is only counted.
    fn attribute(&mut self, key: String, found: Option<Located<'_>>, value: Value) -> Result<(), Error> {
        let Some(found) = found else {
            self.reader.ignore(&key);
            return Ok(());
        };
        if found.attribute.read_only() {
            return Ok(());
        }
        let Some(value) = self.reader.read(At::new(found), found.attribute, value)? else { return Ok(()) };
        if found.attribute.write_only() {
            return Ok(());
        }
        let place = match found.extension {
            None => &mut self.out,
            Some(schema) => match extension_mut(&mut self.out, &schema.id) {
                Some(place) => place,
                None => return Ok(()),
            },
        };
        match place.get(&found.attribute.name) {
            Some(known) if known != &value => Err(Error::invalid_value(
                "attribute_twice",
                format!("{} is given twice with different values", quoted(&found.attribute.name)),
            )),
            Some(_) => Ok(()),
            None => {
                place.insert(canonical_key(key, &found.attribute.name), value);
                Ok(())
            }
        }
    }
}

/// The object of an extension inside a canonical resource, made when it is missing; `None` only if the place holds
/// something that is no object, which canonical form excludes.
pub(crate) fn extension_mut<'m>(resource: &'m mut Map, urn: &str) -> Option<&'m mut Map> {
    if !resource.contains_key(urn) {
        resource.insert(urn.to_owned(), Value::Object(Map::new()));
    }
    resource.get_mut(urn).and_then(Value::as_object_mut)
}
