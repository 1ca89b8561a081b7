//! S91 to S98: what is switched off is refused and leaves a row in the report and nothing else.

use std::sync::Arc;

use serde_json::json;
use usher_core::Switches;
use usher_provision::Error;

use crate::tenant::{Tenant, op, person, reason, values};
use crate::world::World;

on_both!(
    s91_s98_creating_users,
    s92_s98_updating_users,
    s93_s98_deprovisioning_users,
    s94_s98_creating_groups,
    s95_s98_updating_groups,
    s96_s98_deleting_groups,
    s97_s98_changing_members,
);

struct Stage {
    acme: Tenant,
    ada: String,
    team: String,
}

async fn stage(world: &World) -> Stage {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    let team = acme.group("Team", &[&ada]).await;
    Stage { acme, ada, team }
}

/// Refused with the setting's reason, told in the report, and nothing else happened.
async fn refused<T>(acme: &Tenant, events: usize, result: Result<T, Error>) {
    assert_eq!(reason(result), "switched_off");
    let all = acme.events().await;
    let last = all.last().unwrap();
    assert_eq!((all.len(), last.kind.as_str()), (events + 1, "refused.switched_off"));
    assert_eq!(last.reason.as_deref(), Some("switched_off"));
}

async fn s91_s98_creating_users(world: Arc<World>) {
    let Stage { acme, ada, .. } = stage(&world).await;
    acme.delete(&ada).await.unwrap();
    let off = acme.switched(Switches { create_users: false, ..Switches::default() }).await;
    let before = acme.row(&ada).await;
    for (name, address) in [("grace", "grace@acme.example"), ("ada", "ada@acme.example")] {
        let events = acme.events().await.len();
        refused(&acme, events, off.create(person(name, address)).await).await;
    }
    assert_eq!(acme.row(&ada).await, before);
    assert!(off.find("userName pr").await.unwrap().is_empty());
}

async fn s92_s98_updating_users(world: Arc<World>) {
    let Stage { acme, ada, .. } = stage(&world).await;
    let off = acme.switched(Switches { update_users: false, ..Switches::default() }).await;
    let before = acme.row(&ada).await;
    let events = acme.events().await.len();
    refused(&acme, events, off.patch(&ada, vec![op("add", "title", "Countess")]).await).await;
    refused(&acme, events + 1, off.put(&ada, person("ada.king", "ada@acme.example")).await).await;
    assert_eq!(acme.row(&ada).await, before);
    off.patch(&ada, vec![op("replace", "displayName", "ada")]).await.unwrap();
    off.set_active(&ada, false).await.unwrap();
    let events = acme.events().await.len();
    refused(&acme, events, off.set_active(&ada, true).await).await;
    assert_eq!(acme.state(&ada).await.state, "suspended");
}

async fn s93_s98_deprovisioning_users(world: Arc<World>) {
    let Stage { acme, ada, .. } = stage(&world).await;
    let off = acme.switched(Switches { deprovision_users: false, ..Switches::default() }).await;
    let before = acme.row(&ada).await;
    let events = acme.events().await.len();
    refused(&acme, events, off.delete(&ada).await).await;
    refused(&acme, events + 1, off.set_active(&ada, false).await).await;
    let both = vec![op("add", "title", "x"), op("replace", "active", false)];
    refused(&acme, events + 2, off.patch(&ada, both).await).await;
    assert_eq!(acme.row(&ada).await, before);
    let member = acme.member("member", "member@acme.example").await;
    let mut body = person("member", "member@acme.example");
    body["active"] = false.into();
    let events = acme.events().await.len();
    refused(&acme, events, off.create(body).await).await;
    assert_eq!(acme.state(&member).await.state, "active");
}

async fn s94_s98_creating_groups(world: Arc<World>) {
    let Stage { acme, .. } = stage(&world).await;
    let off = acme.switched(Switches { create_groups: false, ..Switches::default() }).await;
    let events = acme.events().await.len();
    refused(&acme, events, off.create_group("Crew", &[]).await).await;
    acme.group("Crew", &[]).await;
}

async fn s95_s98_updating_groups(world: Arc<World>) {
    let Stage { acme, ada, team } = stage(&world).await;
    let off = acme.switched(Switches { update_groups: false, ..Switches::default() }).await;
    let events = acme.events().await.len();
    refused(&acme, events, off.patch_group(&team, vec![op("replace", "displayName", "Crew")]).await).await;
    let put = json!({ "displayName": "Crew", "members": values(&[&ada]) });
    refused(&acme, events + 1, off.put_group(&team, put).await).await;
    off.patch_group(&team, vec![json!({ "op": "remove", "path": "members" })]).await.unwrap();
}

async fn s96_s98_deleting_groups(world: Arc<World>) {
    let Stage { acme, ada, team } = stage(&world).await;
    let off = acme.switched(Switches { delete_groups: false, ..Switches::default() }).await;
    let events = acme.events().await.len();
    refused(&acme, events, off.delete_group(&team).await).await;
    assert_eq!(acme.members(&team).await, [ada]);
}

async fn s97_s98_changing_members(world: Arc<World>) {
    let Stage { acme, ada, team } = stage(&world).await;
    let grace = acme.user("grace", "grace@acme.example").await;
    let off = acme.switched(Switches { change_members: false, ..Switches::default() }).await;
    let events = acme.events().await.len();
    refused(&acme, events, off.patch_group(&team, vec![op("add", "members", values(&[&grace]))]).await).await;
    refused(&acme, events + 1, off.patch_group(&team, vec![json!({ "op": "remove", "path": "members" })]).await).await;
    refused(&acme, events + 2, off.put_group(&team, json!({ "displayName": "Team" })).await).await;
    refused(&acme, events + 3, off.create_group("Crew", &[&ada]).await).await;
    assert_eq!(acme.members(&team).await, [ada]);
    off.create_group("Crew", &[]).await.unwrap();
}
