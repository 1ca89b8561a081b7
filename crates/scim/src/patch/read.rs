//! Reads the body of a PATCH: the envelope. What an operation means is in `operations`.

use serde_json::Value;

use super::operations::Operations;
use super::{Op, PATCH_URN, Patch};
use crate::error::{Error, quoted};
use crate::limits::Limits;
use crate::resource::Map;
use crate::schema::Definition;
use crate::value::strings;

impl Patch {
    /// Reads a PATCH body. Names and verbs are taken in any case (Entra: `Add`); `schemas` may be absent.
    ///
    /// # Errors
    /// 400 `invalidSyntax`: not a PATCH body, no operations, an unknown verb; 400 `tooMany`: more operations than
    /// `patch_operations` or members than `patch_members`; 400 `noTarget`: a remove without path; 400 `invalidPath`: a path
    /// that names nothing; 400 `mutability`: a path that only the server writes; 400 `invalidValue`: a value that is missing
    /// or of the wrong type.
    pub fn read(body: Value, definition: &Definition, limits: &Limits) -> Result<Self, Error> {
        let Value::Object(body) = body else {
            return Err(Error::invalid_syntax("body_not_object", "the body of a PATCH must be a JSON object"));
        };
        let mut operations = None;
        for (key, value) in body {
            if key.eq_ignore_ascii_case("schemas") {
                check_schemas(value)?;
            } else if key.eq_ignore_ascii_case("operations") {
                operations = Some(value);
            }
        }
        let Some(Value::Array(list)) = operations else {
            return Err(Error::invalid_syntax("no_operations", "\"Operations\" must be a list of operations"));
        };
        if list.is_empty() {
            return Err(Error::invalid_syntax("no_operations", "\"Operations\" must not be empty"));
        }
        if list.len() > limits.patch_operations {
            let detail =
                format!("a PATCH may have {} operations, this one has {}", limits.patch_operations, list.len());
            return Err(Error::too_many("too_many_operations", detail));
        }
        let mut out = Operations::new(definition, limits);
        for (index, item) in list.into_iter().enumerate() {
            operation(item, &mut out).map_err(|error| located(&error, index))?;
        }
        Ok(out.finish())
    }
}

/// Says which operation it was, counted from 1.
fn located(error: &Error, index: usize) -> Error {
    Error::new(error.status, error.scim_type, error.reason, format!("operation {}: {error}", index + 1))
}

fn check_schemas(value: Value) -> Result<(), Error> {
    if value.is_null() || strings("schemas", value)?.iter().any(|urn| urn.eq_ignore_ascii_case(PATCH_URN)) {
        return Ok(());
    }
    Err(Error::invalid_syntax("schemas", format!("\"schemas\" of a PATCH must name {PATCH_URN}")))
}

fn operation(item: Value, out: &mut Operations<'_>) -> Result<(), Error> {
    let Value::Object(item) = item else {
        return Err(Error::invalid_syntax("operation_not_object", "an operation must be a JSON object"));
    };
    let (op, path, value) = members(item)?;
    let Some(op) = op else { return Err(Error::invalid_syntax("unknown_op", "\"op\" must be add, replace or remove")) };
    match path.filter(|path| !path.trim().is_empty()) {
        Some(path) => out.at_path(op, &path, value),
        None => out.without_path(op, value),
    }
}

type Parts = (Option<Op>, Option<String>, Option<Value>);

fn members(item: Map) -> Result<Parts, Error> {
    let (mut op, mut path, mut value) = (None, None, None);
    for (key, member) in item {
        if key.eq_ignore_ascii_case("op") {
            op = Some(verb(&member)?);
        } else if key.eq_ignore_ascii_case("path") {
            path = match member {
                Value::Null => None,
                Value::String(text) => Some(text),
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    return Err(Error::invalid_path("path_syntax", "\"path\" must be text"));
                }
            };
        } else if key.eq_ignore_ascii_case("value") {
            value = Some(member);
        }
    }
    Ok((op, path, value))
}

fn verb(member: &Value) -> Result<Op, Error> {
    let word = member.as_str().unwrap_or_default();
    let found = [Op::Add, Op::Replace, Op::Remove].into_iter().find(|op| op.as_str().eq_ignore_ascii_case(word));
    found.ok_or_else(|| {
        let detail = format!("\"op\" must be add, replace or remove, not {}", quoted(word));
        Error::invalid_syntax("unknown_op", detail)
    })
}
