//! Groups and who is in them.

use serde_json::json;

use crate::harness::{App, group, patch, user};

on_both_backends!(
    s83_a_group_is_no_member_of_a_group,
    a_group_name_is_unique_without_case,
    users_show_their_groups_and_forget_deleted_ones,
    s89_deleting_a_group_suspends_nobody,
    a_member_added_twice_changes_nothing,
    r64_adding_one_keeps_all_others,
);

async fn s83_a_group_is_no_member_of_a_group(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let (inner, outer) = (scim.create_group("Inner", &[]).await, scim.create_group("Outer", &[]).await);
    for member in [
        json!({ "value": inner, "type": "Group" }),
        json!({ "value": inner, "$ref": format!("../Groups/{inner}") }),
        json!({ "value": inner }),
    ] {
        let add = patch(json!([{ "op": "add", "path": "members", "value": [member] }]));
        scim.patch(&format!("/Groups/{outer}"), &add).await.assert_scim_error(400, Some("invalidValue"));
    }
    assert!(scim.members(&outer).await.is_empty());
}

async fn a_group_name_is_unique_without_case(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let crew = scim.create_group("Crew", &[]).await;
    let other = scim.create_group("Other", &[]).await;
    scim.post("/Groups", &group("CREW", &[])).await.assert_scim_error(409, Some("uniqueness"));
    let rename = patch(json!([{ "op": "replace", "path": "displayName", "value": "crew" }]));
    scim.patch(&format!("/Groups/{other}"), &rename).await.assert_scim_error(409, Some("uniqueness"));
    scim.put(&format!("/Groups/{other}"), &group("cReW", &[])).await.assert_scim_error(409, Some("uniqueness"));
    scim.patch(&format!("/Groups/{crew}"), &rename).await.assert_status(204);
    assert_eq!(scim.total("/Groups", "displayName eq \"CREW\"").await, 1);
    scim.delete(&format!("/Groups/{crew}")).await.assert_status(204);
    scim.create_group("Crew", &[]).await;
}

async fn users_show_their_groups_and_forget_deleted_ones(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let ada = scim.create_user("ada@acme.example").await;
    let crew = scim.create_group("Crew", &[&ada]).await;
    let shown = scim.get(&format!("/Users/{ada}")).await.json();
    assert_eq!((&shown["groups"][0]["value"], &shown["groups"][0]["display"]), (&json!(crew), &json!("Crew")));
    assert!(shown["groups"][0]["$ref"].as_str().is_some_and(|link| link.ends_with(&format!("/Groups/{crew}"))));
    let member = scim.get(&format!("/Groups/{crew}")).await.json()["members"][0].clone();
    assert!(member["$ref"].as_str().is_some_and(|link| link.ends_with(&format!("/Users/{ada}"))));
    assert_eq!(
        scim.find("/Groups", &format!("members[value eq \"{ada}\"]")).await["Resources"][0]["id"],
        crew.as_str()
    );
    scim.put(&format!("/Users/{ada}"), &user("ada@acme.example")).await.assert_status(200);
    assert_eq!(scim.members(&crew).await, std::slice::from_ref(&ada), "a PUT of a user moves nobody");
    scim.delete(&format!("/Groups/{crew}")).await.assert_status(204);
    let shown = scim.get(&format!("/Users/{ada}")).await.json();
    assert!(shown.get("groups").is_none_or(|groups| groups == &json!([])));
}

async fn s89_deleting_a_group_suspends_nobody(app: &App) {
    let acme = app.tenant("acme").await;
    let ada = acme.scim().create_user("ada@acme.example").await;
    let crew = acme.scim().create_group("Crew", &[&ada]).await;
    acme.scim().delete(&format!("/Groups/{crew}")).await.assert_status(204);
    assert_eq!(app.state_of(&acme, &ada).await["state"], "invited");
    assert_eq!(app.count(&acme, "group.deleted").await, 1);
}

async fn a_member_added_twice_changes_nothing(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let ada = scim.create_user("ada@acme.example").await;
    let crew = scim.create_group("Crew", &[&ada]).await;
    let path = format!("/Groups/{crew}");
    let (before, log) = (scim.get(&path).await, app.events(&acme).await.len());
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let add = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": ada }] }]));
    scim.patch(&path, &add).await.assert_status(204);
    let after = scim.get(&path).await;
    assert_eq!((after.text(), after.header("etag")), (before.text(), before.header("etag")));
    assert_eq!(app.events(&acme).await.len(), log);
}

async fn r64_adding_one_keeps_all_others(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let mut ids = Vec::new();
    for n in 0..150 {
        ids.push(scim.create_user(&format!("user{n}@acme.example")).await);
    }
    let (last, first) = ids.split_last().expect("150");
    let crew = scim.create_group("Crew", &first.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let add = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": last }] }]));
    scim.patch(&format!("/Groups/{crew}"), &add).await.assert_status(204);
    ids.sort();
    assert_eq!(scim.members(&crew).await, ids);
}
