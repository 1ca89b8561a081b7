//! Lists: pages, orders, and nothing of another tenant.

use std::sync::Arc;

use serde_json::{Value, json};
use usher_scim::list::Query;

use crate::tenant::{Tenant, column, id, op, person};
use crate::world::World;

on_both!(
    pages_cut_one_stable_order_and_know_the_total,
    every_order_is_stable_and_pages_follow_it,
    r22_a_list_of_one_tenant_never_holds_anything_of_another,
    r69_odd_pages_are_answered,
    s133_a_projection_shows_what_was_asked_for,
    groups_are_listed_filtered_and_sorted,
);

async fn crowd(tenant: &Tenant, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        // Names fall while ids rise, and titles repeat.
        let mut body = person(&format!("User-{:02}", count - number), &format!("u{number}@acme.example"));
        body["title"] = ["Engineer", "admiral", "Bishop"][number % 3].into();
        ids.push(id(&tenant.create(body).await.unwrap()));
    }
    ids.sort();
    ids
}

async fn paged(tenant: &Tenant, query: &Query, size: i64) -> (Vec<String>, u64) {
    let (mut ids, mut total) = (Vec::new(), 0);
    for start in (1..).step_by(usize::try_from(size).unwrap()) {
        let query = Query { start_index: Some(start), count: Some(size), ..query.clone() };
        let list = tenant.scope.list_users(&query).await.unwrap();
        let page = column(&list, "id");
        assert_eq!((&list["startIndex"], &list["itemsPerPage"]), (&json!(start), &json!(page.len())));
        total = list["totalResults"].as_u64().unwrap();
        if page.is_empty() {
            break;
        }
        ids.extend(page);
    }
    (ids, total)
}

async fn pages_cut_one_stable_order_and_know_the_total(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ids = crowd(&acme, 11).await;
    for filter in [None, Some("active eq true"), Some("userName sw \"user\""), Some("title pr or userName pr")] {
        let query = Query { filter: filter.map(str::to_owned), ..Query::default() };
        assert_eq!(paged(&acme, &query, 4).await, (ids.clone(), 11), "{filter:?}");
    }
}

async fn every_order_is_stable_and_pages_follow_it(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ids = crowd(&acme, 11).await;
    for sort in ["id", "userName", "title", "meta.created", "displayName", "emails.value"] {
        for filter in [None, Some("userName co \"user\"")] {
            let query = |descending| Query {
                filter: filter.map(str::to_owned),
                sort_by: Some(sort.to_owned()),
                descending,
                ..Query::default()
            };
            for descending in [false, true] {
                let (whole, total) = paged(&acme, &query(descending), 100).await;
                let (pieces, _) = paged(&acme, &query(descending), 3).await;
                assert_eq!((&whole, total), (&pieces, 11), "{sort} {filter:?} {descending}");
                let mut sorted = whole;
                sorted.sort();
                assert_eq!(sorted, ids, "{sort} {filter:?} {descending}: everybody once");
            }
        }
    }
    let by_name = Query { sort_by: Some("userName".to_owned()), ..Query::default() };
    let names = column(&acme.scope.list_users(&by_name).await.unwrap(), "userName");
    assert!(names.is_sorted(), "{names:?}");
    let by_title = Query { sort_by: Some("title".to_owned()), ..Query::default() };
    let titles = column(&acme.scope.list_users(&by_title).await.unwrap(), "title");
    assert!(titles.is_sorted_by_key(|title| title.to_lowercase()), "{titles:?}");
}

async fn r22_a_list_of_one_tenant_never_holds_anything_of_another(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let canary = globex.active_user("canary", "canary@acme.example").await;
    let vault = globex.group("Canary", &[&canary]).await;
    acme.user("ada", "ada@acme.example").await;
    let mut filters: Vec<Option<String>> = [
        "userName eq \"canary\"",
        "userName co \"can\"",
        "emails.value eq \"canary@acme.example\"",
        "not (userName eq \"ada\")",
        "userName pr or active eq true",
        "displayName ge \"a\"",
    ]
    .map(|text| Some(text.to_owned()))
    .to_vec();
    filters.extend([None, Some(format!("id eq \"{canary}\"")), Some(format!("groups.value eq \"{vault}\""))]);
    for filter in filters {
        for sort_by in [None, Some("userName".to_owned()), Some("title".to_owned())] {
            let query = Query { filter: filter.clone(), sort_by, ..Query::default() };
            let list = acme.scope.list_users(&query).await.unwrap().to_string();
            assert!(!list.contains(&canary) && !list.contains("canary@"), "{query:?}");
        }
    }
    let groups = acme.scope.list_groups(&Query::default()).await.unwrap().body;
    assert_eq!(column(&groups, "displayName"), ["Provision Managers"]);
    let query = Query { filter: Some(format!("members.value eq \"{canary}\"")), ..Query::default() };
    assert_eq!(acme.scope.list_groups(&query).await.unwrap().body["totalResults"], 0);
}

async fn r69_odd_pages_are_answered(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    crowd(&acme, 3).await;
    for (start, count, shown) in [
        (Some(0), Some(2), 2),
        (Some(-5), Some(-5), 0),
        (Some(i64::MAX), Some(i64::MAX), 0),
        (Some(i64::MIN), Some(i64::MIN), 0),
        (Some(3), None, 1),
        (Some(4), Some(1), 0),
        (None, Some(0), 0),
        (None, Some(i64::MAX), 3),
    ] {
        for filter in [None, Some("userName pr".to_owned())] {
            let query = Query { filter, start_index: start, count, ..Query::default() };
            let list = acme.scope.list_users(&query).await.unwrap();
            assert_eq!(
                (&list["totalResults"], list["Resources"].as_array().unwrap().len()),
                (&json!(3), shown),
                "{query:?}"
            );
        }
    }
}

async fn s133_a_projection_shows_what_was_asked_for(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let team = acme.group("Team", &[&ada]).await;
    let only = Query { attributes: Some(vec!["userName".to_owned()]), ..Query::default() };
    let list = acme.scope.list_users(&only).await.unwrap();
    let keys: Vec<_> = list["Resources"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["schemas", "id", "userName"]);
    let without = Query { excluded_attributes: Some(vec!["members".to_owned()]), ..Query::default() };
    assert_eq!(acme.scope.group(&team, &without).await.unwrap().resource.get("members"), None);
    assert_eq!(acme.scope.list_groups(&without).await.unwrap().body["Resources"][1].get("members"), None);
}

async fn groups_are_listed_filtered_and_sorted(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let one = acme.group("Zebra", &[&ada]).await;
    let two = acme.group("apple", &[]).await;
    acme.patch_group(&two, vec![op("add", "externalId", "G1")]).await.unwrap();
    let names = async |filter: Option<String>, sort: Option<&str>| {
        let query = Query { filter, sort_by: sort.map(str::to_owned), ..Query::default() };
        let list = acme.scope.list_groups(&query).await.unwrap().body;
        assert_eq!(list["totalResults"], list["Resources"].as_array().map(Vec::len).unwrap());
        column(&list, "displayName")
    };
    assert_eq!(names(None, Some("displayName")).await, ["apple", "Provision Managers", "Zebra"]);
    for (filter, expected) in [
        (format!("id eq \"{one}\""), vec!["Zebra"]),
        (format!("members[value eq \"{ada}\"]"), vec!["Zebra"]),
        (format!("members.value eq \"{ada}\" and displayName eq \"zebra\""), vec!["Zebra"]),
        ("externalId eq \"G1\"".to_owned(), vec!["apple"]),
        ("externalId eq \"g1\"".to_owned(), vec![]),
        ("displayName sw \"z\" or displayName eq \"APPLE\"".to_owned(), vec!["Zebra", "apple"]),
        ("not (members pr)".to_owned(), vec!["Provision Managers", "apple"]),
    ] {
        let mut found = names(Some(filter.clone()), None).await;
        found.sort();
        assert_eq!(found, expected, "{filter}");
    }
    let list = acme.scope.list_groups(&Query::default()).await.unwrap().body;
    let zebra = list["Resources"].as_array().unwrap().iter().find(|group| group["displayName"] == "Zebra").unwrap();
    assert_eq!(zebra["members"][0]["value"], Value::from(ada));
}
