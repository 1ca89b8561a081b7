//! S69 to S71: deletion comes after deprovisioning, and leaves no personal data.

use std::sync::Arc;

use usher_storage::UserTerm;

use crate::tenant::{id, op, person, reason, status};
use crate::world::World;

on_both!(
    s69_nobody_is_deleted_before_being_deprovisioned,
    s69_a_deleted_user_leaves_no_personal_data_in_rows_and_events,
    an_erased_person_who_comes_back_is_somebody_new,
);

async fn s69_nobody_is_deleted_before_being_deprovisioned(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let invited = acme.user("invited", "i@acme.example").await;
    let active = acme.active_user("active", "a@acme.example").await;
    let staged = id(&acme.create(serde_json::json!({ "userName": "staged" })).await.unwrap());
    let member = acme.member("member", "m@acme.example").await;
    for user in [&invited, &active, &staged, &member] {
        let before = acme.row(user).await;
        assert_eq!(reason(world.operator().delete_user("acme", user, "req-del").await), "not_deprovisioned");
        assert_eq!(acme.row(user).await, before);
        let event = acme.last_event().await;
        assert_eq!((event.kind.as_str(), event.subject.id.as_ref()), ("refused.not_deprovisioned", Some(user)));
        assert_eq!((event.actor.kind, event.request_id.as_deref()), ("operator", Some("req-del")));
    }
    acme.delete(&active).await.unwrap();
    let gone = world.operator().delete_user("acme", &active, "req-del").await.unwrap();
    assert_eq!((gone.state, gone.user_name.as_str(), gone.email), ("deleted", "", None));
    assert_eq!(world.operator().delete_user("acme", &active, "again").await.unwrap().state, "deleted");
    assert_eq!(reason(world.operator().delete_user("acme", "no-id", "req").await), "not_found");
}

async fn s69_a_deleted_user_leaves_no_personal_data_in_rows_and_events(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("canary-name", "canary@acme.example");
    body["externalId"] = "canary-label".into();
    body["title"] = "canary-title".into();
    body["emails"].as_array_mut().unwrap().push(serde_json::json!({ "value": "canary@home.example", "type": "home" }));
    let canary = id(&acme.create(body).await.unwrap());
    acme.accept(&canary, 1).await.unwrap();
    acme.patch(&canary, vec![op("replace", "title", "canary-two")]).await.unwrap();
    acme.group("Team", &[&canary]).await;
    acme.set_active(&canary, false).await.unwrap();
    let seen =
        |events: &[usher_provision::Event]| serde_json::to_string(&events).unwrap().to_lowercase().contains("canary");
    assert!(seen(&acme.events().await), "the test can see it");

    world.operator().delete_user("acme", &canary, "req").await.unwrap();
    assert!(!seen(&acme.events().await));
    let row = acme.row(&canary).await;
    assert!(!format!("{row:?}").to_lowercase().contains("canary"), "{row:?}");
    let store = acme.store().await;
    let by_mail = UserTerm::Email("canary@home.example".to_owned());
    assert_eq!(store.count_users(&by_mail).await.unwrap(), 0);
    assert_eq!(status(acme.get(&canary).await), 404);
    assert_eq!(reason(acme.accept(&canary, 1).await), "invitation_unknown");
    assert_eq!(acme.kinds_of(&canary).await.last().map(String::as_str), Some("user.deleted"));
}

async fn an_erased_person_who_comes_back_is_somebody_new(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("ada", "ada@acme.example");
    body["externalId"] = "00u1".into();
    let ada = id(&acme.create(body.clone()).await.unwrap());
    acme.delete(&ada).await.unwrap();
    world.operator().delete_user("acme", &ada, "req").await.unwrap();
    let again = id(&acme.create(body).await.unwrap());
    assert_ne!(again, ada);
    assert_eq!(acme.state(&again).await.state, "invited");
}
