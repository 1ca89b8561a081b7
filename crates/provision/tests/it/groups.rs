//! Groups: members by delta, no nesting, no name twice.

use std::sync::Arc;

use serde_json::json;

use crate::tenant::{id, op, reason, status, values};
use crate::world::World;

on_both!(
    s77_s78_members_are_added_removed_and_replaced,
    s79_s89_a_group_is_renamed_and_deleted_and_its_members_stay,
    s83_a_nested_group_is_refused_and_nothing_of_the_request_is_done,
    a_member_that_is_nobody_here_is_named_and_nothing_is_done,
    s124_a_patch_of_a_group_is_done_as_a_whole_or_not,
    a_group_name_belongs_to_one_group_in_any_case,
    a_group_of_another_connection_is_nobodys_to_change,
);

async fn s77_s78_members_are_added_removed_and_replaced(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut users = Vec::new();
    for name in ["a", "b", "c"] {
        users.push(acme.user(name, &format!("{name}@acme.example")).await);
    }
    let team = acme.group("Team", &[&users[0]]).await;
    acme.patch_group(&team, vec![op("Add", "members", values(&[&users[0], &users[1]]))]).await.unwrap();
    let added = acme.last_event().await;
    assert_eq!(
        (added.kind.as_str(), &added.data["users"]),
        ("group.members_added", &json!([users[1]])),
        "only who came"
    );
    let remove = json!({ "op": "Remove", "path": format!("members[value eq \"{}\"]", users[0]) });
    acme.patch_group(&team, vec![remove.clone()]).await.unwrap();
    let events = acme.events().await.len();
    acme.patch_group(&team, vec![remove]).await.unwrap();
    assert_eq!(acme.events().await.len(), events, "a repetition says nothing");
    acme.put_group(&team, json!({ "displayName": "Team", "members": values(&[&users[2]]) })).await.unwrap();
    assert_eq!(acme.members(&team).await, [users[2].clone()]);
    let shown = acme.get(&users[2]).await.unwrap();
    assert_eq!(
        (&shown.resource["groups"][0]["value"], &shown.resource["groups"][0]["display"]),
        (&json!(team), &json!("Team"))
    );
    acme.patch_group(&team, vec![json!({ "op": "remove", "path": "members" })]).await.unwrap();
    assert_eq!(acme.members(&team).await, Vec::<String>::new());
}

async fn s79_s89_a_group_is_renamed_and_deleted_and_its_members_stay(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    let team = acme.group("Team", &[&ada]).await;
    acme.patch_group(&team, vec![op("replace", "displayName", "Crew")]).await.unwrap();
    let event = acme.last_event().await;
    assert_eq!(
        event.data,
        json!({ "changed": ["displayName"], "before": { "displayName": "Team" }, "after": { "displayName": "Crew" } })
    );
    assert!(acme.members(&team).await.iter().eq([&ada]));
    acme.delete_group(&team).await.unwrap();
    assert_eq!(acme.last_event().await.data["users"], json!([ada]));
    assert_eq!(status(acme.delete_group(&team).await), 404);
    assert_eq!(acme.state(&ada).await.state, "active");
    assert_eq!(acme.get(&ada).await.unwrap().resource.get("groups"), None);
}

async fn s83_a_nested_group_is_refused_and_nothing_of_the_request_is_done(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let (inner, outer) = (acme.group("Inner", &[]).await, acme.group("Outer", &[]).await);
    let nested = json!([{ "value": ada }, { "value": inner, "type": "Group" }]);
    assert_eq!(status(acme.patch_group(&outer, vec![op("add", "members", nested.clone())]).await), 400);
    assert_eq!(status(acme.patch_group(&outer, vec![op("add", "members", values(&[&ada, &inner]))]).await), 400);
    assert_eq!(status(acme.put_group(&outer, json!({ "displayName": "Outer", "members": nested })).await), 400);
    let new = json!({ "displayName": "New", "members": [{ "value": inner, "$ref": format!("https://usher.example/scim/v2/Groups/{inner}") }] });
    let made = acme.scope.create_group(new.to_string().as_bytes(), &usher_scim::list::Query::default()).await;
    assert_eq!(status(made), 400);
    assert_eq!(acme.members(&outer).await, Vec::<String>::new());
    acme.group("New", &[]).await;
}

async fn a_member_that_is_nobody_here_is_named_and_nothing_is_done(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let (ada, eve) = (acme.user("ada", "ada@acme.example").await, globex.user("eve", "eve@acme.example").await);
    let team = acme.group("Team", &[]).await;
    for nobody in [eve.as_str(), "00000000-0000-7000-8000-000000000000", "42", "x"] {
        let error = acme.patch_group(&team, vec![op("add", "members", values(&[&ada, nobody]))]).await.unwrap_err();
        assert_eq!(error.reason(), "unknown_member");
        assert!(error.to_string().contains(nobody), "{error}");
        assert_eq!(reason(acme.create_group("New", &[&ada, nobody]).await), "unknown_member");
    }
    assert_eq!(acme.members(&team).await, Vec::<String>::new());
    acme.group("New", &[]).await;
    acme.patch_group(&team, vec![json!({ "op": "remove", "path": format!("members[value eq \"{eve}\"]") })])
        .await
        .unwrap();
}

async fn s124_a_patch_of_a_group_is_done_as_a_whole_or_not(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let team = acme.group("Team", &[]).await;
    let events = acme.events().await.len();
    let operations = vec![
        op("replace", "displayName", "Crew"),
        op("add", "members", values(&[&ada])),
        op("add", "members", values(&["nobody"])),
    ];
    assert_eq!(reason(acme.patch_group(&team, operations).await), "unknown_member");
    let group = acme.scope.group(&team, &usher_scim::list::Query::default()).await.unwrap();
    assert_eq!(group.resource["displayName"], "Team");
    assert_eq!(acme.members(&team).await, Vec::<String>::new());
    assert_eq!(acme.events().await.len(), events + 1, "the refusal and nothing else");
}

async fn a_group_name_belongs_to_one_group_in_any_case(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    acme.group("Straße", &[]).await;
    let crew = acme.group("Crew", &[]).await;
    assert_eq!(reason(acme.create_group("STRASSE", &[]).await), "group_name_taken");
    assert_eq!(
        reason(acme.patch_group(&crew, vec![op("replace", "displayName", "strasse")]).await),
        "group_name_taken"
    );
    acme.patch_group(&crew, vec![op("replace", "displayName", "CREW")]).await.unwrap();
    let other = world.tenant("globex").await.create_group("Straße", &[]).await.unwrap();
    assert_eq!(status(acme.delete_group(&id(&other)).await), 404);
}

async fn a_group_of_another_connection_is_nobodys_to_change(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let second = world.connection(&acme.id, "acme", "second", usher_core::ConnectionKind::Entra).await;
    let team = acme.group("Team", &[]).await;
    let ada = second.user("ada", "ada@acme.example").await;
    for refused in [
        second.patch_group(&team, vec![op("add", "members", values(&[&ada]))]).await,
        second.patch_group(&team, vec![op("replace", "displayName", "Crew")]).await,
        second.delete_group(&team).await,
    ] {
        assert_eq!(reason(refused), "owned_by_other_connection");
    }
}
