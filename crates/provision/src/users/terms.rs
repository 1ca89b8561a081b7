//! From a filter to what has an index.

use usher_core::{ConnectionId, GroupId, UserId, fold};
use usher_scim::filter::{CompareOp, Literal};
use usher_scim::{AttrPath, Filter};
use usher_storage::UserTerm;

use crate::lists::changed;

/// A search term that finds at least what the filter matches, and whether it finds exactly that.
pub(super) fn term(filter: &Filter, connection: ConnectionId) -> (UserTerm, bool) {
    match filter {
        Filter::And(parts) => {
            let (terms, exact): (Vec<UserTerm>, Vec<bool>) = parts.iter().map(|part| term(part, connection)).unzip();
            (all_of(terms), exact.into_iter().all(|exact| exact))
        }
        Filter::Compare { path, op, value } => compare(path, *op, value, connection).unwrap_or((UserTerm::All, false)),
        Filter::Element { attr, filter, sub } => element(attr, filter, sub.as_ref()).unwrap_or((UserTerm::All, false)),
        Filter::Or(_) | Filter::Not(_) | Filter::Present(_) => (UserTerm::All, false),
    }
}

/// One list of terms, without those that say nothing, and with one window of time at most.
fn all_of(terms: Vec<UserTerm>) -> UserTerm {
    let mut out: Vec<UserTerm> = Vec::with_capacity(terms.len());
    let flat = terms.into_iter().flat_map(|term| match term {
        UserTerm::And(inner) => inner,
        single => vec![single],
    });
    for term in flat.filter(|term| *term != UserTerm::All) {
        let window = out.iter_mut().find_map(|known| match (known, &term) {
            (UserTerm::Changed(window), UserTerm::Changed(other)) => Some((window, *other)),
            _ => None,
        });
        match window {
            Some((window, other)) => *window = window.and(other),
            None => out.push(term),
        }
    }
    UserTerm::And(out)
}

fn compare(path: &AttrPath, op: CompareOp, value: &Literal, connection: ConnectionId) -> Option<(UserTerm, bool)> {
    if path.schema.is_some() {
        return None;
    }
    if let Some(window) = changed(path, op, value) {
        return Some((UserTerm::Changed(window), true));
    }
    let place = (path.attribute.as_str(), path.sub.as_deref());
    match (place, op, value) {
        (("id", None), CompareOp::Eq, Literal::String(text)) => {
            Some((UserId::parse(text).map_or(UserTerm::Nobody, UserTerm::Id), true))
        }
        (("userName", None), CompareOp::Eq, Literal::String(text)) => Some((UserTerm::UserName(fold(text)), true)),
        (("externalId", None), CompareOp::Eq, Literal::String(text)) => {
            Some((UserTerm::ExternalId(connection, text.clone()), true))
        }
        (("displayName", None), CompareOp::Eq, Literal::String(text)) => {
            Some((UserTerm::DisplayName(fold(text)), true))
        }
        (("displayName", None), CompareOp::Sw, Literal::String(text)) => {
            Some((UserTerm::DisplayNamePrefix(fold(text)), true))
        }
        (("active", None), CompareOp::Eq, Literal::Bool(active)) => Some((UserTerm::Active(*active), true)),
        (("active", None), CompareOp::Ne, Literal::Bool(active)) => Some((UserTerm::Active(!*active), true)),
        // Not exact: the address that usher mails to may come from the userName.
        (("emails", Some("value")), CompareOp::Eq, Literal::String(text)) => Some((UserTerm::Email(fold(text)), false)),
        (("groups", Some("value")), CompareOp::Eq, Literal::String(text)) => Some((group(text), true)),
        _ => None,
    }
}

fn group(text: &str) -> UserTerm {
    GroupId::parse(text).map_or(UserTerm::Nobody, UserTerm::Group)
}

/// `emails[… and value eq "x"]`, Entra's `emails[…].value eq "x"`, and `groups[value eq "x"]`.
fn element(attr: &AttrPath, filter: &Filter, sub: Option<&(String, CompareOp, Literal)>) -> Option<(UserTerm, bool)> {
    if attr.is("groups") && sub.is_none() {
        return equal_value(filter).map(|text| (group(text), true));
    }
    if !attr.is("emails") {
        return None;
    }
    if let Some((name, CompareOp::Eq, Literal::String(text))) = sub
        && name == "value"
    {
        return Some((UserTerm::Email(fold(text)), false));
    }
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    parts.iter().find_map(equal_value).map(|text| (UserTerm::Email(fold(text)), false))
}

/// The text of `value eq "…"`.
fn equal_value(filter: &Filter) -> Option<&str> {
    match filter {
        Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(text) } if path.is("value") => Some(text),
        Filter::And(_)
        | Filter::Or(_)
        | Filter::Not(_)
        | Filter::Compare { .. }
        | Filter::Present(_)
        | Filter::Element { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use usher_core::{ConnectionId, OsEntropy};
    use usher_scim::{Definition, Filter, Limits};
    use usher_storage::{Changed, UserTerm};

    use super::term;

    #[test]
    fn what_has_an_index_becomes_a_term() {
        let connection = ConnectionId::mint(DateTime::UNIX_EPOCH, &OsEntropy);
        let second = Changed { since: DateTime::from_timestamp(1, 0), before: DateTime::from_timestamp(2, 0) };
        let email = || UserTerm::Email("ada@example.com".to_owned());
        for (text, expected) in [
            ("userName eq \"ADA\"", (UserTerm::UserName("ada".to_owned()), true)),
            ("externalId eq \"X\"", (UserTerm::ExternalId(connection, "X".to_owned()), true)),
            ("id eq \"no-id\"", (UserTerm::Nobody, true)),
            ("active eq \"True\"", (UserTerm::Active(true), true)),
            ("active ne true", (UserTerm::Active(false), true)),
            ("displayName sw \"ADA\"", (UserTerm::DisplayNamePrefix("ada".to_owned()), true)),
            ("groups[value eq \"no-id\"]", (UserTerm::Nobody, true)),
            (
                "meta.lastModified ge \"1970-01-01T00:00:01Z\" and (active eq true and meta.lastModified lt \"1970-01-01T00:00:02Z\")",
                (UserTerm::And(vec![UserTerm::Changed(second), UserTerm::Active(true)]), true),
            ),
            ("emails.value eq \"Ada@Example.com\"", (email(), false)),
            ("emails[type eq \"work\"].value eq \"Ada@Example.com\"", (email(), false)),
            ("emails[type eq \"work\" and value eq \"Ada@Example.com\"]", (email(), false)),
            ("userName eq \"a\" and title pr", (UserTerm::And(vec![UserTerm::UserName("a".to_owned())]), false)),
            ("userName eq \"a\" or title pr", (UserTerm::All, false)),
            ("not (userName eq \"a\")", (UserTerm::All, false)),
            ("userName co \"a\"", (UserTerm::All, false)),
            ("manager eq \"x\"", (UserTerm::All, false)),
        ] {
            let filter = Filter::parse(text, &Definition::user(), &Limits::default()).unwrap();
            assert_eq!(term(&filter, connection), expected, "{text}");
        }
    }
}
