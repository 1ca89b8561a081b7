//! S104: what the log says of each request.

use std::sync::Arc;

use serde_json::json;
use usher_scim::list::Query;

use crate::tenant::{op, person, status};
use crate::world::World;

on_both!(
    s104_a_refusal_says_who_when_what_why_and_in_which_request,
    s105_every_kind_of_refusal_is_there_but_not_what_was_not_found,
    an_update_tells_before_and_after_of_what_changed_and_nothing_else,
    what_no_schema_has_is_told_with_the_change,
    a_loop_of_refusals_does_not_fill_the_log,
);

async fn s104_a_refusal_says_who_when_what_why_and_in_which_request(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    acme.user("grace", "grace@acme.example").await;
    acme.patch(&ada, vec![op("replace", "userName", "GRACE")]).await.unwrap_err();
    let event = acme.last_event().await;
    assert_eq!((event.kind.as_str(), event.reason.as_deref()), ("refused.user_name_taken", Some("user_name_taken")));
    assert_eq!((event.actor.kind, event.actor.id.as_ref()), ("token", Some(&acme.token_id)));
    assert_eq!((event.subject.kind, event.subject.id.as_ref()), ("user", Some(&ada)));
    let connection = acme.state(&ada).await.connection;
    assert_eq!((event.connection, event.request_id.as_deref(), event.at), (connection, Some("req-1"), world.now()));
    assert_eq!(event.data["operation"], "user.patch");
    acme.create(person("ada", "ada@acme.example")).await.unwrap_err();
    let event = acme.last_event().await;
    assert_eq!((event.subject.kind, &event.data["operation"]), ("tenant", &json!("user.create")));
}

async fn s105_every_kind_of_refusal_is_there_but_not_what_was_not_found(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let refusals = async || acme.events().await.iter().filter(|event| event.kind.starts_with("refused.")).count();
    acme.scope.create_user(b"{", &Query::default()).await.unwrap_err();
    acme.create(json!({})).await.unwrap_err();
    acme.patch(&ada, vec![op("replace", "nonsense[", "x")]).await.unwrap_err();
    acme.find("userName eq").await.unwrap_err();
    acme.create_group("Provision Managers", &[]).await.unwrap_err();
    acme.scope.refused("user.create", &usher_scim::Error::too_large(5)).await;
    assert_eq!(refusals().await, 6);
    assert_eq!(status(acme.get("00000000-0000-7000-8000-000000000000").await), 404);
    assert_eq!(status(acme.delete("x").await), 404);
    assert_eq!(refusals().await, 6);
}

async fn an_update_tells_before_and_after_of_what_changed_and_nothing_else(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let ada = acme.user("ada", "ada@acme.example").await;
    let change = vec![
        op("add", "title", "Countess"),
        op("replace", "name.givenName", "Ada"),
        op("add", &format!("{urn}:department"), "Engines"),
        op("replace", "displayName", "ada"),
    ];
    acme.patch(&ada, change.clone()).await.unwrap();
    let department = format!("{urn}:department");
    let event = acme.last_event().await;
    assert_eq!(event.data["changed"], json!(["name.givenName", "title", department]));
    assert_eq!(event.data["before"], json!({}));
    assert_eq!(
        event.data["after"],
        json!({ "name.givenName": "Ada", "title": "Countess", department.as_str(): "Engines" })
    );
    let (events, version) = (acme.events().await.len(), acme.get(&ada).await.unwrap().version);
    acme.patch(&ada, change).await.unwrap();
    assert_eq!((acme.events().await.len(), acme.get(&ada).await.unwrap().version), (events, version));
    acme.patch(&ada, vec![json!({ "op": "remove", "path": "title" })]).await.unwrap();
    let event = acme.last_event().await;
    assert_eq!((&event.data["before"], &event.data["after"]), (&json!({ "title": "Countess" }), &json!({})));
}

async fn what_no_schema_has_is_told_with_the_change(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("ada", "ada@acme.example");
    body["favouriteColour"] = "red".into();
    let made = acme.create(body).await.unwrap();
    assert_eq!(made.resource.get("favouriteColour"), None, "R-11: it is stored nowhere");
    let event = acme.last_event().await;
    assert_eq!(event.data["ignored"], json!(["favouriteColour"]));
    assert_eq!(event.data["after"]["userName"], "ada");
}

async fn a_loop_of_refusals_does_not_fill_the_log(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let events = acme.events().await.len();
    for _ in 0..305 {
        acme.scope.create_user(b"{", &Query::default()).await.unwrap_err();
    }
    assert_eq!(acme.events().await.len(), events + 300);
    world.pass(chrono::TimeDelta::minutes(1));
    acme.scope.create_user(b"{", &Query::default()).await.unwrap_err();
    assert_eq!(acme.last_event().await.data["suppressed_before"], 5);
}
