//! What one operation of a PATCH body means: its path resolved, its value in canonical form, split into single attributes.

use serde_json::Value;

use super::{Op, Operation, Patch};
use crate::dialect;
use crate::error::{Error, quoted};
use crate::limits::Limits;
use crate::path::PatchPath;
use crate::resource::Map;
use crate::schema::{Attribute, Definition, Kind, Located, Mutability, ResourceKind, Schema, Scope};
use crate::value::{At, Reader};

/// Comparisons in the filters of all paths together, and values of lists together, for each operation that is allowed.
/// Clients send one or two.
const COMPARISONS_EACH: usize = 2;

/// Collects operations while a body is read.
pub(super) struct Operations<'a> {
    definition: &'a Definition,
    limits: &'a Limits,
    reader: Reader<'a>,
    out: Vec<Operation>,
    members: usize,
    values: usize,
    comparisons: usize,
    id: Option<String>,
}

impl<'a> Operations<'a> {
    pub fn new(definition: &'a Definition, limits: &'a Limits) -> Self {
        Self {
            definition,
            limits,
            reader: Reader::new(definition, limits),
            out: Vec::new(),
            members: 0,
            values: 0,
            comparisons: 0,
            id: None,
        }
    }

    pub fn finish(self) -> Patch {
        Patch { operations: self.out, ignored: self.reader.ignored, id: self.id }
    }

    /// An operation with a path.
    pub fn at_path(&mut self, op: Op, path: &str, value: Option<Value>) -> Result<(), Error> {
        let text = path.trim();
        if self.is_ignored(text) {
            self.reader.ignore(text);
            return Ok(());
        }
        if op != Op::Remove && value.is_none() {
            return Err(Error::invalid_value(
                "value_missing",
                format!("an operation \"{}\" needs a value", op.as_str()),
            ));
        }
        match self.definition.split_urn(text) {
            Some((Scope::Extension(schema), "")) => return self.whole_extension(op, schema, value),
            None if text.len() <= self.limits.path_bytes && dialect::is_of_an_undeclared_schema(text) => {
                self.reader.ignore(text);
                return Ok(());
            }
            Some(_) | None => {}
        }
        let path = PatchPath::parse(text, self.definition, self.limits)?;
        if path.attr.is("schemas") {
            // computed from what the resource holds; asking for more or fewer of them changes nothing
            return Ok(());
        }
        if path.is_read_only() {
            return Err(Error::mutability("read_only", format!("{} is read-only", quoted(text))));
        }
        self.push(op, path, value)
    }

    /// An operation without path: its value names the attributes (Okta, Entra with `aadOptscim062020`).
    pub fn without_path(&mut self, op: Op, value: Option<Value>) -> Result<(), Error> {
        match (op, value) {
            (Op::Remove, _) => Err(Error::no_target("remove_without_path", "a remove needs a path")),
            (Op::Add | Op::Replace, Some(Value::Object(parts))) => {
                parts.into_iter().try_for_each(|(key, value)| self.member(op, &key, value))
            }
            (Op::Add | Op::Replace, None) => {
                Err(Error::invalid_value("value_missing", format!("an operation \"{}\" needs a value", op.as_str())))
            }
            (Op::Add | Op::Replace, Some(_)) => {
                Err(Error::invalid_value("value_type", "without a path, the value must be an object of attributes"))
            }
        }
    }

    /// One member of a value without path. Its key may be dotted, a URN, or a whole path; what names nothing is counted,
    /// what only the server writes (Okta repeats `id`) is passed over.
    fn member(&mut self, op: Op, key: &str, value: Value) -> Result<(), Error> {
        if let Some((Scope::Extension(schema), "")) = self.definition.split_urn(key) {
            return self.whole_extension(op, schema, Some(value));
        }
        if self.is_ignored(key) {
            self.reader.ignore(key);
            return Ok(());
        }
        match PatchPath::parse(key, self.definition, self.limits) {
            Ok(path) if path.attr.is("id") => self.repeated_id(&value),
            Ok(path) if path.is_read_only() => Ok(()),
            Ok(path) => self.push(op, path, Some(value)),
            Err(_) => {
                self.reader.ignore(key);
                Ok(())
            }
        }
    }

    /// The `id` of the resource may be repeated; a PATCH that names two means somebody else with one of them.
    fn repeated_id(&mut self, value: &Value) -> Result<(), Error> {
        match (value, &self.id) {
            (Value::Null, _) => Ok(()),
            (Value::String(new), Some(known)) if new == known => Ok(()),
            (Value::String(new), None) => {
                self.id = Some(new.clone());
                Ok(())
            }
            (Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_), _) => {
                Err(super::foreign_id())
            }
        }
    }

    /// Whether the path is about an attribute that is ignored whatever follows (`roles[primary eq "True"].value`).
    fn is_ignored(&self, text: &str) -> bool {
        let name = match self.definition.split_urn(text) {
            Some((Scope::Core, rest)) => rest,
            Some((Scope::Extension(_), _)) => return false,
            None => text,
        };
        let end = name.find(['.', '[', ' ']).unwrap_or(name.len());
        name.get(..end).is_some_and(|name| self.definition.ignores(name))
    }

    /// An operation on an extension as a whole: on each of its attributes.
    fn whole_extension(&mut self, op: Op, schema: &'a Schema, value: Option<Value>) -> Result<(), Error> {
        match (op, value) {
            (Op::Remove, _) | (Op::Replace, Some(Value::Null)) => {
                schema.attributes.iter().try_for_each(|attribute| match self.path(schema, attribute)? {
                    path if path.is_read_only() => Ok(()),
                    path => self.push(Op::Remove, path, None),
                })
            }
            (Op::Add, Some(Value::Null)) => Ok(()),
            (Op::Add | Op::Replace, Some(Value::Object(parts))) => parts.into_iter().try_for_each(|(key, value)| {
                let name = key.split_once('.').map_or(key.as_str(), |(name, _)| name);
                if schema.attribute(name).is_some() {
                    self.member(op, &format!("{}:{key}", schema.id), value)
                } else {
                    self.reader.ignore(&format!("{}:{key}", schema.id));
                    Ok(())
                }
            }),
            (Op::Add | Op::Replace, Some(_) | None) => {
                Err(Error::invalid_value("value_type", format!("\"{}\" must be an object", schema.id)))
            }
        }
    }

    fn path(&self, schema: &Schema, attribute: &Attribute) -> Result<PatchPath, Error> {
        PatchPath::parse(&format!("{}:{}", schema.id, attribute.name), self.definition, self.limits)
    }

    fn push(&mut self, op: Op, path: PatchPath, value: Option<Value>) -> Result<(), Error> {
        let definition = self.definition;
        self.count_comparisons(&path)?;
        let Some(located) = path.attr.locate(definition) else {
            return Err(Error::invalid_path(
                "unknown_path",
                format!("there is no attribute {}", quoted(&path.to_string())),
            ));
        };
        match op {
            Op::Remove => self.push_remove(path, located, value),
            Op::Add | Op::Replace => {
                let single = located.attribute.kind == Kind::Complex && !located.attribute.multi_valued;
                match value.unwrap_or(Value::Null) {
                    Value::Object(parts) if single && path.sub.is_none() => self.push_parts(op, &path, located, parts),
                    value => self.push_set(op, path, located, value),
                }
            }
        }
    }

    /// Each comparison looks at each element, so a thousand long filters would be millions of them.
    fn count_comparisons(&mut self, path: &PatchPath) -> Result<(), Error> {
        self.comparisons += path.filter.as_ref().map_or(0, |filter| filter.paths().len());
        let most = self.limits.patch_operations.saturating_mul(COMPARISONS_EACH);
        if self.comparisons > most {
            let detail = format!("the filters of a PATCH may have {most} comparisons together");
            return Err(Error::too_many("too_many_comparisons", detail));
        }
        Ok(())
    }

    fn push_remove(&mut self, path: PatchPath, located: Located<'_>, value: Option<Value>) -> Result<(), Error> {
        if is_never_kept(located.attribute, &path) {
            return Ok(());
        }
        let listed = path.sub.is_none() && path.filter.is_none() && located.attribute.multi_valued;
        let value = match value {
            Some(Value::Null) | None => None,
            Some(_) if !listed => None,
            // an empty list names nobody; only no list at all means everybody
            Some(value) => {
                Some(self.reader.read(At::new(located), located.attribute, value)?.unwrap_or(Value::Array(vec![])))
            }
        };
        self.emit(Op::Remove, path, value)
    }

    /// A single complex attribute is merged: one operation for each part, and the value before what belongs to it.
    fn push_parts(&mut self, op: Op, path: &PatchPath, located: Located<'_>, parts: Map) -> Result<(), Error> {
        let mut found = Vec::with_capacity(parts.len());
        for (key, value) in parts {
            match located.attribute.sub(&key) {
                Some(sub) if sub.read_only() => {}
                Some(sub) => found.push((sub, value)),
                None => self.reader.ignore(&format!("{}.{key}", path.attr)),
            }
        }
        found.sort_by_key(|(sub, _)| sub.name != "value");
        found.into_iter().try_for_each(|(sub, value)| self.push_set(op, path.to_sub(sub), located, value))
    }

    fn push_set(&mut self, op: Op, path: PatchPath, located: Located<'_>, value: Value) -> Result<(), Error> {
        let Located { attribute, .. } = located;
        let at = At::new(located);
        let value = match path.sub.as_deref().and_then(|name| attribute.sub(name)) {
            Some(sub) => {
                let value = self.reader.read(at.sub(&sub.name), sub, value)?;
                // a reference without its target points nowhere: `manager.value` set to "" unassigns the manager
                let unassigned = sub.name == "value" && !attribute.multi_valued;
                value.filter(|value| !(unassigned && value == ""))
            }
            None if path.filter.is_some() => {
                let element = match value {
                    Value::Array(mut items) if items.len() == 1 => items.pop().unwrap_or(Value::Null),
                    other => other,
                };
                self.reader.one(at, attribute, element)?
            }
            None => self.reader.read(at, attribute, value)?,
        };
        if is_never_kept(attribute, &path) {
            return Ok(());
        }
        let whole_list = attribute.multi_valued && path.sub.is_none() && path.filter.is_none();
        match value {
            Some(value) => self.emit(op, path, Some(value)),
            None if whole_list && op == Op::Add => Ok(()),
            None => self.emit(Op::Remove, path, None),
        }
    }

    fn emit(&mut self, op: Op, path: PatchPath, value: Option<Value>) -> Result<(), Error> {
        if self.definition.kind == ResourceKind::Group && path.attr.is("members") {
            self.members += value.as_ref().and_then(Value::as_array).map_or(1, Vec::len);
            if self.members > self.limits.patch_members {
                let detail = format!("a request may name {} members", self.limits.patch_members);
                return Err(Error::too_many("too_many_members", detail));
            }
        } else if let Some(Value::Array(values)) = &value {
            // each of them is compared with each element that is there
            self.values += values.len();
            let most = self.limits.patch_operations.saturating_mul(COMPARISONS_EACH);
            if self.values > most {
                let detail = format!("the lists of a PATCH may have {most} values together");
                return Err(Error::too_many("too_many_values", detail));
            }
        }
        self.out.push(Operation { op, path, value });
        Ok(())
    }
}

/// Whether the path names what a client may write and nobody keeps.
fn is_never_kept(attribute: &Attribute, path: &PatchPath) -> bool {
    attribute.write_only() || path.traits().mutability == Mutability::WriteOnly
}
