//! What the data says that a client needs, checked on every answer of its replay and once on the whole.

use serde_json::{Value, json};
use usher_scim::dialect::{Need, Paging};

use super::client::{Call, Person, Speaks, find, get, put};
use super::idp::Idp;
use crate::harness::Answer;

/// Checks one answer of success.
pub fn of_an_answer(need: Need, call: &Call, base: &str, answer: &Answer) {
    let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
    let list = body.get("totalResults").is_some();
    let group = body["meta"]["resourceType"] == "Group";
    let at = |resources: &str| call.path.starts_with(resources);
    let what = format!("{need:?}: {} {}: {body}", call.method, call.path);
    match need {
        Need::EmptyListOnMiss => {
            assert!(!list || body["totalResults"] != 0 || body["Resources"] == json!([]), "{what}");
        }
        Need::NumbersInLists => {
            let numbers = ["totalResults", "startIndex", "itemsPerPage"].iter().all(|name| body[*name].is_u64());
            assert!(!list || numbers, "{what}");
        }
        Need::BodyOnCreate => assert!(call.method != "POST" || body["id"].is_string(), "{what}"),
        Need::NamesAndActiveOnCreate => {
            let there = body["userName"].is_string() && body["displayName"].is_string() && body["active"].is_boolean();
            assert!(call.method != "POST" || !at("/Users") || there, "{what}");
        }
        Need::BooleanActive => assert!(!at("/Users/") || body.get("active").is_none_or(Value::is_boolean), "{what}"),
        Need::ValuesAsSent => {
            for name in ["userName", "displayName", "externalId"] {
                let sent = call.body.get(name).filter(|_| call.method == "POST");
                assert!(sent.is_none_or(|sent| body[name] == *sent), "{what}");
            }
        }
        Need::NoBodyOnGroupPatch => assert!(call.method != "PATCH" || !at("/Groups") || answer.status == 204, "{what}"),
        Need::MembersArray => {
            let excluded = call.path.contains("excludedAttributes");
            assert!(!group || excluded || body["members"].is_array(), "{what}");
        }
        Need::ScimMediaType => {
            assert!(body.is_null() || answer.header("content-type") == "application/scim+json", "{what}");
        }
        Need::JsonMediaType => {
            assert!(body.is_null() || answer.header("content-type") == "application/json", "{what}");
        }
        Need::DoubleSlash => assert!(base.ends_with('/') && call.path.starts_with('/'), "{what}"),
        Need::StableOrder
        | Need::ConflictOnDuplicate
        | Need::InactiveStaysVisible
        | Need::StableId
        | Need::GroupWithoutMembers
        | Need::ManyMembersInOnePatch
        | Need::PutOfFetchedBody
        | Need::DeleteWorks
        | Need::Configuration
        | Need::BulkLimitForPatch
        | Need::Discovery
        | Need::JsonBody
        | Need::UnknownAttributeFindsNobody => {}
    }
}

/// Checks what takes requests of its own, with a user there. The rest is part of every cycle: conflicts, ids that stay,
/// those who left and are still visible, deletes.
pub async fn of_the_server<C: Speaks>(idp: &Idp<'_, C>, person: &Person, id: &str) {
    for need in idp.dialect.needs {
        match need {
            Need::StableOrder => imports(idp).await,
            Need::GroupWithoutMembers => {
                let groups = get("/Groups?excludedAttributes=members");
                let groups = idp.send(groups).await.json();
                assert!(
                    groups["Resources"][0]["displayName"].is_string()
                        && groups["Resources"][0].get("members").is_none()
                );
            }
            Need::PutOfFetchedBody => {
                let path = format!("/Users/{id}");
                let fetched = idp.send(get(path.as_str())).await.json();
                assert_eq!(
                    idp.send(put(path, fetched.clone())).await.json(),
                    fetched,
                    "a PUT of what was read changes nothing"
                );
            }
            Need::Configuration | Need::BulkLimitForPatch => {
                let configuration = idp.send(get("/ServiceProviderConfig")).await.json();
                assert_eq!(configuration["patch"]["supported"], true);
                assert!(
                    configuration["bulk"]["maxOperations"].as_u64().is_some_and(|most| most > 0),
                    "{configuration}"
                );
            }
            Need::Discovery => {
                for path in ["/Schemas", "/ResourceTypes"] {
                    let found = idp.send(get(path)).await;
                    assert!(!found.text().contains("null") && found.json()["totalResults"] != 0, "{}", found.text());
                }
            }
            Need::JsonBody => assert_eq!(idp.client.media_type("POST"), "application/json"),
            Need::UnknownAttributeFindsNobody => {
                let answer = idp.attempt(&find("/Users", &format!("email Co \"{}\"", person.email))).await;
                let refused = answer.assert_scim_error(400, Some("invalidFilter"));
                assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains("emails.value")));
            }
            Need::EmptyListOnMiss
            | Need::NumbersInLists
            | Need::BodyOnCreate
            | Need::NamesAndActiveOnCreate
            | Need::ConflictOnDuplicate
            | Need::BooleanActive
            | Need::ValuesAsSent
            | Need::InactiveStaysVisible
            | Need::StableId
            | Need::NoBodyOnGroupPatch
            | Need::MembersArray
            | Need::ManyMembersInOnePatch
            | Need::DeleteWorks
            | Need::ScimMediaType
            | Need::JsonMediaType
            | Need::DoubleSlash => {}
        }
    }
}

/// Reads all users as the client pages, and in small pages where it says a count, and finds each once, in the same order.
async fn imports<C: Speaks>(idp: &Idp<'_, C>) {
    let counts: &[&str] = match idp.dialect.paging {
        Paging::Index { .. } | Paging::Configurable => &["&count=100", "&count=5"],
        Paging::IndexWithoutCount | Paging::LookUpsOnly | Paging::Unknown => &["", ""],
    };
    let mut rounds = Vec::new();
    for count in counts {
        rounds.push(everybody(idp, count).await);
    }
    let once: std::collections::BTreeSet<&String> = rounds[0].iter().collect();
    assert_eq!((&rounds[0], once.len()), (&rounds[1], rounds[0].len()));
}

async fn everybody<C: Speaks>(idp: &Idp<'_, C>, count: &str) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let page = idp.send(get(format!("/Users?startIndex={}{count}", seen.len() + 1))).await.json();
        let users = page["Resources"].as_array().expect("a list");
        assert!(!users.is_empty(), "an empty page before the end loops for ever");
        seen.extend(users.iter().map(|user| user["id"].to_string()));
        if seen.len() as u64 >= page["totalResults"].as_u64().expect("a number") {
            return seen;
        }
    }
}
