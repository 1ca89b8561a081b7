//! Where in `data` the id of another resource can stand, and so a reference to another operation.
//!
//! An attribute holds ids if it has a `$ref` beside its `value` (RFC 7643 §2.4): members of groups, the manager, and
//! whatever a tenant's own schema declares that way. Text anywhere else is text, also when it begins with `bulkId:`.

use serde_json::Value;

use super::Action;
use crate::path::find;
use crate::resource::Map;
use crate::schema::{Attribute, Definition, Scope};

/// What is done with each text in the place of an id.
type Visit<'v> = &'v mut dyn FnMut(&mut String);

/// Shows every text that stands in the place of an id, and may change it.
pub(super) fn of_data(data: &mut Value, action: &Action, definition: &Definition, visit: Visit<'_>) {
    let Value::Object(data) = data else { return };
    match action {
        Action::Create | Action::Replace(_) => of_resource(data, definition, visit),
        Action::Patch(_) => {
            for (key, value) in data {
                if let (true, Value::Array(operations)) = (key.eq_ignore_ascii_case("Operations"), value) {
                    for operation in operations {
                        of_operation(operation, definition, visit);
                    }
                }
            }
        }
        Action::Delete(_) => {}
    }
}

/// A resource, or the value of a PATCH operation without path: its keys are names, dotted, with a URN, or whole paths.
fn of_resource(resource: &mut Map, definition: &Definition, visit: Visit<'_>) {
    for (key, value) in resource {
        if let Some((Scope::Extension(schema), "")) = definition.split_urn(key) {
            of_extension(&schema.id, value, definition, visit);
        } else {
            at_path(key, value, definition, visit);
        }
    }
}

fn of_extension(urn: &str, value: &mut Value, definition: &Definition, visit: Visit<'_>) {
    let Value::Object(parts) = value else { return };
    for (key, value) in parts {
        at_path(&format!("{urn}:{key}"), value, definition, visit);
    }
}

fn of_operation(operation: &mut Value, definition: &Definition, visit: Visit<'_>) {
    let Value::Object(operation) = operation else { return };
    let is_path = |key: &str, value: &Value| {
        key.eq_ignore_ascii_case("path") && value.as_str().is_some_and(|path| !path.trim().is_empty())
    };
    let mut path = None;
    for (key, value) in operation.iter_mut() {
        if let (true, Value::String(text)) = (is_path(key, value), value) {
            in_brackets(text, definition, visit);
            path = Some(text.clone());
        }
    }
    let Some((_, value)) = operation.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case("value")) else { return };
    match (path.as_deref().map(str::trim), value) {
        (None, Value::Object(parts)) => of_resource(parts, definition, visit),
        (Some(path), value) => match definition.split_urn(path) {
            Some((Scope::Extension(schema), "")) => of_extension(&schema.id, value, definition, visit),
            Some(_) | None => at_path(path, value, definition, visit),
        },
        (None, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {}
    }
}

/// The attribute that a path names and the sub-attribute after it, if the attribute holds ids.
fn id_holder<'d, 'p>(path: &'p str, definition: &'d Definition) -> Option<(&'d Attribute, Option<&'p str>)> {
    let (before, after) = path.split_once('[').unwrap_or((path, ""));
    let (located, sub) = find(before.trim_end(), definition).ok()?;
    let sub = sub.or_else(|| after.rsplit_once("].").map(|(_, sub)| sub));
    let attribute = located.attribute;
    (attribute.sub("$ref").is_some() && !attribute.read_only()).then_some((attribute, sub))
}

/// The value at a path: an id, an object with an id in its `value`, or a list of them.
fn at_path(path: &str, value: &mut Value, definition: &Definition, visit: Visit<'_>) {
    match id_holder(path, definition) {
        Some((_, None)) => {}
        Some((_, Some(sub))) if sub.eq_ignore_ascii_case("value") => {}
        Some(_) | None => return,
    }
    match value {
        Value::Array(items) => {
            for item in items {
                of_element(item, visit);
            }
        }
        single => of_element(single, visit),
    }
}

fn of_element(element: &mut Value, visit: Visit<'_>) {
    match element {
        Value::String(text) => visit(text),
        Value::Object(parts) => {
            for (key, value) in parts {
                if let (true, Value::String(text)) = (key.eq_ignore_ascii_case("value"), value) {
                    visit(text);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
    }
}

/// The quoted texts between the brackets of a path: `members[value eq "bulkId:x"]`.
fn in_brackets(path: &mut String, definition: &Definition, visit: Visit<'_>) {
    let Some((before, mut rest)) = path.split_once('[').filter(|_| id_holder(path.trim(), definition).is_some()) else {
        return;
    };
    let mut out = format!("{before}[");
    while let Some(start) = rest.find('"') {
        let (plain, literal) = rest.split_at(start);
        let Some(end) = end_of_literal(literal) else { break };
        let (literal, after) = literal.split_at(end);
        out.push_str(plain);
        match serde_json::from_str::<String>(literal) {
            Ok(mut text) => {
                visit(&mut text);
                out.push_str(&Value::from(text).to_string());
            }
            // the path is refused for it later
            Err(_) => out.push_str(literal),
        }
        rest = after;
    }
    out.push_str(rest);
    *path = out;
}

/// The byte after the quotation mark that ends the literal at the start of the text.
fn end_of_literal(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map(|end| end + 2)
}
