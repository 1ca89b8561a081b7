//! Cursor paging (RFC 9865).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_core::ConnectionKind;
use usher_provision::Error;
use usher_scim::ScimType;
use usher_scim::list::Query;

use crate::tenant::{Tenant, column, id, op, person};
use crate::world::World;

on_both!(
    a_walk_shows_everybody_once_and_leads_back,
    whoever_is_there_all_the_time_is_shown_once_while_others_write,
    groups_and_both_types_are_walked_too,
    totals_are_those_of_the_beginning,
    s37_a_cursor_is_good_for_its_connection_and_query_only,
    a_cursor_expires,
);

const FORWARD: &str = "nextCursor";
const BACK: &str = "previousCursor";

fn query(filter: Option<&str>, sort_by: Option<&str>, descending: bool) -> Query {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Query { filter: owned(filter), sort_by: owned(sort_by), descending, count: Some(3), ..Query::default() }
}

fn at(query: &Query, cursor: &str) -> Query {
    Query { cursor: Some(cursor.to_owned()), ..query.clone() }
}

fn cursor(page: &Value, way: &str) -> Option<String> {
    page.get(way).map(|text| text.as_str().unwrap().to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum List {
    Users,
    Groups,
    All,
}

async fn page(tenant: &Tenant, list: List, query: &Query, cursor: &str) -> Value {
    let query = at(query, cursor);
    let scope = &tenant.scope;
    let page = match list {
        List::Users => scope.list_users(&query).await.unwrap(),
        List::Groups => scope.list_groups(&query).await.unwrap().body,
        List::All => scope.search_all(&query).await.unwrap().body,
    };
    assert!(page.get("startIndex").is_none(), "{page}");
    assert_eq!(page["itemsPerPage"], page["Resources"].as_array().unwrap().len());
    for way in [FORWARD, BACK] {
        let text = page.get(way).map_or("", |text| text.as_str().unwrap());
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        assert!(text.bytes().all(unreserved) && text.len() < 1000, "RFC 9865 §2: {text}");
    }
    page
}

/// All pages in a direction, and the last one.
async fn walk(tenant: &Tenant, list: List, query: &Query, way: &str, from: &str) -> (Vec<Vec<String>>, Value) {
    let (mut pages, mut next) = (Vec::new(), Some(from.to_owned()));
    let mut shown = Value::Null;
    while let Some(text) = next {
        shown = page(tenant, list, query, &text).await;
        pages.push(column(&shown, "id"));
        next = cursor(&shown, way);
        assert!(pages.len() < 100, "it ends");
    }
    (pages, shown)
}

async fn crowd(tenant: &Tenant, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        // Names fall while ids rise; titles repeat, and some have none.
        let mut body = person(&format!("User-{:02}", count - number), &format!("u{number}@acme.example"));
        body["title"] = [json!("Engineer"), json!("admiral"), Value::Null, json!("Bishop")][number % 4].clone();
        ids.push(id(&tenant.create(body).await.unwrap()));
    }
    ids
}

/// Found by the database, by evaluation, and by both; in orders with and without an index.
fn kinds_of_list() -> Vec<Query> {
    let mut all = Vec::new();
    for filter in [
        None,
        Some("active eq true"),
        Some("displayName sw \"user\""),
        Some("meta.lastModified ge \"2020-01-01T00:00:00Z\""),
        Some("userName co \"user\""),
        Some("displayName sw \"u\" and not (userName pr) or active eq true"),
    ] {
        for (sort_by, descending) in [
            (None, false),
            (Some("userName"), false),
            (Some("userName"), true),
            (Some("id"), true),
            (Some("title"), false),
            (Some("title"), true),
            (Some("meta.created"), false),
        ] {
            all.push(query(filter, sort_by, descending));
        }
    }
    all
}

async fn a_walk_shows_everybody_once_and_leads_back(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    crowd(&acme, 11).await;
    for query in kinds_of_list() {
        let whole = Query { count: None, ..query.clone() };
        let whole = column(&acme.scope.list_users(&whole).await.unwrap(), "id");
        assert_eq!(whole.len(), 11, "{query:?}");
        let (pages, last) = walk(&acme, List::Users, &query, FORWARD, "").await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3, 2], "{query:?}");
        assert_eq!(pages.concat(), whole, "the order of index paging: {query:?}");
        let first = page(&acme, List::Users, &query, "").await;
        assert_eq!(cursor(&first, BACK), None, "nothing comes before the first page");
        let (mut back, first) = walk(&acme, List::Users, &query, BACK, &cursor(&last, BACK).unwrap()).await;
        back.reverse();
        assert_eq!(back.concat(), whole[..9], "{query:?}");
        // And on from the page that was reached backwards.
        let second = page(&acme, List::Users, &query, &cursor(&first, FORWARD).unwrap()).await;
        assert_eq!(column(&second, "id"), whole[3..6], "{query:?}");
    }
    let none = query(Some("userName eq \"nobody\""), None, false);
    let none = page(&acme, List::Users, &none, "").await;
    assert_eq!(none, json!({ "schemas": none["schemas"], "totalResults": 0, "itemsPerPage": 0, "Resources": [] }));
}

/// Between two pages somebody comes, somebody goes, and somebody changes what the list is not ordered by.
async fn disturb(acme: &Tenant, round: usize, goes: &mut Vec<String>, stays: &[String]) {
    let name = ["aaa", "user-04x", "zzz"][round % 3];
    acme.user(&format!("{name}{round}"), &format!("new{round}@acme.example")).await;
    if let Some(user) = goes.pop() {
        acme.delete(&user).await.unwrap();
    }
    let changed = &stays[round * 5 % stays.len()];
    acme.patch(changed, vec![op("replace", "nickName", format!("round {round}"))]).await.unwrap();
}

async fn whoever_is_there_all_the_time_is_shown_once_while_others_write(world: Arc<World>) {
    for (number, query) in kinds_of_list().into_iter().enumerate() {
        let acme = world.tenant(&format!("acme-{number}")).await;
        let ids = crowd(&acme, 14).await;
        let (stays, goes): (Vec<_>, Vec<_>) = ids.into_iter().enumerate().partition(|(place, _)| place % 3 != 1);
        let stays: Vec<String> = stays.into_iter().map(|(_, id)| id).collect();
        let mut goes: Vec<String> = goes.into_iter().map(|(_, id)| id).collect();
        let (mut forward, mut next, mut round) = (BTreeMap::new(), Some(String::new()), 0);
        let mut last = Value::Null;
        while let Some(text) = next {
            last = page(&acme, List::Users, &query, &text).await;
            for id in column(&last, "id") {
                *forward.entry(id).or_insert(0) += 1;
            }
            disturb(&acme, round, &mut goes, &stays).await;
            (next, round) = (cursor(&last, FORWARD), round + 1);
        }
        for id in &stays {
            assert_eq!(forward.get(id), Some(&1), "{query:?}");
        }
        assert!(forward.values().all(|times| *times == 1), "nobody twice: {query:?}");
        let mut back: BTreeMap<String, u32> = column(&last, "id").into_iter().map(|id| (id, 1)).collect();
        let mut previous = cursor(&last, BACK);
        while let Some(text) = previous {
            disturb(&acme, round, &mut goes, &stays).await;
            let page = page(&acme, List::Users, &query, &text).await;
            for id in column(&page, "id") {
                *back.entry(id).or_insert(0) += 1;
            }
            (previous, round) = (cursor(&page, BACK), round + 1);
        }
        for id in &stays {
            assert_eq!(back.get(id), Some(&1), "backwards: {query:?}");
        }
    }
}

async fn groups_and_both_types_are_walked_too(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let users = crowd(&acme, 4).await;
    for name in ["Zebra", "apple", "Mango", "User-like"] {
        acme.group(name, &[&users[0]]).await;
    }
    for (list, filter, sort, expected) in [
        (List::Groups, None, None, 5),
        (List::Groups, None, Some("displayName"), 5),
        (List::Groups, Some("members pr"), Some("externalId"), 4),
        (List::All, None, None, 9),
        (List::All, None, Some("displayName"), 9),
        (List::All, Some("displayName sw \"user\""), None, 5),
        (List::All, Some("displayName co \"user\""), Some("meta.created"), 5),
        (List::All, Some("displayName eq \"zebra\""), None, 1),
        (List::All, Some("displayName eq \"user-01\""), None, 1),
        (List::All, Some("members pr"), None, 4),
        (List::All, Some("userName pr"), None, 4),
        (List::All, Some("displayName eq \"nobody\""), None, 0),
    ] {
        let query = query(filter, sort, false);
        let (pages, last) = walk(&acme, list, &query, FORWARD, "").await;
        let whole = pages.concat();
        assert_eq!(whole.len(), expected, "{list:?} {query:?}");
        assert!(pages.len() == 1 || pages.iter().all(|page| !page.is_empty()), "{pages:?}");
        if list == List::All {
            let by_index = acme.scope.search_all(&Query { count: None, ..query.clone() }).await.unwrap().body;
            assert_eq!(whole, column(&by_index, "id"), "{query:?}");
        }
        let back = cursor(&last, BACK);
        assert_eq!(back.is_some(), pages.len() > 1, "{list:?} {query:?}");
        if let Some(text) = back {
            let (mut back, _) = walk(&acme, list, &query, BACK, &text).await;
            back.reverse();
            let before = whole.len() - pages.last().unwrap().len();
            assert_eq!(back.concat(), whole[..before], "{list:?} {query:?}");
        }
    }
}

async fn totals_are_those_of_the_beginning(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    crowd(&acme, 5).await;
    let counted = query(Some("active eq true"), None, false);
    let first = page(&acme, List::Users, &counted, "").await;
    assert_eq!(first["totalResults"], 5);
    world.pass(TimeDelta::seconds(1));
    acme.user("late", "late@acme.example").await;
    let second = page(&acme, List::Users, &counted, &cursor(&first, FORWARD).unwrap()).await;
    assert_eq!((&second["totalResults"], &second["itemsPerPage"]), (&json!(5), &json!(3)), "as on the first page");
    let evaluated = page(&acme, List::Users, &query(Some("userName co \"u\""), None, false), "").await;
    assert_eq!(evaluated.get("totalResults"), None, "nobody has counted them (RFC 9865 §2)");
    let whole = page(&acme, List::Users, &query(Some("userName ew \"01\""), None, false), "").await;
    assert_eq!(whole["totalResults"], 1, "one page holds them all");
    let both = page(&acme, List::All, &query(None, None, false), "").await;
    assert_eq!(both["totalResults"], 7, "six users and the built-in group");
    let more = Query { count: Some(1000), ..query(None, None, false) };
    assert_eq!(page(&acme, List::Users, &more, "").await["itemsPerPage"], 6, "beyond the largest page is the largest");
}

fn scim_type(result: Result<Value, Error>) -> Option<ScimType> {
    match result {
        Err(Error::Scim(error)) if error.status == 400 => error.scim_type,
        other => panic!("no SCIM error but {other:?}"),
    }
}

async fn s37_a_cursor_is_good_for_its_connection_and_query_only(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let other = world.connection(&acme.id, "acme", "other", ConnectionKind::Generic).await;
    crowd(&acme, 5).await;
    crowd(&globex, 5).await;
    let asked = query(Some("userName sw \"user\""), None, false);
    let next = cursor(&page(&acme, List::Users, &asked, "").await, FORWARD).unwrap();
    let invalid = Some(ScimType::InvalidCursor);
    for tenant in [&globex, &other] {
        assert_eq!(scim_type(tenant.scope.list_users(&at(&asked, &next)).await), invalid);
    }
    assert_eq!(
        scim_type(acme.scope.list_groups(&at(&query(None, None, false), &next)).await.map(|list| list.body)),
        invalid
    );
    assert_eq!(scim_type(acme.scope.search_all(&at(&asked, &next)).await.map(|list| list.body)), invalid);
    for changed in [
        Query { filter: Some("userName sw \"use\"".to_owned()), ..asked.clone() },
        Query { filter: None, ..asked.clone() },
        Query { sort_by: Some("userName".to_owned()), ..asked.clone() },
        Query { attributes: Some(vec!["userName".to_owned()]), ..asked.clone() },
        Query { excluded_attributes: Some(vec!["emails".to_owned()]), ..asked.clone() },
    ] {
        assert_eq!(scim_type(acme.scope.list_users(&at(&changed, &next)).await), invalid, "{changed:?}");
    }
    let mut forged: Vec<String> = vec!["x".to_owned(), "💣".to_owned(), "A".repeat(1 << 20), next.repeat(2)];
    forged.extend((0..next.len()).step_by(7).map(|length| next[..length.max(1)].to_owned()));
    forged.extend((0..next.len()).step_by(5).map(|place| {
        let other = if &next[place..=place] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &next[..place], &next[place + 1..])
    }));
    for text in forged {
        assert_eq!(scim_type(acme.scope.list_users(&at(&asked, &text)).await), invalid, "{text:.80}");
    }
    // What changes nothing may change: the spelling, as in the example of RFC 9865 §2, and the size of a page.
    for same in [
        Query { filter: Some(" USERNAME SW  \"user\" ".to_owned()), ..asked.clone() },
        Query { count: Some(1), ..asked.clone() },
        Query { count: None, ..asked },
    ] {
        let list = acme.scope.list_users(&at(&same, &next)).await.unwrap();
        assert!(!column(&list, "id").is_empty(), "{same:?}");
    }
}

async fn a_cursor_expires(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    crowd(&acme, 8).await;
    let asked = query(None, None, false);
    let next = cursor(&page(&acme, List::Users, &asked, "").await, FORWARD).unwrap();
    world.pass(TimeDelta::hours(1));
    let second = page(&acme, List::Users, &asked, &next).await;
    world.pass(TimeDelta::seconds(1));
    assert_eq!(scim_type(acme.scope.list_users(&at(&asked, &next)).await), Some(ScimType::ExpiredCursor));
    page(&acme, List::Users, &asked, &cursor(&second, FORWARD).unwrap()).await;
    let through_another = acme.through(&world.replica().await).await;
    page(&through_another, List::Users, &asked, &cursor(&second, FORWARD).unwrap()).await;
}
