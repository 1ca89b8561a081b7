//! Bulk requests that do not come to their end: the database goes, or the client does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use usher_provision::{BulkResult, Done, Error};

use crate::tenant::{Tenant, person, reason};
use crate::world::World;

on_both!(
    when_the_database_goes_what_was_done_is_told_and_the_rest_is_not_tried,
    when_the_database_is_gone_the_request_fails_as_a_whole,
    when_the_client_goes_what_was_done_stays_whole,
    others_get_their_turn_between_operations,
);

/// So many that the end is not reached before the test steps in, and all on one page.
const MANY: usize = 200;

fn request(operations: &[Value]) -> Vec<u8> {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    json!({ "schemas": schemas, "Operations": operations }).to_string().into_bytes()
}

fn people() -> Vec<u8> {
    let one = |n: usize| {
        let name = format!("user{n:04}");
        let data = person(&name, &format!("{name}@acme.example"));
        json!({ "method": "POST", "path": "/Users", "bulkId": n.to_string(), "data": data })
    };
    request(&(0..MANY).map(one).collect::<Vec<_>>())
}

/// Waits until a few people are there.
async fn begun(tenant: &Tenant) {
    while tenant.find("userName pr").await.unwrap().len() < 3 {}
}

/// How many people there are, and whether they are the first of the request with one event each.
async fn made(tenant: &Tenant) -> usize {
    let mut names = tenant.find("userName sw \"user\"").await.unwrap();
    names.sort_unstable();
    let expected: Vec<String> = (0..names.len()).map(|n| format!("user{n:04}")).collect();
    assert_eq!(names, expected);
    let invited = tenant.events().await.iter().filter(|event| event.kind == "user.invited").count();
    assert_eq!(invited, names.len());
    names.len()
}

fn status(result: &BulkResult) -> &'static str {
    match &result.done {
        Ok(Done::Created(_)) => "created",
        Ok(Done::Changed(_) | Done::ChangedUnseen(_) | Done::Deleted) => "changed",
        Err(error) => error.reason(),
    }
}

async fn when_the_database_goes_what_was_done_is_told_and_the_rest_is_not_tried(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let replica = acme.through(&world.replica().await).await;
    let body = people();
    let (results, ()) = tokio::join!(replica.scope.bulk(&body), async {
        begun(&acme).await;
        replica.provisioner.store().clone().close().await;
    });
    let results = results.unwrap();
    assert_eq!(results.len(), MANY, "every operation has a result");
    let statuses: Vec<&str> = results.iter().map(status).collect();
    let done = statuses.iter().take_while(|status| **status == "created").count();
    assert!((1..MANY).contains(&done), "{done} were done");
    assert!(statuses[done..].iter().all(|status| *status == "unavailable"), "{statuses:?}");
    assert!(matches!(results[done].done, Err(Error::Unavailable(_))));
    for untried in &results[done + 1..] {
        let Err(Error::Scim(error)) = &untried.done else { unreachable!("{untried:?}") };
        assert_eq!((error.status, error.detail.starts_with("not tried")), (503, true));
    }
    assert_eq!(made(&acme).await, done, "what is told is what is there");
}

async fn when_the_database_is_gone_the_request_fails_as_a_whole(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let replica = acme.through(&world.replica().await).await;
    replica.provisioner.store().clone().close().await;
    assert!(matches!(replica.scope.bulk(&people()).await, Err(Error::Unavailable(_))));
    assert_eq!(reason(acme.scope.bulk(b"{}").await), "schemas");
    assert_eq!(made(&acme).await, 0);
}

async fn when_the_client_goes_what_was_done_stays_whole(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let body = people();
    tokio::select! {
        _ = acme.scope.bulk(&body) => unreachable!("it has not been read to its end"),
        () = begun(&acme) => {}
    }
    // The operation under way may still end, or not; whichever it is, it has ended when its turn comes again.
    let again = acme.scope.bulk(&body).await.unwrap();
    let statuses: Vec<&str> = again.iter().map(status).collect();
    let taken = statuses.iter().take_while(|status| **status == "user_name_taken").count();
    assert!((3..MANY).contains(&taken), "{taken} were made before");
    assert!(statuses[taken..].iter().all(|status| *status == "created"), "{statuses:?}");
    assert_eq!(made(&acme).await, MANY, "nobody is there in part");
}

async fn others_get_their_turn_between_operations(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    // What does not exist is answered without a question to the database, so nothing else lets go of the thread.
    let body = request(&vec![json!({ "method": "DELETE", "path": "/Nowhere/1" }); MANY]);
    let (ended, turns) = (AtomicBool::new(false), AtomicUsize::new(0));
    tokio::join!(
        async {
            assert_eq!(acme.scope.bulk(&body).await.unwrap().len(), MANY);
            ended.store(true, Ordering::SeqCst);
        },
        async {
            while !ended.load(Ordering::SeqCst) {
                turns.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }
    );
    assert!(turns.into_inner() >= MANY, "one for each operation");
}
