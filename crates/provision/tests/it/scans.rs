//! Searches that no index answers are bounded, and the log hears of them.

use std::sync::Arc;

use usher_provision::Error;
use usher_scim::list::Query;
use usher_scim::{Limits, ScimType};

use crate::tenant::{Tenant, column};
use crate::world::World;

on_both!(a_long_search_is_ended_noted_and_can_be_walked_by_cursor);

fn query(filter: &str, sort_by: Option<&str>, cursor: Option<&str>) -> Query {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Query { filter: Some(filter.to_owned()), sort_by: owned(sort_by), cursor: owned(cursor), ..Query::default() }
}

async fn crowd(tenant: &Tenant, count: usize) {
    let members: Vec<_> = (0..count)
        .map(|number| {
            let tenant = tenant.clone();
            tokio::spawn(async move { tenant.user(&format!("u{number}"), &format!("u{number}@acme.example")).await })
        })
        .collect();
    for member in members {
        member.await.unwrap();
    }
}

async fn a_long_search_is_ended_noted_and_can_be_walked_by_cursor(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    crowd(&acme, 1100).await;
    // No time at all: each search has its first step of 250, and no other.
    let hurried = acme.through(&world.bounded(Limits { scan_seconds: 0, ..Limits::default() }).await).await;
    let rare = "userName ew \"00\"";
    for sort in [None, Some("userName"), Some("title")] {
        match hurried.scope.list_users(&query(rare, sort, None)).await {
            Err(Error::Scim(error)) => {
                assert_eq!((error.status, error.scim_type), (400, Some(ScimType::TooMany)));
                assert!(error.detail.contains("250 resources") && error.detail.contains("cursor"), "{}", error.detail);
            }
            other => panic!("{other:?}"),
        }
    }
    let indexed = query("displayName sw \"u10\" and active eq true", None, None);
    assert_eq!(
        hurried.scope.list_users(&indexed).await.unwrap()["totalResults"],
        111,
        "u10, u100 to u109, u1000 to u1099"
    );

    let (mut found, mut pages, mut next) = (Vec::new(), 0, Some(String::new()));
    while let Some(cursor) = next {
        let page = hurried.scope.list_users(&query(rare, None, Some(&cursor))).await.unwrap();
        found.extend(column(&page, "userName"));
        (next, pages) = (page.get("nextCursor").map(|text| text.as_str().unwrap().to_owned()), pages + 1);
    }
    found.sort();
    assert_eq!(found, ["u100", "u1000", "u200", "u300", "u400", "u500", "u600", "u700", "u800", "u900"]);
    assert_eq!(pages, 5, "1100 in steps of 250, each a short page");

    let noted = async || {
        let events = acme.events().await.into_iter();
        events.filter(|event| event.kind == "search.scanned").map(|event| event.data).collect::<Vec<_>>()
    };
    assert!(noted().await.is_empty(), "nobody has looked at a thousand");
    for _ in 0..2 {
        let list = acme.scope.list_users(&query(rare, None, None)).await.unwrap();
        assert_eq!(list["totalResults"], 10);
    }
    acme.scope.list_users(&query("userName ew \"11\"", None, None)).await.unwrap();
    let events = noted().await;
    assert_eq!(events.len(), 1, "one shape, one note: {events:?}");
    let note = &events[0];
    assert_eq!((&note["operation"], &note["filter"]), (&"user.list".into(), &"userName ew ?".into()));
    assert_eq!((&note["looked_at"], &note["found"], &note["complete"]), (&1100.into(), &10.into(), &true.into()));
    assert!(note["milliseconds"].is_u64() && !note.to_string().contains("00\\\""));
    acme.scope.list_users(&query(rare, Some("title"), None)).await.unwrap();
    assert_eq!(noted().await.len(), 2, "another order is another search");
    world.pass(chrono::TimeDelta::hours(1));
    acme.scope.list_users(&query(rare, None, None)).await.unwrap();
    assert_eq!(noted().await.len(), 3, "an hour later");
    acme.scope.list_users(&Query::default()).await.unwrap();
    acme.scope.list_users(&indexed).await.unwrap();
    assert_eq!(noted().await.len(), 3, "what has an index is no news");
}
