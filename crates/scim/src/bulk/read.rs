//! The envelope of a bulk request.

use std::collections::HashMap;

use serde_json::Value;

use super::members::{items, members};
use super::{BULK_REQUEST_URN, Bulk, Operation, operation, order};
use crate::error::{Error, quoted};
use crate::json;
use crate::limits::Limits;
use crate::schema::Definition;
use crate::value::strings;

impl<'a> Bulk<'a> {
    /// Reads a bulk request. `user` and `group` say in which attributes an id can stand. Names of members and methods are
    /// taken in any case.
    ///
    /// What is wrong with one operation is told in its place: malformed, a `bulkId` that is there twice, a reference to one
    /// that is not there (400 `invalidValue`), or a circle of references (409, RFC 7644 §3.7.1).
    ///
    /// # Errors
    /// 413 for a body longer than `bulk_bytes` or more operations than `bulk_operations` (RFC 7644 §3.7.4); 400
    /// `invalidSyntax` for what is no bulk request; 400 `invalidValue` for a `failOnErrors` that is no whole number from 1.
    pub fn read(bytes: &'a [u8], user: &Definition, group: &Definition, limits: &Limits) -> Result<Self, Error> {
        if bytes.len() > limits.bulk_bytes {
            return Err(Error::too_large(limits.bulk_bytes));
        }
        let names = ["schemas", "failOnErrors", "Operations"];
        let [schemas, fail_on_errors, operations] = members(bytes, "the body of a bulk request", names)?;
        check_schemas(schemas, limits)?;
        let fail_on_errors = fail_on_errors.map_or(Ok(None), |text| errors(text, limits))?;
        let texts = operations.map_or(Ok(Vec::new()), |text| list(text, limits))?;
        if texts.is_empty() {
            return Err(Error::invalid_syntax("no_operations", "\"Operations\" must be a list of operations"));
        }
        let mut operations: Vec<Operation<'a>> = Vec::with_capacity(texts.len());
        let mut references = Vec::with_capacity(texts.len());
        for text in texts {
            let (operation, names) = operation::read(text, user, group, limits);
            operations.push(operation);
            references.push(names);
        }
        let places = places(&mut operations);
        for (operation, names) in operations.iter_mut().zip(&references) {
            resolve(operation, names, &places);
        }
        let order = order::arrange(&mut operations);
        Ok(Self { operations, order, fail_on_errors })
    }
}

fn check_schemas(text: Option<&str>, limits: &Limits) -> Result<(), Error> {
    let named = text.map_or(Ok(Vec::new()), |text| strings("schemas", json::parse(text.as_bytes(), limits)?))?;
    if named.iter().any(|urn| urn.eq_ignore_ascii_case(BULK_REQUEST_URN)) {
        return Ok(());
    }
    Err(Error::invalid_syntax("schemas", format!("\"schemas\" of a bulk request must name {BULK_REQUEST_URN}")))
}

fn errors(text: &str, limits: &Limits) -> Result<Option<usize>, Error> {
    let value = json::parse(text.as_bytes(), limits)?;
    let number = value.as_u64().filter(|number| *number > 0).and_then(|number| usize::try_from(number).ok());
    if value.is_null() || number.is_some() {
        return Ok(number);
    }
    let detail = "\"failOnErrors\" must be a whole number from 1; leave it out to have every operation tried";
    Err(Error::invalid_value("fail_on_errors", detail))
}

fn list<'a>(text: &'a str, limits: &Limits) -> Result<Vec<&'a str>, Error> {
    let (texts, count) = items(text, limits.bulk_operations)?.unwrap_or_default();
    if count > texts.len() {
        let detail = format!(
            "a bulk request may have {} operations (maxOperations), this one has {count}",
            limits.bulk_operations
        );
        return Err(Error::new(413, None, "too_many_operations", detail));
    }
    Ok(texts)
}

/// Where each `bulkId` is. Those that are there twice refuse all who have them: nobody knows whom a reference means.
fn places(operations: &mut [Operation<'_>]) -> HashMap<String, usize> {
    let mut places = HashMap::new();
    for index in 0..operations.len() {
        let Some(name) = operations.get(index).and_then(|operation| operation.bulk_id.clone()) else { continue };
        let detail = format!("the bulkId {} is there more than once in the request", quoted(&name));
        let Some(first) = places.insert(name, index) else { continue };
        for twice in [first, index] {
            if let Some(operation) = operations.get_mut(twice)
                && operation.wanted.is_ok()
            {
                operation.wanted = Err(Error::invalid_value("bulk_id_twice", detail.as_str()));
            }
        }
    }
    places
}

/// Turns the names that an operation refers to into places.
fn resolve(operation: &mut Operation<'_>, names: &[String], places: &HashMap<String, usize>) {
    let Ok(wanted) = &mut operation.wanted else { return };
    let mut needs = Vec::with_capacity(names.len());
    for name in names {
        let Some(place) = places.get(name) else {
            let detail = format!("no operation of the request has the bulkId {}", quoted(name));
            operation.wanted = Err(Error::invalid_value("bulk_id_unknown", detail));
            return;
        };
        needs.push(*place);
    }
    needs.sort_unstable();
    needs.dedup();
    wanted.needs = needs;
}

/// A text member; null is as good as absent.
pub(super) fn text(name: &str, raw: Option<&str>, limits: &Limits) -> Result<Option<String>, Error> {
    match raw.map_or(Ok(Value::Null), |raw| json::parse(raw.as_bytes(), limits))? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(Error::invalid_value("value_type", format!("{} of an operation must be text", quoted(name))))
        }
    }
}
