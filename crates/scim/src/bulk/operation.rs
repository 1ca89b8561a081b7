//! One operation of a bulk request: what it is about, and whether it can be one at all.

use super::members::members;
use super::read::text;
use super::{Action, Method, Operation, PREFIX, Target, Wanted, references};
use crate::error::{Error, quoted};
use crate::json;
use crate::limits::Limits;
use crate::schema::{Definition, ResourceKind};

/// Length of a `bulkId` in bytes.
const BULK_ID_BYTES: usize = 255;

/// The members of an operation, as they stand in the request.
const MEMBERS: [&str; 5] = ["method", "bulkId", "path", "version", "data"];

/// Reads an operation, and the names of those that it refers to.
pub(super) fn read<'a>(
    raw: &'a str,
    user: &Definition,
    group: &Definition,
    limits: &Limits,
) -> (Operation<'a>, Vec<String>) {
    let (mut method, mut bulk_id, mut names) = (None, None, Vec::new());
    let wanted = members(raw.as_bytes(), "an operation", MEMBERS).and_then(|[word, id, path, version, data]| {
        bulk_id = name(id, limits)?;
        let verb = verb(text("method", word, limits)?.as_deref())?;
        method = Some(verb);
        let (kind, target) = place(&required("path", text("path", path, limits)?)?)?;
        let action = action(verb, target)?;
        if verb == Method::Post && bulk_id.is_none() {
            return Err(Error::invalid_value("bulk_id", "a POST in a bulk request needs a \"bulkId\""));
        }
        let version = text("version", version, limits)?.filter(|version| !version.trim().is_empty());
        let data = match &action {
            Action::Create | Action::Replace(_) | Action::Patch(_) => {
                required("data", data.filter(|data| *data != "null"))?
            }
            Action::Delete(_) => "",
        };
        let definition = match kind {
            ResourceKind::User => user,
            ResourceKind::Group => group,
        };
        let refers = find(data, &action, definition, limits, &mut names);
        if let Some(Target::BulkId(name)) = action.target() {
            names.push(name.clone());
        }
        Ok(Wanted { kind, action, version, needs: Vec::new(), data, refers })
    });
    (Operation { method, bulk_id, wanted }, names)
}

/// Reads a `bulkId`.
fn name(raw: Option<&str>, limits: &Limits) -> Result<Option<String>, Error> {
    let name = text("bulkId", raw, limits)?;
    if name.as_ref().is_some_and(|name| name.is_empty() || name.len() > BULK_ID_BYTES) {
        return Err(Error::invalid_value("bulk_id", format!("a bulkId must have 1 to {BULK_ID_BYTES} bytes")));
    }
    Ok(name)
}

/// Collects the names in `data`. Data that cannot be parsed has none: whoever carries it out says what is wrong with it.
fn find(data: &str, action: &Action, definition: &Definition, limits: &Limits, names: &mut Vec<String>) -> bool {
    // Most data names nobody and need not be built for it; only an escape could hide a letter of the prefix.
    if !data.contains(PREFIX) && !data.contains("\\u") {
        return false;
    }
    let Ok(mut data) = json::parse(data.as_bytes(), limits) else { return false };
    references::of_data(&mut data, action, definition, &mut |text| {
        names.extend(text.strip_prefix(PREFIX).map(str::to_owned));
    });
    !names.is_empty()
}

fn required<T>(name: &str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::invalid_value("value_missing", format!("an operation needs {}", quoted(name))))
}

fn verb(word: Option<&str>) -> Result<Method, Error> {
    let word = required("method", word)?;
    let all = [Method::Post, Method::Put, Method::Patch, Method::Delete];
    all.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(word)).ok_or_else(|| {
        let detail = format!("\"method\" of an operation must be POST, PUT, PATCH or DELETE, not {}", quoted(word));
        Error::new(405, None, "method", detail)
    })
}

/// Reads `/Users`, `/Groups/{id}` and the like; slashes at the ends do not matter.
fn place(path: &str) -> Result<(ResourceKind, Option<Target>), Error> {
    if path.contains(['?', '#']) {
        return Err(Error::invalid_value("bulk_path", "the path of an operation takes no parameters"));
    }
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let (first, id, more) = (segments.next().unwrap_or_default(), segments.next(), segments.next());
    let kind =
        [ResourceKind::User, ResourceKind::Group].into_iter().find(|kind| kind.endpoint().get(1..) == Some(first));
    match (kind, first) {
        (Some(kind), _) if more.is_none() => Ok((kind, id.map(target))),
        (None, "Bulk") => Err(Error::invalid_value("bulk_in_bulk", "a bulk request cannot hold another one")),
        (None, "Me") => {
            Err(Error::new(501, None, "not_implemented", "a provisioning token is no user, so there is no /Me"))
        }
        _ => {
            let detail = format!(
                "the path of an operation is /Users, /Users/{{id}}, /Groups or /Groups/{{id}}, not {}",
                quoted(path)
            );
            Err(Error::new(404, None, "not_found", detail))
        }
    }
}

fn target(segment: &str) -> Target {
    match segment.strip_prefix(PREFIX) {
        Some(name) => Target::BulkId(name.to_owned()),
        None => Target::Id(segment.to_owned()),
    }
}

fn action(method: Method, target: Option<Target>) -> Result<Action, Error> {
    match (method, target) {
        (Method::Post, None) => Ok(Action::Create),
        (Method::Put, Some(target)) => Ok(Action::Replace(target)),
        (Method::Patch, Some(target)) => Ok(Action::Patch(target)),
        (Method::Delete, Some(target)) => Ok(Action::Delete(target)),
        (Method::Post, Some(_)) => Err(Error::new(405, None, "method", "a POST takes a path without an id")),
        (Method::Put | Method::Patch | Method::Delete, None) => {
            Err(Error::new(405, None, "method", format!("a {} needs a path with an id", method.as_str())))
        }
    }
}
