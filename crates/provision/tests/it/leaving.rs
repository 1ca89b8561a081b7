//! Users who leave, and who come back.

use std::sync::Arc;

use usher_provision::Condition;
use usher_scim::list::Query;

use crate::tenant::{id, op, person, reason, status};
use crate::world::World;

on_both!(
    s63_s66_a_delete_suspends_and_hides_and_keeps_all_data,
    s64_deactivation_suspends_and_keeps_the_user_in_sight,
    s68_s126_whoever_is_assigned_again_has_the_same_id_and_no_invitation,
    s68_a_reactivated_user_needs_no_invitation,
    s75_an_invited_user_who_leaves_has_no_invitation_any_more,
    s72_a_deleted_user_leaves_every_group_and_the_event_says_which,
    rfc7644_a_deleted_users_name_is_free_for_somebody_else,
    rfc7644_a_write_on_an_older_version_is_refused,
);

async fn s63_s66_a_delete_suspends_and_hides_and_keeps_all_data(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    let attributes = acme.row(&ada).await.attributes;
    acme.delete(&ada).await.unwrap();
    assert_eq!(status(acme.get(&ada).await), 404);
    assert_eq!(status(acme.set_active(&ada, true).await), 404);
    assert_eq!(status(acme.delete(&ada).await), 404);
    assert_eq!(acme.find("userName eq \"ada\"").await.unwrap(), Vec::<String>::new());
    let row = acme.row(&ada).await;
    assert_eq!((row.attributes, row.suspended_at), (attributes, Some(world.now())));
    assert_eq!(acme.state(&ada).await.state, "suspended");
    assert_eq!(acme.kinds_of(&ada).await[2..], ["user.suspended", "user.delisted"]);
}

async fn s64_deactivation_suspends_and_keeps_the_user_in_sight(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    for value in [serde_json::json!(false), serde_json::json!("False")] {
        acme.patch(&ada, vec![op("Replace", "active", value)]).await.unwrap();
        assert_eq!(acme.get(&ada).await.unwrap().resource["active"], false);
        assert_eq!(acme.state(&ada).await.state, "suspended");
    }
    let mut body = person("ada", "ada@acme.example");
    body["active"] = false.into();
    acme.put(&ada, body).await.unwrap();
    assert_eq!(acme.kinds_of(&ada).await[2..], ["user.suspended"], "repetitions say nothing");
}

async fn s68_s126_whoever_is_assigned_again_has_the_same_id_and_no_invitation(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("ada", "ada@acme.example");
    body["externalId"] = "00u1".into();
    let ada = id(&acme.create(body.clone()).await.unwrap());
    acme.accept(&ada, 1).await.unwrap();
    acme.delete(&ada).await.unwrap();
    assert_eq!(id(&acme.create(body.clone()).await.unwrap()), ada, "by externalId and userName");
    assert_eq!(acme.state(&ada).await.state, "active");
    acme.delete(&ada).await.unwrap();
    let mut renamed = body.clone();
    renamed["userName"] = "ada.king".into();
    assert_eq!(id(&acme.create(renamed).await.unwrap()), ada, "by externalId alone");
    acme.delete(&ada).await.unwrap();
    let mut relabelled = person("ADA.KING", "ada@acme.example");
    relabelled["externalId"] = "00u2".into();
    assert_eq!(id(&acme.create(relabelled).await.unwrap()), ada, "by userName alone");
    acme.set_active(&ada, false).await.unwrap();
    assert_eq!(id(&acme.create(person("ada.king", "ada@acme.example")).await.unwrap()), ada, "listed, too");
    let kinds = acme.kinds_of(&ada).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "user.invited").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "user.reactivated").count(), 4, "{kinds:?}");
}

async fn s68_a_reactivated_user_needs_no_invitation(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    acme.set_active(&ada, false).await.unwrap();
    acme.set_active(&ada, true).await.unwrap();
    let state = acme.state(&ada).await;
    assert_eq!((state.state, state.suspended_at), ("active", None));
    assert_eq!(acme.kinds_of(&ada).await[2..], ["user.suspended", "user.reactivated"]);
}

async fn s75_an_invited_user_who_leaves_has_no_invitation_any_more(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    acme.set_active(&ada, false).await.unwrap();
    assert_eq!(acme.kinds_of(&ada).await, ["user.invited", "user.suspended", "invitation.withdrawn"]);
    assert_eq!(reason(acme.accept(&ada, 1).await), "invitation_withdrawn");
    acme.set_active(&ada, true).await.unwrap();
    assert_eq!(acme.state(&ada).await.state, "invited", "who never accepted is invited anew");
    assert_eq!(reason(acme.accept(&ada, 1).await), "invitation_replaced");
    assert!(acme.accept(&ada, 2).await.unwrap().confirmed_now);
}

async fn s72_a_deleted_user_leaves_every_group_and_the_event_says_which(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let (ada, grace) = (acme.active_user("ada", "a@acme.example").await, acme.user("grace", "g@acme.example").await);
    let (one, two) = (acme.group("One", &[&ada, &grace]).await, acme.group("Two", &[&ada]).await);
    acme.delete(&ada).await.unwrap();
    assert_eq!((acme.members(&one).await, acme.members(&two).await), (vec![grace], vec![]));
    let event = acme.last_event().await;
    let mut groups = [one.clone(), two];
    groups.sort();
    assert_eq!((event.kind.as_str(), &event.data["left_groups"]), ("user.delisted", &serde_json::json!(groups)));
    assert_eq!(
        reason(acme.patch_group(&one, vec![op("add", "members", crate::tenant::values(&[&ada]))]).await),
        "unknown_member"
    );
}

async fn rfc7644_a_deleted_users_name_is_free_for_somebody_else(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let second = world.connection(&acme.id, "acme", "second", usher_core::ConnectionKind::Okta).await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    acme.delete(&ada).await.unwrap();
    let other = second.user("ADA", "ada@acme.example").await;
    assert_ne!(other, ada, "another connection does not take the person over");
    assert_eq!(reason(acme.create(person("ada", "ada@acme.example")).await), "user_name_taken");
    assert_eq!(acme.state(&ada).await.state, "suspended");
}

async fn rfc7644_a_write_on_an_older_version_is_refused(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    let old = acme.get(&ada).await.unwrap().version;
    acme.patch(&ada, vec![op("add", "title", "Countess")]).await.unwrap();
    let new = acme.get(&ada).await.unwrap().version;
    assert_ne!(old, new);
    let when = |version: &str| Condition::Versions(vec![version.to_owned()]);
    let body = person("ada", "ada@acme.example").to_string();
    let replaced = acme.scope.replace_user(&ada, body.as_bytes(), &when(&old), &Query::default()).await;
    assert_eq!(status(replaced), 412);
    assert_eq!(status(acme.scope.delete_user(&ada, &when(&old)).await), 412);
    assert_eq!(acme.get(&ada).await.unwrap().resource["title"], "Countess");
    acme.scope.delete_user(&ada, &when(&new)).await.unwrap();
}
