//! From the invitation to the confirmed user.

use serde_json::json;

use super::active;
use crate::harness::{App, PUBLIC_URL, user};

on_both_backends!(
    s44_looking_changes_nothing_and_the_button_confirms_in_the_same_request,
    s119_the_application_accepts_for_its_own_page_and_hears_active,
    s50_no_repetition_sends_a_second_invitation,
    s49_whom_the_directory_keeps_inactive_is_not_invited,
    who_has_no_address_waits_for_one,
);

const ADA: &str = "ada@acme.example";

async fn s44_looking_changes_nothing_and_the_button_confirms_in_the_same_request(app: &App) {
    let acme = app.tenant("acme").await;
    let id = acme.scim().create_user(ADA).await;
    assert!(app.mails_to(ADA).is_empty(), "the request itself sends nothing");
    let link = app.link_of(ADA).await;
    let path = format!("/Users/{id}");
    let before = acme.scim().get(&path).await;
    for _ in 0..3 {
        let page = app.get(&link).await.assert_status(200).text();
        assert!(page.contains("Join <bdi>acme</bdi>") && page.contains("<form method=\"post\">"), "{page}");
    }
    let after = acme.scim().get(&path).await;
    assert_eq!((after.header("etag"), after.text()), (before.header("etag"), before.text()));
    assert_eq!(app.state_of(&acme, &id).await["state"], "invited");

    let page = app.post(&link).await.assert_status(200).text();
    assert!(page.contains("Welcome, <bdi>ada Example</bdi>") && page.contains("https://vault.example.com/start"));
    let state = app.state_of(&acme, &id).await;
    assert_eq!((&state["state"], &state["wanted_active"]), (&json!("active"), &json!(true)));
    assert!(state["accepted_at"].is_string());
    assert_eq!(app.count(&acme, "user.confirmed").await, 1);
    app.deliver().await;
    let mails = app.mails_to(ADA);
    assert_eq!(mails.len(), 2, "the invitation, and that one can start");
    assert!(mails[1].text.contains("https://vault.example.com/start") && !mails[1].text.contains("/join/"));

    app.post(&link).await.assert_status(200);
    let seen = app.get(&link).await.assert_status(410).text();
    assert!(seen.contains("You have joined already"));
    app.deliver().await;
    assert_eq!((app.count(&acme, "user.confirmed").await, app.mails_to(ADA).len()), (1, 2));
}

async fn s119_the_application_accepts_for_its_own_page_and_hears_active(app: &App) {
    let acme = app.tenant("acme").await;
    let accept = async |secret: &str| {
        app.api("POST", "/api/v1/invitations/accept").json(&json!({ "secret": secret })).send().await
    };
    for (address, whole) in [(ADA, true), ("bob@acme.example", false)] {
        let id = acme.scim().create_user(address).await;
        let link = app.link_of(address).await;
        let secret = if whole { format!("{PUBLIC_URL}{link}") } else { link.replace("/join/", "") };
        let mut first = accept(&secret).await.assert_status(200).json();
        assert_eq!((&first["state"], &first["confirmed_now"]), (&json!("active"), &json!(true)));
        assert_eq!(
            (&first["user"], &first["tenant"], &first["tenant_slug"]),
            (&json!(id), &json!(acme.id), &json!("acme"))
        );
        assert_eq!((&first["email"], &first["user_name"]), (&json!(address), &json!(address)));
        let second = accept(&secret).await.assert_status(200).json();
        first["confirmed_now"] = false.into();
        assert_eq!(second, first, "a repetition is answered alike");
        assert_eq!(app.state_of(&acme, &id).await["state"], "active");
    }
    for secret in ["", "x", "../../x", &"a".repeat(88), &"0".repeat(88)] {
        let answer = accept(secret).await.assert_status(404).json();
        assert_eq!(answer["error"]["reason"], "invitation_unknown", "{secret}");
    }
    let extra = json!({ "secret": "x", "tenant": "acme" });
    app.api("POST", "/api/v1/invitations/accept").json(&extra).send().await.assert_status(400);
}

async fn s50_no_repetition_sends_a_second_invitation(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let id = scim.create_user(ADA).await;
    let path = format!("/Users/{id}");
    for round in 0..3 {
        scim.post("/Users", &user(ADA)).await.assert_scim_error(409, Some("uniqueness"));
        scim.put(&path, &user(ADA)).await.assert_status(200);
        scim.patch(&path, &active(true)).await.assert_status(200);
        if round == 1 {
            app.clock.advance(chrono::TimeDelta::days(60));
        }
        app.deliver().await;
        assert_eq!(app.mails_to(ADA).len(), 1);
    }
    assert_eq!((app.count(&acme, "user.invited").await, app.count(&acme, "user.updated").await), (1, 0));
    assert_eq!(app.count(&acme, "refused.user_name_taken").await, 3);
}

async fn s49_whom_the_directory_keeps_inactive_is_not_invited(app: &App) {
    let acme = app.tenant("acme").await;
    let mut body = user(ADA);
    body["active"] = false.into();
    let id = acme.scim().post("/Users", &body).await.assert_status(201).id();
    app.deliver().await;
    assert!(app.mails_to(ADA).is_empty());
    let state = app.state_of(&acme, &id).await;
    assert_eq!((&state["state"], &state["reason"]), (&json!("staged"), &json!("inactive")));
    assert_eq!(acme.scim().get(&format!("/Users/{id}")).await.json()["active"], false);
    acme.scim().patch(&format!("/Users/{id}"), &active(true)).await.assert_status(200);
    app.deliver().await;
    assert_eq!((app.mails_to(ADA).len(), &app.state_of(&acme, &id).await["state"]), (1, &json!("invited")));
}

async fn who_has_no_address_waits_for_one(app: &App) {
    let acme = app.tenant("acme").await;
    let id = acme.scim().post("/Users", &json!({ "userName": "ada" })).await.assert_status(201).id();
    let state = app.state_of(&acme, &id).await;
    assert_eq!((&state["state"], &state["reason"]), (&json!("staged"), &json!("no_address")));
    let path = format!("/api/v1/tenants/acme/users/{id}/invitation");
    app.api("POST", &path).send().await.assert_status(400);
    let operation = json!([{ "op": "add", "path": "emails", "value": [{ "type": "work", "value": ADA }] }]);
    acme.scim().patch(&format!("/Users/{id}"), &crate::harness::patch(operation)).await.assert_status(200);
    let link = app.link_of(ADA).await;
    app.post(&link).await.assert_status(200);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
}
