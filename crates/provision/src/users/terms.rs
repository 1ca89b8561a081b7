//! From a filter to what has an index.

use chrono::DateTime;
use usher_core::{ConnectionId, GroupId, UserId, fold};
use usher_scim::filter::{CompareOp, Literal};
use usher_scim::{AttrPath, Filter};
use usher_storage::UserTerm;

/// A search term that finds at least what the filter matches, and whether it finds exactly that.
pub(super) fn term(filter: &Filter, connection: ConnectionId) -> (UserTerm, bool) {
    match filter {
        Filter::And(parts) => {
            let (terms, exact): (Vec<UserTerm>, Vec<bool>) = parts.iter().map(|part| term(part, connection)).unzip();
            (UserTerm::And(terms), exact.into_iter().all(|exact| exact))
        }
        Filter::Compare { path, op, value } => compare(path, *op, value, connection).unwrap_or((UserTerm::All, false)),
        Filter::Element { attr, filter, sub } => (element(attr, filter, sub.as_ref()).unwrap_or(UserTerm::All), false),
        Filter::Or(_) | Filter::Not(_) | Filter::Present(_) => (UserTerm::All, false),
    }
}

fn compare(path: &AttrPath, op: CompareOp, value: &Literal, connection: ConnectionId) -> Option<(UserTerm, bool)> {
    if path.schema.is_some() {
        return None;
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
        (("active", None), CompareOp::Eq, Literal::Bool(active)) => Some((UserTerm::Active(*active), true)),
        (("emails", Some("value")), CompareOp::Eq, Literal::String(text)) => Some((UserTerm::Email(fold(text)), false)),
        (("groups", Some("value")), CompareOp::Eq, Literal::String(text)) => {
            Some((GroupId::parse(text).map_or(UserTerm::Nobody, UserTerm::Group), false))
        }
        (("meta", Some("lastModified")), CompareOp::Gt | CompareOp::Ge, Literal::String(text)) => {
            let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
            Some((UserTerm::ChangedSince(at), false))
        }
        _ => None,
    }
}

/// `emails[… and value eq "x"]` and Entra's `emails[…].value eq "x"`.
fn element(attr: &AttrPath, filter: &Filter, sub: Option<&(String, CompareOp, Literal)>) -> Option<UserTerm> {
    if attr.schema.is_some() || attr.attribute != "emails" {
        return None;
    }
    if let Some((name, CompareOp::Eq, Literal::String(text))) = sub
        && name == "value"
    {
        return Some(UserTerm::Email(fold(text)));
    }
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    parts.iter().find_map(|part| match part {
        Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(text) } if path.is("value") => {
            Some(UserTerm::Email(fold(text)))
        }
        Filter::And(_)
        | Filter::Or(_)
        | Filter::Not(_)
        | Filter::Compare { .. }
        | Filter::Present(_)
        | Filter::Element { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use usher_core::{ConnectionId, OsEntropy};
    use usher_scim::{Definition, Filter, Limits};
    use usher_storage::UserTerm;

    use super::term;

    #[test]
    fn what_has_an_index_becomes_a_term() {
        let connection = ConnectionId::mint(DateTime::UNIX_EPOCH, &OsEntropy);
        let email = || UserTerm::Email("ada@example.com".to_owned());
        for (text, expected) in [
            ("userName eq \"ADA\"", (UserTerm::UserName("ada".to_owned()), true)),
            ("externalId eq \"X\"", (UserTerm::ExternalId(connection, "X".to_owned()), true)),
            ("id eq \"no-id\"", (UserTerm::Nobody, true)),
            ("active eq \"True\"", (UserTerm::Active(true), true)),
            ("emails.value eq \"Ada@Example.com\"", (email(), false)),
            ("emails[type eq \"work\"].value eq \"Ada@Example.com\"", (email(), false)),
            ("emails[type eq \"work\" and value eq \"Ada@Example.com\"]", (email(), false)),
            (
                "userName eq \"a\" and title pr",
                (UserTerm::And(vec![UserTerm::UserName("a".to_owned()), UserTerm::All]), false),
            ),
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
