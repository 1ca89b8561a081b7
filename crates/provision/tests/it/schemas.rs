//! Declared schemas cost nothing where there are none, and one reading for each of their revisions where there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use usher_core::ConnectionKind;
use usher_provision::{Condition, Door, NewToken, Provisioner, RequestInfo, TenantScope};
use usher_scim::list::Query;

use crate::world::World;

on_both!(
    declarations_are_read_once_for_each_revision_whatever_the_token,
    of_two_operators_who_declare_at_once_both_are_kept,
    connections_that_declare_nothing_unique_write_without_a_look_at_unique_values,
    what_is_counted_outlives_the_process_and_is_written_once,
);

const URN: &str = "urn:example:acme:2.0:User";

fn schema(urn: &str, attribute: &str) -> Value {
    json!({ "id": urn, "attributes": [{ "name": attribute }] })
}

async fn declare(provisioner: &Provisioner, urn: &str, attribute: &str) -> bool {
    let at = ("acme", "main", urn);
    let done = provisioner.operator().declare_schema(at, Some("User"), schema(urn, attribute), None).await;
    done.unwrap().1
}

async fn enter(provisioner: &Provisioner, token: &str) -> TenantScope {
    let info = RequestInfo { request_id: "req".to_owned() };
    provisioner.for_bearer(Door::Shared, token, info).await.unwrap()
}

async fn declarations_are_read_once_for_each_revision_whatever_the_token(world: Arc<World>) {
    world.tenant("acme").await;
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let watched = world
        .watched(move |sql| {
            counter.fetch_add(usize::from(sql.contains("from connection_schemas")), Ordering::SeqCst);
        })
        .await;
    let new_token =
        async || world.operator().create_token("acme", NewToken::of("main", ConnectionKind::Generic)).await.unwrap();
    let has = |scope: &TenantScope, name: &str| {
        scope.user_definition().declared().iter().any(|schema| schema.attribute(name).is_some())
    };
    let plain = enter(&watched, new_token().await.token.expose()).await;
    assert_eq!((read.load(Ordering::SeqCst), plain.user_definition().declared().len()), (0, 0), "none: no look-up");
    assert!(declare(&world.provisioner, URN, "badge").await);
    for _ in 0..3 {
        let scope = enter(&watched, new_token().await.token.expose()).await;
        assert!(has(&scope, "badge"));
    }
    assert_eq!(read.load(Ordering::SeqCst), 1);
    assert!(!declare(&world.provisioner, URN, "room").await);
    let scope = enter(&watched, new_token().await.token.expose()).await;
    assert!(has(&scope, "room") && !has(&scope, "badge"));
    assert_eq!(read.load(Ordering::SeqCst), 2);
}

async fn of_two_operators_who_declare_at_once_both_are_kept(world: Arc<World>) {
    world.tenant("acme").await;
    let other = world.replica().await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let provisioner = if number % 2 == 0 { world.provisioner.clone() } else { other.clone() };
            tokio::spawn(async move {
                let urn = format!("urn:example:number{number}:User");
                let at = ("acme", "main", urn.as_str());
                loop {
                    // whoever comes second is told to try again
                    match provisioner.operator().declare_schema(at, Some("User"), schema(&urn, "a"), None).await {
                        Ok((_, new)) => return new,
                        Err(error) => assert_eq!(error.reason(), "busy"),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(world.operator().schemas("acme", "main").await.unwrap().len(), 8);
    let connections = world.operator().connections("acme").await.unwrap();
    assert_eq!(connections[0].schemas, 8);
}

async fn connections_that_declare_nothing_unique_write_without_a_look_at_unique_values(world: Arc<World>) {
    world.tenant("acme").await;
    let looked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&looked);
    let watched = world
        .watched(move |sql| {
            counter.fetch_add(usize::from(sql.contains("unique_values")), Ordering::SeqCst);
        })
        .await;
    declare(&world.provisioner, URN, "badge").await;
    let token = world.operator().create_token("acme", NewToken::of("main", ConnectionKind::Generic)).await.unwrap();
    let (query, always) = (Query::default(), Condition::Always);
    let body = |badge: &str| {
        json!({ "userName": "ada@acme.example", "displayName": "Ada", URN: { "badge": badge } }).to_string()
    };
    let change =
        json!({ "Operations": [{ "op": "replace", "path": format!("{URN}:badge"), "value": "4" }] }).to_string();
    let write = async |scope: &TenantScope| {
        let made = scope.create_user(body("1").as_bytes(), &query).await.unwrap();
        let id = made.resource["id"].as_str().unwrap().to_owned();
        scope.replace_user(&id, body("2").as_bytes(), &always, &query).await.unwrap();
        scope.patch_user(&id, change.as_bytes(), &always, &query).await.unwrap();
        scope.delete_user(&id, &always).await.unwrap();
    };
    write(&enter(&watched, token.token.expose()).await).await;
    assert_eq!(looked.load(Ordering::SeqCst), 1, "a DELETE frees whatever is there");
    let unique = json!({ "id": URN, "attributes": [{ "name": "badge", "uniqueness": "server" }] });
    let declared = world.operator().declare_schema(("acme", "main", URN), None, unique, None).await;
    assert!(!declared.unwrap().1);
    let token = world.operator().create_token("acme", NewToken::of("main", ConnectionKind::Generic)).await.unwrap();
    write(&enter(&watched, token.token.expose()).await).await;
    // POST: what is held, and one more; PUT and PATCH: what is held, one less, one more; DELETE
    assert_eq!(looked.load(Ordering::SeqCst), 1 + 2 + 3 + 3 + 1);
}

async fn what_is_counted_outlives_the_process_and_is_written_once(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let body = json!({ "userName": "ada@acme.example", "shoeSize": 44, "urn:example:x:User": { "a": 1 } }).to_string();
    acme.scope.create_user(body.as_bytes(), &Query::default()).await.unwrap();
    world.provisioner.keep_counts(async {}).await;
    world.provisioner.write_counts().await.unwrap();
    let counted = world.replica().await.operator().ignored("acme", "main").await.unwrap();
    let seen: Vec<_> = counted.iter().map(|one| (one.name.as_str(), one.requests)).collect();
    assert_eq!(seen, [("shoeSize", 1), ("urn:example:x:User", 1)]);
    assert_eq!((counted[0].first_seen, counted[0].last_seen), (world.now(), world.now()));
}
