//! Leaving, coming back, and being deleted.

use serde_json::json;

use super::active;
use crate::harness::{App, patch, user};

on_both_backends!(
    s75_the_invitation_of_a_leaver_dies_and_a_waiting_mail_is_not_sent,
    s66_a_deleted_user_is_suspended_and_comes_back_under_the_same_id,
    s68_a_deactivated_user_stays_readable_and_returns_without_a_mail,
    s69_only_who_was_deprovisioned_can_be_deleted_and_then_nothing_is_left,
    a_name_is_free_after_a_delete_and_groups_forget_the_member,
);

const ADA: &str = "ada@acme.example";

async fn s75_the_invitation_of_a_leaver_dies_and_a_waiting_mail_is_not_sent(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    for (address, by_delete) in [(ADA, true), ("bob@acme.example", false)] {
        let id = scim.create_user(address).await;
        let path = format!("/Users/{id}");
        if by_delete {
            scim.delete(&path).await.assert_status(204);
        } else {
            scim.patch(&path, &active(false)).await.assert_status(200);
        }
        app.deliver().await;
        assert!(app.mails_to(address).is_empty(), "who left before the worker came gets no mail");
        assert_eq!(app.state_of(&acme, &id).await["state"], "suspended");
    }
    assert_eq!(app.count(&acme, "user.invitation_withdrawn").await + app.count(&acme, "invitation.withdrawn").await, 2);
    assert_eq!(app.count(&acme, "user.suspended").await, 2);
}

async fn s66_a_deleted_user_is_suspended_and_comes_back_under_the_same_id(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let id = scim.create_user(ADA).await;
    let link = app.link_of(ADA).await;
    app.post(&link).await.assert_status(200);
    app.deliver().await;
    scim.delete(&format!("/Users/{id}")).await.assert_status(204);
    let path = format!("/Users/{id}");
    for answer in [
        scim.get(&path).await,
        scim.put(&path, &user(ADA)).await,
        scim.patch(&path, &active(true)).await,
        scim.delete(&path).await,
    ] {
        answer.assert_scim_error(404, None);
    }
    assert_eq!(scim.total("/Users", &format!("userName eq \"{ADA}\"")).await, 0);
    let state = app.state_of(&acme, &id).await;
    assert_eq!((&state["state"], &state["email"]), (&json!("suspended"), &json!(ADA)));
    let back = scim.post("/Users", &user("ADA@acme.example")).await.assert_status(201);
    assert_eq!((back.id(), &back.json()["active"]), (id.clone(), &json!(true)));
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
    app.deliver().await;
    assert_eq!(app.mails_to(ADA).len() + app.mails_to("ADA@acme.example").len(), 2, "no third mail");
    assert_eq!(app.count(&acme, "user.reactivated").await, 1);
}

async fn s68_a_deactivated_user_stays_readable_and_returns_without_a_mail(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let id = scim.create_user(ADA).await;
    let link = app.link_of(ADA).await;
    app.post(&link).await.assert_status(200);
    let path = format!("/Users/{id}");
    for _ in 0..2 {
        assert_eq!(scim.patch(&path, &active(false)).await.assert_status(200).json()["active"], false);
    }
    assert_eq!(app.state_of(&acme, &id).await["state"], "suspended");
    assert_eq!(scim.find("/Users", &format!("userName eq \"{ADA}\"")).await["Resources"][0]["id"], id.as_str());
    let title = patch(json!([{ "op": "replace", "path": "title", "value": "Emerita" }]));
    assert_eq!(scim.patch(&path, &title).await.assert_status(200).json()["title"], "Emerita");
    assert_eq!(app.state_of(&acme, &id).await["state"], "suspended");
    scim.patch(&path, &active(true)).await.assert_status(200);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
    app.deliver().await;
    assert_eq!((app.mails_to(ADA).len(), app.count(&acme, "user.suspended").await), (2, 1));
}

async fn s69_only_who_was_deprovisioned_can_be_deleted_and_then_nothing_is_left(app: &App) {
    let acme = app.tenant("acme").await;
    let id = acme.scim().create_user(ADA).await;
    let path = format!("/api/v1/tenants/acme/users/{id}");
    let refused = app.api("DELETE", &path).send().await.assert_status(409);
    assert_eq!(refused.json()["error"]["reason"], "not_deprovisioned");
    let link = app.link_of(ADA).await;
    app.post(&link).await.assert_status(200);
    app.api("DELETE", &path).send().await.assert_status(409);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
    assert_eq!(app.count(&acme, "refused.not_deprovisioned").await, 2);
    acme.scim().delete(&format!("/Users/{id}")).await.assert_status(204);
    for _ in 0..2 {
        let gone = app.api("DELETE", &path).send().await.assert_status(200).json();
        assert_eq!(
            (&gone["state"], &gone["email"], &gone["display_name"]),
            (&json!("deleted"), &json!(null), &json!(null))
        );
    }
    let left =
        serde_json::to_string(&app.events(&acme).await).expect("JSON") + &app.state_of(&acme, &id).await.to_string();
    assert!(!left.contains("@acme.example") && !left.contains("Example") && !left.contains("givenName"), "{left}");
    assert_eq!(app.count(&acme, "user.deleted").await, 1);
    let other = acme.scim().create_user(ADA).await;
    assert_ne!(other, id, "a tombstone does not come back");
}

async fn a_name_is_free_after_a_delete_and_groups_forget_the_member(app: &App) {
    let acme = app.tenant("acme").await;
    let other = app.connection(&acme, "second", usher_core::ConnectionKind::Entra).await;
    let scim = acme.scim();
    let (ada, bob) = (scim.create_user(ADA).await, scim.create_user("bob@acme.example").await);
    let crew = scim.create_group("Crew", &[&ada, &bob]).await;
    scim.delete(&format!("/Users/{ada}")).await.assert_status(204);
    assert_eq!(scim.members(&crew).await, std::slice::from_ref(&bob));
    let new = other.scim().post("/Users", &user(ADA)).await.assert_status(201).id();
    assert_ne!(new, ada, "another connection's leaver is not taken over");
    scim.patch(
        &format!("/Groups/{crew}"),
        &patch(json!([{ "op": "add", "path": "members", "value": [{ "value": ada }] }])),
    )
    .await
    .assert_scim_error(400, Some("invalidValue"));
}
