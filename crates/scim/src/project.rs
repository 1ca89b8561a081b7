//! Which attributes an answer shows (RFC 7644 §3.9): `attributes` and `excludedAttributes`.

use serde_json::Value;

use crate::error::Error;
use crate::patch::Patch;
use crate::path::find;
use crate::resource::Map;
use crate::schema::{Attribute, Definition, Returned, Scope};

/// What a request asks to see. The default is everything that is returned by default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Projection {
    mode: Mode,
    chosen: Vec<Choice>,
    /// What the request has set.
    written: Vec<Choice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    Everything,
    Only,
    Except,
}

/// One name of the list, in the schema's spelling.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    schema: Option<String>,
    /// `None` means the schema as a whole.
    attribute: Option<String>,
    sub: Option<String>,
}

impl Projection {
    /// Reads the two query parameters, each a list separated by commas. Names that no schema has are passed over.
    ///
    /// # Errors
    /// 400 `invalidValue` when both are given (RFC 7644 §3.9: they exclude each other).
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>, definition: &Definition) -> Result<Self, Error> {
        let split = |list: &str| list.split(',').map(str::to_owned).collect();
        Self::from_lists(attributes.map(split), excluded.map(split), definition)
    }

    /// The same from lists, as in the body of a `/.search`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn from_lists(
        attributes: Option<Vec<String>>,
        excluded: Option<Vec<String>>,
        definition: &Definition,
    ) -> Result<Self, Error> {
        let cleaned = |list: Option<Vec<String>>| {
            let list = list.unwrap_or_default();
            list.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect::<Vec<_>>()
        };
        let (attributes, excluded) = (cleaned(attributes), cleaned(excluded));
        let (mode, names) = match (attributes.is_empty(), excluded.is_empty()) {
            (true, true) => return Ok(Self::default()),
            (false, true) => (Mode::Only, attributes),
            (true, false) => (Mode::Except, excluded),
            (false, false) => {
                let detail = "\"attributes\" and \"excludedAttributes\" cannot be used together";
                return Err(Error::invalid_value("attributes_and_excluded", detail));
            }
        };
        Ok(Self {
            written: Vec::new(),
            mode,
            chosen: names.iter().filter_map(|name| Choice::of(name, definition)).collect(),
        })
    }

    /// The same for the answer to a POST or PUT of these attributes: what is returned on `request` is there if the client has
    /// set it (RFC 7643 §7).
    #[must_use]
    pub fn after_write(mut self, attributes: &Map, definition: &Definition) -> Self {
        for schema in definition.declared() {
            let parts = attributes.get(&schema.id).and_then(Value::as_object).into_iter().flat_map(Map::keys);
            self.written.extend(parts.map(|name| Choice {
                schema: Some(schema.id.clone()),
                attribute: Some(name.clone()),
                sub: None,
            }));
        }
        self
    }

    /// The same for the answer to a PATCH.
    #[must_use]
    pub fn after_patch(mut self, patch: &Patch, definition: &Definition) -> Self {
        if definition.declared().is_empty() {
            return self;
        }
        let paths = patch.operations.iter().map(|operation| &operation.path);
        self.written.extend(paths.filter(|path| path.attr.schema.is_some()).map(|path| Choice {
            schema: path.attr.schema.clone(),
            attribute: Some(path.attr.attribute.clone()),
            sub: path.sub.clone(),
        }));
        self
    }

    /// Whether the request has set this attribute, or this sub-attribute of it.
    fn has_set(&self, urn: Option<&str>, attribute: &str, sub: Option<&str>) -> bool {
        self.written.iter().any(|choice| {
            choice.schema.as_deref() == urn
                && choice.names(attribute)
                && (sub.is_none() || choice.sub.is_none() || choice.sub.as_deref() == sub)
        })
    }

    /// Whether the client named what it wants to see; a PATCH answers with the resource then (RFC 7644 §3.5.2).
    #[must_use]
    pub fn explicit(&self) -> bool {
        self.mode == Mode::Only
    }

    /// Whether any part of a core attribute, given in the schema's spelling, can be in the answer: what is not wanted need
    /// not be loaded.
    #[must_use]
    pub fn wants(&self, attribute: &str) -> bool {
        let named = |choice: &&Choice| choice.schema.is_none() && choice.names(attribute);
        match self.mode {
            Mode::Everything => true,
            Mode::Only => self.chosen.iter().any(|choice| named(&choice)),
            Mode::Except => !self.chosen.iter().any(|choice| named(&choice) && choice.sub.is_none()),
        }
    }

    /// The part of a full resource that the answer shows. `returned: always` stays, `never` goes, `request` needs to be named.
    #[must_use]
    pub fn apply(&self, resource: Map, definition: &Definition) -> Map {
        let mut out = Map::with_capacity(resource.len());
        for (key, value) in resource {
            let shown = match definition.extensions.iter().find(|schema| schema.id == key) {
                Some(schema) => self.extension(value, &schema.id, &schema.attributes),
                None => match definition.locate(&key) {
                    Some(located) => self.attribute(None, located.attribute, value),
                    None => Some(value).filter(|_| self.mode != Mode::Only),
                },
            };
            if let Some(value) = shown {
                out.insert(key, value);
            }
        }
        out
    }

    fn extension(&self, value: Value, urn: &str, attributes: &[Attribute]) -> Option<Value> {
        let Value::Object(parts) = value else { return None };
        let shown = parts.into_iter().filter_map(|(name, value)| {
            let attribute = attributes.iter().find(|attribute| attribute.name == name)?;
            self.attribute(Some(urn), attribute, value).map(|value| (name, value))
        });
        let shown: Map = shown.collect();
        if shown.is_empty() { None } else { Some(Value::Object(shown)) }
    }

    fn attribute(&self, urn: Option<&str>, attribute: &Attribute, value: Value) -> Option<Value> {
        match attribute.returned {
            Returned::Always => return self.whole_value(urn, attribute, value),
            Returned::Never => return None,
            Returned::Default | Returned::Request => {}
        }
        let about = |choice: &&Choice| choice.schema.as_deref() == urn && choice.names(&attribute.name);
        let mut choices = self.chosen.iter().filter(about).peekable();
        let named = choices.peek().is_some();
        let whole = self.chosen.iter().any(|choice| about(&choice) && choice.sub.is_none());
        match self.mode {
            Mode::Everything | Mode::Except if whole => None,
            Mode::Everything | Mode::Except
                if attribute.returned == Returned::Request && !self.has_set(urn, &attribute.name, None) =>
            {
                None
            }
            Mode::Only if !named => None,
            Mode::Only if whole => self.whole_value(urn, attribute, value),
            Mode::Everything | Mode::Except if !named => self.whole_value(urn, attribute, value),
            Mode::Everything | Mode::Only | Mode::Except => {
                let named: Vec<_> = choices.filter_map(|choice| choice.sub.as_deref()).collect();
                let only = self.mode == Mode::Only;
                parts(value, &|name| match attribute.sub(name).map(|sub| sub.returned) {
                    Some(Returned::Always) => true,
                    Some(Returned::Never) => false,
                    Some(Returned::Request) if only => named.contains(&name),
                    Some(Returned::Request) => !named.contains(&name) && self.has_set(urn, &attribute.name, Some(name)),
                    Some(Returned::Default) | None => named.contains(&name) == only,
                })
            }
        }
    }

    /// The value with every part that is shown by default; usually all, and then a list of many members is not even looked at.
    fn whole_value(&self, urn: Option<&str>, attribute: &Attribute, value: Value) -> Option<Value> {
        let by_default = |sub: &Attribute| match sub.returned {
            Returned::Always | Returned::Default => true,
            Returned::Never => false,
            Returned::Request => self.mode != Mode::Only && self.has_set(urn, &attribute.name, Some(&sub.name)),
        };
        if attribute.sub_attributes.iter().all(by_default) {
            return Some(value);
        }
        parts(value, &|name| attribute.sub(name).is_none_or(by_default))
    }
}

/// The value with those parts of its objects that are shown; nothing when none is left.
fn parts(value: Value, shown: &dyn Fn(&str) -> bool) -> Option<Value> {
    match value {
        // an empty list is an answer too: a group without members
        Value::Array(items) if items.is_empty() => Some(Value::Array(items)),
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(|item| parts(item, shown)).collect();
            if items.is_empty() { None } else { Some(Value::Array(items)) }
        }
        Value::Object(mut members) => {
            members.retain(|name, _| shown(name));
            if members.is_empty() { None } else { Some(Value::Object(members)) }
        }
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Some(scalar),
    }
}

impl Choice {
    fn of(name: &str, definition: &Definition) -> Option<Self> {
        match definition.split_urn(name) {
            Some((Scope::Extension(schema), "")) => {
                return Some(Self { schema: Some(schema.id.clone()), attribute: None, sub: None });
            }
            Some((Scope::Core, "")) => return Some(Self { schema: None, attribute: None, sub: None }),
            Some(_) | None => {}
        }
        let (located, sub) = find(name, definition).ok()?;
        // an unknown part of a known attribute names nothing
        let sub = match sub {
            None => None,
            Some(sub) => Some(located.attribute.sub(sub)?.name.clone()),
        };
        let schema = located.extension.map(|schema| schema.id.clone());
        Some(Self { schema, attribute: Some(located.attribute.name.clone()), sub })
    }

    fn names(&self, attribute: &str) -> bool {
        self.attribute.as_deref().is_none_or(|name| name == attribute)
    }
}

#[cfg(test)]
mod tests;
