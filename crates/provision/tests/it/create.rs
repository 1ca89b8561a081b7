//! `POST /Users`: the invitation, and what a repetition does.

use std::sync::Arc;

use serde_json::json;
use usher_core::{ConnectionKind, REQUIRED_OF_SIX};
use usher_provision::Error;

use crate::tenant::{id, op, person, reason, status};
use crate::world::World;

on_both!(
    s39_s43_s44_a_new_user_is_invited_once_accepts_and_is_confirmed,
    s44_when_the_event_cannot_be_written_the_state_does_not_change,
    s50_a_repeated_create_is_a_conflict_and_sends_no_second_invitation,
    s49_a_user_created_inactive_is_invited_only_when_active,
    a_user_without_an_address_waits_for_one,
    s36_a_strict_connection_names_every_missing_attribute,
    s36_a_strict_connection_asks_the_same_of_every_change,
);

async fn s39_s43_s44_a_new_user_is_invited_once_accepts_and_is_confirmed(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "Ada@acme.example").await;
    assert_eq!(acme.kinds_of(&ada).await, ["user.invited"]);
    assert_eq!(acme.state(&ada).await.state, "invited");
    assert_eq!(acme.row(&ada).await.invitation_email.as_deref(), Some("Ada@acme.example"));
    let shown = acme.get(&ada).await.unwrap();
    assert_eq!(shown.resource["active"], true, "what the provider asked for, whatever the person does");

    let accepted = acme.accept(&ada, 1).await.unwrap();
    assert_eq!((accepted.state, accepted.confirmed_now, accepted.user.as_str()), ("active", true, ada.as_str()));
    assert_eq!(acme.kinds_of(&ada).await, ["user.invited", "user.confirmed"]);
    assert_eq!(acme.state(&ada).await.accepted_at, Some(world.now()));
    let event = acme.last_event().await;
    assert_eq!(
        (event.actor.kind, event.actor.id, event.request_id.as_deref()),
        ("person", Some(ada.clone()), Some("req-join"))
    );

    let again = acme.accept(&ada, 1).await.unwrap();
    assert_eq!((again.state, again.confirmed_now), ("active", false));
    assert_eq!(acme.kinds_of(&ada).await.len(), 2);
}

async fn s44_when_the_event_cannot_be_written_the_state_does_not_change(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let (ada, grace) = (acme.user("ada", "ada@acme.example").await, acme.user("grace", "grace@acme.example").await);
    // Two events of one millisecond get the same id now, so the second one breaks its key.
    world.chance.stick(true);
    acme.accept(&ada, 1).await.unwrap();
    let broken = acme.accept(&grace, 1).await;
    assert!(matches!(broken, Err(Error::Storage(_))), "{broken:?}");
    let renamed = acme.patch(&grace, vec![op("replace", "title", "Admiral")]).await;
    assert!(matches!(renamed, Err(Error::Storage(_))), "{renamed:?}");
    world.chance.stick(false);
    assert_eq!(acme.state(&grace).await.state, "invited");
    assert_eq!(acme.get(&grace).await.unwrap().resource.get("title"), None);
    assert_eq!(acme.kinds_of(&grace).await, ["user.invited"]);
    assert!(acme.accept(&grace, 1).await.unwrap().confirmed_now);
}

async fn s50_a_repeated_create_is_a_conflict_and_sends_no_second_invitation(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("ada", "ada@acme.example");
    body["externalId"] = "00u1".into();
    let ada = id(&acme.create(body.clone()).await.unwrap());
    for _ in 0..3 {
        assert_eq!(reason(acme.create(body.clone()).await), "user_name_taken");
    }
    body["userName"] = "other".into();
    assert_eq!(reason(acme.create(body.clone()).await), "external_id_taken");
    acme.accept(&ada, 1).await.unwrap();
    body["userName"] = "ADA".into();
    assert_eq!(reason(acme.create(body).await), "user_name_taken");
    let invited = acme.events().await.into_iter().filter(|event| event.kind == "user.invited").count();
    assert_eq!(invited, 1);
}

async fn s49_a_user_created_inactive_is_invited_only_when_active(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("ada", "ada@acme.example");
    body["active"] = false.into();
    let ada = id(&acme.create(body).await.unwrap());
    let state = acme.state(&ada).await;
    assert_eq!((state.state, state.reason), ("staged", Some("inactive")));
    assert_eq!(acme.kinds_of(&ada).await, ["user.staged"]);
    acme.set_active(&ada, false).await.unwrap();
    assert_eq!(acme.kinds_of(&ada).await, ["user.staged"]);
    acme.set_active(&ada, true).await.unwrap();
    assert_eq!(acme.kinds_of(&ada).await, ["user.staged", "user.invited"]);
}

async fn a_user_without_an_address_waits_for_one(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = id(&acme.create(json!({ "userName": "ada" })).await.unwrap());
    let state = acme.state(&ada).await;
    assert_eq!((state.state, state.reason), ("staged", Some("no_address")));
    acme.patch(&ada, vec![op("add", "emails[type eq \"work\"].value", "ada@acme.example")]).await.unwrap();
    assert_eq!(acme.state(&ada).await.state, "invited");
    assert_eq!(acme.kinds_of(&ada).await, ["user.staged", "user.updated", "user.invited"]);
    assert_eq!(acme.row(&ada).await.invitation_email.as_deref(), Some("ada@acme.example"));
}

async fn s36_a_strict_connection_names_every_missing_attribute(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::MiniOrange, &[]).await;
    let error = acme.create(json!({ "title": "Engineer" })).await.unwrap_err();
    assert_eq!(error.reason(), "required_missing");
    for path in REQUIRED_OF_SIX {
        assert!(error.to_string().contains(path), "{path} in {error}");
    }
    let mut full = person("ada", "ada@acme.example");
    full["name"] = json!({ "givenName": "Ada", "familyName": "Lovelace" });
    full["active"] = true.into();
    for path in ["userName", "displayName", "active", "emails", "name"] {
        let mut lacking = full.clone();
        lacking.as_object_mut().unwrap().remove(path);
        let error = acme.create(lacking).await.unwrap_err();
        assert_eq!(error.reason(), "required_missing", "{path}");
        assert!(error.to_string().contains(path), "{path} in {error}");
    }
    acme.create(full).await.unwrap();
    assert_eq!(status(acme.create(json!({})).await), 400);
}

async fn s36_a_strict_connection_asks_the_same_of_every_change(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::MiniOrange, &[]).await;
    let mut full = person("ada", "ada@acme.example");
    full["name"] = json!({ "givenName": "Ada", "familyName": "Lovelace" });
    full["active"] = true.into();
    let ada = id(&acme.create(full.clone()).await.unwrap());
    let before = acme.row(&ada).await;
    let remove = |path: &str| vec![json!({ "op": "remove", "path": path })];
    for path in ["displayName", "name.givenName", "emails[type eq \"work\"]", "emails"] {
        assert_eq!(reason(acme.patch(&ada, remove(path)).await), "required_missing", "{path}");
    }
    full.as_object_mut().unwrap().remove("displayName");
    assert_eq!(reason(acme.put(&ada, full).await), "required_missing");
    assert_eq!(acme.row(&ada).await, before);
}
