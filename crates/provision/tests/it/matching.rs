//! Whom a create means: members of the application are matched by address, silently, inside the tenant.

use std::sync::Arc;

use serde_json::json;
use usher_core::ConnectionKind;

use crate::tenant::{id, op, person, reason, status};
use crate::world::World;

on_both!(
    s40_s41_a_member_with_the_same_address_is_linked_without_any_notice,
    r04_the_request_that_adopts_changes_no_address,
    s42_a_member_who_is_not_assigned_stays_as_they_are,
    s55_a_member_who_was_read_is_linked_by_id_but_not_with_another_address,
    r05_an_address_of_two_members_is_never_matched,
    r08_a_user_name_alone_never_links_to_a_member,
    r06_the_same_address_in_two_tenants_makes_two_users,
    a_user_of_another_connection_is_nobodys_to_take,
);

async fn s40_s41_a_member_with_the_same_address_is_linked_without_any_notice(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let member = acme.member("countess", "Ada@Acme.example").await;
    let mut body = person("ada", "ada@acme.example");
    body["externalId"] = "00u1".into();
    let shown = acme.create(body).await.unwrap();
    assert_eq!(id(&shown), member, "the same id");
    assert_eq!((&shown.resource["userName"], &shown.resource["externalId"]), (&json!("ada"), &json!("00u1")));
    let state = acme.state(&member).await;
    assert_eq!((state.state, state.connection.is_some()), ("active", true));
    let kinds = acme.kinds_of(&member).await;
    assert_eq!(kinds, ["user.registered", "user.matched", "user.updated"]);

    acme.set_active(&member, false).await.unwrap();
    assert_eq!(acme.state(&member).await.state, "suspended", "from now on the provider owns the member");
    acme.set_active(&member, true).await.unwrap();
    let kinds = acme.kinds_of(&member).await;
    assert!(!kinds.iter().any(|kind| kind == "user.invited" || kind == "user.confirmed"), "{kinds:?}");
}

async fn r04_the_request_that_adopts_changes_no_address(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let member = acme.member("ada", "Ada@acme.example").await;
    let mut body = person("ada", "ada@acme.example");
    body["emails"] = json!([
        { "value": "ada@acme.example", "type": "work", "primary": true },
        { "value": "eve@evil.example", "type": "home" }
    ]);
    assert_eq!(id(&acme.create(body).await.unwrap()), member);
    assert_eq!(acme.state(&member).await.email.as_deref(), Some("Ada@acme.example"), "mail goes where it went");
}

async fn s42_a_member_who_is_not_assigned_stays_as_they_are(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let member = acme.member("ada", "ada@acme.example").await;
    let before = acme.row(&member).await;
    acme.user("grace", "grace@acme.example").await;
    assert_eq!(reason(acme.delete(&member).await), "not_managed");
    assert_eq!(reason(acme.set_active(&member, false).await), "not_managed");
    assert_eq!(acme.row(&member).await, before);
}

async fn s55_a_member_who_was_read_is_linked_by_id_but_not_with_another_address(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let member = acme.member("ada", "ada@acme.example").await;
    assert_eq!(acme.find("userName eq \"ada\"").await.unwrap(), ["ada"]);
    let theft = vec![op("replace", "emails[type eq \"work\"].value", "eve@evil.example")];
    assert_eq!(reason(acme.patch(&member, theft).await), "not_managed");
    assert_eq!(reason(acme.put(&member, person("ada", "eve@evil.example")).await), "not_managed");
    acme.patch(&member, vec![op("add", "externalId", "00u1")]).await.unwrap();
    assert_eq!(acme.find("externalId eq \"00u1\"").await.unwrap(), ["ada"]);
    let kinds = acme.kinds_of(&member).await;
    let done: Vec<_> = kinds.iter().filter(|kind| !kind.starts_with("refused.")).collect();
    assert_eq!(done, ["user.registered", "user.matched", "user.updated"]);
}

async fn r05_an_address_of_two_members_is_never_matched(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let one = acme.member("one", "office@acme.example").await;
    let two = acme.member("two", "OFFICE@acme.example").await;
    assert_eq!(reason(acme.create(person("ada", "office@acme.example")).await), "ambiguous_address");
    for member in [one, two] {
        assert_eq!(acme.kinds_of(&member).await, ["user.registered"]);
    }
    assert_eq!(acme.last_event().await.kind, "refused.ambiguous_address");
}

async fn r08_a_user_name_alone_never_links_to_a_member(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let member = acme.member("ada", "ada@acme.example").await;
    let before = acme.row(&member).await;
    assert_eq!(reason(acme.create(person("ADA", "eve@acme.example")).await), "user_name_taken");
    assert_eq!(acme.row(&member).await, before);
}

async fn r06_the_same_address_in_two_tenants_makes_two_users(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let ada = acme.active_user("ada", "ada@acme.example").await;
    let (before, shown) = (acme.row(&ada).await, acme.get(&ada).await.unwrap());
    let other = globex.create(person("ada", "ada@acme.example")).await.unwrap();
    assert_ne!(id(&other), ada);
    assert_eq!(globex.state(&id(&other)).await.state, "invited");
    let after = acme.get(&ada).await.unwrap();
    assert_eq!(acme.row(&ada).await, before);
    assert_eq!(serde_json::to_string(&after.resource).unwrap(), serde_json::to_string(&shown.resource).unwrap());
    assert_eq!(status(globex.get(&ada).await), 404);
    assert_eq!(status(globex.set_active(&ada, false).await), 404);
    assert_eq!(status(globex.delete(&ada).await), 404);
}

async fn a_user_of_another_connection_is_nobodys_to_take(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let second = world.connection(&acme.id, "acme", "second", ConnectionKind::Entra).await;
    let mut body = person("ada", "ada@acme.example");
    body["externalId"] = "1".into();
    let ada = id(&acme.create(body).await.unwrap());
    let before = acme.row(&ada).await;
    assert_eq!(reason(second.create(person("ada", "ada@acme.example")).await), "user_name_taken");
    assert_eq!(reason(second.patch(&ada, vec![op("add", "title", "x")]).await), "owned_by_other_connection");
    assert_eq!(reason(second.delete(&ada).await), "owned_by_other_connection");
    assert_eq!(acme.row(&ada).await, before);
    let mut theirs = person("grace", "grace@acme.example");
    theirs["externalId"] = "1".into();
    second.create(theirs).await.unwrap();
    assert_eq!(second.find("externalId eq \"1\"").await.unwrap(), ["grace"], "S135: each sees its own labels");
    assert_eq!(second.get(&ada).await.unwrap().resource.get("externalId"), None);
}
