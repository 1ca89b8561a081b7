//! From a filter to what has an index.

use usher_core::{ConnectionId, GroupId, UserId, fold};
use usher_scim::filter::{CompareOp, Literal};
use usher_scim::{AttrPath, Filter};
use usher_storage::GroupTerm;

use crate::lists::changed;

/// A search term that finds at least what the filter matches, and whether it finds exactly that.
pub(super) fn term(filter: &Filter, connection: ConnectionId) -> (GroupTerm, bool) {
    match filter {
        Filter::And(parts) => {
            let (terms, exact): (Vec<GroupTerm>, Vec<bool>) = parts.iter().map(|part| term(part, connection)).unzip();
            (all_of(terms), exact.into_iter().all(|exact| exact))
        }
        Filter::Compare { path, op, value } => compare(path, *op, value, connection).unwrap_or((GroupTerm::All, false)),
        Filter::Element { attr, filter, sub: None } if attr.is("members") => match &**filter {
            Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(text) } if path.is("value") => {
                (member(text), true)
            }
            Filter::And(_)
            | Filter::Or(_)
            | Filter::Not(_)
            | Filter::Compare { .. }
            | Filter::Present(_)
            | Filter::Element { .. } => (GroupTerm::All, false),
        },
        Filter::Element { .. } | Filter::Or(_) | Filter::Not(_) | Filter::Present(_) => (GroupTerm::All, false),
    }
}

/// One list of terms, without those that say nothing, and with one window of time at most.
fn all_of(terms: Vec<GroupTerm>) -> GroupTerm {
    let mut out: Vec<GroupTerm> = Vec::with_capacity(terms.len());
    let flat = terms.into_iter().flat_map(|term| match term {
        GroupTerm::And(inner) => inner,
        single => vec![single],
    });
    for term in flat.filter(|term| *term != GroupTerm::All) {
        let window = out.iter_mut().find_map(|known| match (known, &term) {
            (GroupTerm::Changed(window), GroupTerm::Changed(other)) => Some((window, *other)),
            _ => None,
        });
        match window {
            Some((window, other)) => *window = window.and(other),
            None => out.push(term),
        }
    }
    GroupTerm::And(out)
}

fn member(text: &str) -> GroupTerm {
    UserId::parse(text).map_or(GroupTerm::Nothing, GroupTerm::Member)
}

fn compare(path: &AttrPath, op: CompareOp, value: &Literal, connection: ConnectionId) -> Option<(GroupTerm, bool)> {
    if path.schema.is_some() {
        return None;
    }
    if let Some(window) = changed(path, op, value) {
        return Some((GroupTerm::Changed(window), true));
    }
    let place = (path.attribute.as_str(), path.sub.as_deref());
    match (place, op, value) {
        (("id", None), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupId::parse(text).map_or(GroupTerm::Nothing, GroupTerm::Id), true))
        }
        (("displayName", None), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupTerm::DisplayName(fold(text)), true))
        }
        (("displayName", None), CompareOp::Sw, Literal::String(text)) => {
            Some((GroupTerm::DisplayNamePrefix(fold(text)), true))
        }
        (("externalId", None), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupTerm::ExternalId(connection, text.clone()), true))
        }
        (("members", Some("value")), CompareOp::Eq, Literal::String(text)) => Some((member(text), true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use usher_core::{ConnectionId, OsEntropy, UserId};
    use usher_scim::{Definition, Filter, Limits};
    use usher_storage::GroupTerm;

    use super::term;

    #[test]
    fn what_has_an_index_becomes_a_term() {
        let connection = ConnectionId::mint(DateTime::UNIX_EPOCH, &OsEntropy);
        let user = UserId::mint(DateTime::UNIX_EPOCH, &OsEntropy);
        for (text, expected) in [
            ("displayName eq \"TEAM\"", (GroupTerm::DisplayName("team".to_owned()), true)),
            ("displayName sw \"T\"", (GroupTerm::DisplayNamePrefix("t".to_owned()), true)),
            ("externalId eq \"X\"", (GroupTerm::ExternalId(connection, "X".to_owned()), true)),
            ("id eq \"no-id\"", (GroupTerm::Nothing, true)),
            (&format!("members eq \"{user}\""), (GroupTerm::Member(user), true)),
            (&format!("members[value eq \"{user}\"]"), (GroupTerm::Member(user), true)),
            (
                "(displayName sw \"t\" and displayName co \"x\") and externalId pr",
                (GroupTerm::And(vec![GroupTerm::DisplayNamePrefix("t".to_owned())]), false),
            ),
            ("not (displayName eq \"team\")", (GroupTerm::All, false)),
        ] {
            let filter = Filter::parse(text, &Definition::group(), &Limits::default()).unwrap();
            assert_eq!(term(&filter, connection), expected, "{text}");
        }
    }
}
