//! Members of a group: set apart from the rest of a request, because they are rows and changed one by one.

use std::collections::HashSet;

use serde_json::Value;

use super::{Op, Operation, Patch};
use crate::error::Error;
use crate::filter::{CompareOp, Filter, Literal};
use crate::limits::Limits;
use crate::path::AttrPath;
use crate::resource::Map;

/// One change of a group's members. Ids are as sent, each once.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberOperation {
    /// These are members from now on; whoever is one already stays.
    Add(Vec<String>),
    /// These are no longer members; whoever is none is no error.
    Remove(Vec<String>),
    /// Nobody is a member.
    RemoveAll,
    /// Members fitting the filter are out; see [`Filter::matches_element`].
    RemoveMatching(Filter),
    /// These are the members and nobody else.
    Replace(Vec<String>),
}

impl Patch {
    /// Sets the operations on `members` apart, in their order. `remove` with a value list takes out those (Entra); with an
    /// empty list nobody; with neither list nor filter everybody (RFC 7644 §3.5.2.2).
    ///
    /// # Errors
    /// 400 `invalidValue` for a member without id or one that is a group (reason `nested_group`); 400 `mutability` for an
    /// operation on parts of a member, which never change (RFC 7643 §8.7.1).
    pub fn split_members(self) -> Result<(Self, Vec<MemberOperation>), Error> {
        let (members, operations): (Vec<_>, Vec<_>) =
            self.operations.into_iter().partition(|operation| operation.path.attr.is("members"));
        let members = members.into_iter().filter_map(|operation| member_operation(operation).transpose());
        Ok((Self { operations, ignored: self.ignored, id: self.id }, members.collect::<Result<_, _>>()?))
    }
}

fn member_operation(operation: Operation) -> Result<Option<MemberOperation>, Error> {
    let Operation { op, path, value } = operation;
    if path.sub.is_some() || (path.filter.is_some() && op != Op::Remove) {
        return Err(Error::mutability("member_immutable", "a member cannot be changed, only added or removed"));
    }
    let made = match (op, path.filter, value) {
        (Op::Remove, Some(filter), _) => match ids_of(&filter) {
            Some(ids) => MemberOperation::Remove(ids),
            None => MemberOperation::RemoveMatching(filter),
        },
        (Op::Remove, None, None) => MemberOperation::RemoveAll,
        (Op::Remove, None, Some(value)) => MemberOperation::Remove(ids(value, false)?),
        (Op::Add, _, value) => MemberOperation::Add(ids(value.unwrap_or_default(), true)?),
        (Op::Replace, _, value) => MemberOperation::Replace(ids(value.unwrap_or_default(), true)?),
    };
    Ok(match made {
        MemberOperation::Add(ids) | MemberOperation::Remove(ids) if ids.is_empty() => None,
        made => Some(made),
    })
}

/// The ids that a filter names one by one: `value eq "…"`, or several of them joined by `or`.
fn ids_of(filter: &Filter) -> Option<Vec<String>> {
    let parts = match filter {
        Filter::Or(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    let id = |part: &Filter| match part {
        Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(id) } if is_value(path) => Some(id.clone()),
        Filter::And(_)
        | Filter::Or(_)
        | Filter::Not(_)
        | Filter::Compare { .. }
        | Filter::Present(_)
        | Filter::Element { .. } => None,
    };
    parts.iter().map(id).collect()
}

fn is_value(path: &AttrPath) -> bool {
    path.is("value")
}

/// Takes `members` out of a canonical Group, each id once; `None` when there is none.
///
/// # Errors
/// 400 `invalidValue` for a member without id or one that is a group; 400 `tooMany` above `patch_members`.
pub fn member_values(attributes: &mut Map, limits: &Limits) -> Result<Option<Vec<String>>, Error> {
    let Some(value) = attributes.shift_remove("members") else { return Ok(None) };
    if value.as_array().is_some_and(|items| items.len() > limits.patch_members) {
        let detail = format!("a request may name {} members", limits.patch_members);
        return Err(Error::too_many("too_many_members", detail));
    }
    ids(value, true).map(Some)
}

/// The ids of canonical member values, each once; groups are refused where they would become members.
fn ids(value: Value, joining: bool) -> Result<Vec<String>, Error> {
    let items = match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        single => vec![single],
    };
    let mut seen = HashSet::with_capacity(items.len());
    let mut out = Vec::with_capacity(items.len());
    for mut item in items {
        if joining && is_group(&item) {
            return Err(Error::invalid_value("nested_group", "nested groups are not supported"));
        }
        let id = match item.get_mut("value").map(Value::take) {
            Some(Value::String(id)) if !id.is_empty() => id,
            _ => {
                return Err(Error::invalid_value(
                    "member_without_id",
                    "every member needs a \"value\", the id of a user",
                ));
            }
        };
        if seen.insert(id.clone()) {
            out.push(id);
        }
    }
    Ok(out)
}

/// Whether a member says that it is a group, by its type or by where its reference points.
fn is_group(member: &Value) -> bool {
    let text = |name: &str| member.get(name).and_then(Value::as_str);
    let by_reference = |reference: &str| {
        let mut parts = reference.trim_end_matches('/').rsplit('/');
        parts.next().is_some_and(|id| !id.is_empty())
            && parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("Groups"))
    };
    text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("Group")) || text("$ref").is_some_and(by_reference)
}
