//! Members whom the application has already.

use serde_json::json;
use usher_core::ConnectionKind;

use super::active;
use crate::harness::{App, patch, user};

on_both_backends!(
    s40_a_member_is_matched_by_address_without_any_mail,
    r04_the_request_that_matches_changes_no_address,
    s42_an_unmanaged_member_stays_as_they_are,
    r08_a_user_name_alone_links_to_nobody,
    s135_two_connections_do_not_touch_each_other,
);

const ADA: &str = "ada@acme.example";

async fn register(app: &App, email: &str, name: &str) -> String {
    let body = json!({ "email": email, "user_name": name, "display_name": "Ada" });
    let answer = app.api("POST", "/api/v1/tenants/acme/users").json(&body).send().await.assert_status(201).json();
    assert_eq!((&answer["state"], &answer["connection"]), (&json!("active"), &json!(null)));
    answer["id"].as_str().expect("an id").to_owned()
}

async fn s40_a_member_is_matched_by_address_without_any_mail(app: &App) {
    let acme = app.tenant("acme").await;
    let id = register(app, ADA, "ada").await;
    let made = acme.scim().post("/Users", &user("ADA@Acme.Example")).await.assert_status(201);
    assert_eq!((made.id(), &made.json()["userName"]), (id.clone(), &json!("ADA@Acme.Example")));
    app.deliver().await;
    assert_eq!(app.get("/dev/mailbox").await.json(), json!([]));
    let state = app.state_of(&acme, &id).await;
    assert_eq!(state["state"], "active");
    assert!(state["connection"].is_string());
    assert_eq!((app.count(&acme, "user.matched").await, app.count(&acme, "user.invited").await), (1, 0));
    acme.scim().delete(&format!("/Users/{id}")).await.assert_status(204);
    assert_eq!(app.state_of(&acme, &id).await["state"], "suspended");
}

async fn r04_the_request_that_matches_changes_no_address(app: &App) {
    let acme = app.tenant("acme").await;
    let id = register(app, ADA, "ada").await;
    let mut body = user(ADA);
    body["emails"] =
        json!([{ "value": ADA, "primary": true, "type": "work" }, { "value": "eve@evil.example", "type": "home" }]);
    assert_eq!(acme.scim().post("/Users", &body).await.assert_status(201).id(), id);
    assert_eq!(app.state_of(&acme, &id).await["email"], ADA);
    // Claiming by id must not move the address either.
    let bob = register(app, "bob@acme.example", "bob").await;
    let operation =
        json!([{ "op": "replace", "path": "emails", "value": [{ "value": "eve@evil.example", "type": "work" }] }]);
    acme.scim().patch(&format!("/Users/{bob}"), &patch(operation)).await.assert_scim_error(403, None);
    assert_eq!(app.state_of(&acme, &bob).await["email"], "bob@acme.example");
}

async fn s42_an_unmanaged_member_stays_as_they_are(app: &App) {
    let acme = app.tenant("acme").await;
    let id = register(app, ADA, "ada").await;
    let before = app.state_of(&acme, &id).await;
    let path = format!("/Users/{id}");
    acme.scim().get(&path).await.assert_status(200);
    acme.scim().delete(&path).await.assert_scim_error(403, None);
    acme.scim().patch(&path, &active(false)).await.assert_scim_error(403, None);
    acme.scim().create_user("other@acme.example").await;
    assert_eq!(app.state_of(&acme, &id).await, before);
}

async fn r08_a_user_name_alone_links_to_nobody(app: &App) {
    let acme = app.tenant("acme").await;
    let id = register(app, ADA, "ada").await;
    let mut body = user("eve@evil.example");
    body["userName"] = "ADA".into();
    acme.scim().post("/Users", &body).await.assert_scim_error(409, Some("uniqueness"));
    let state = app.state_of(&acme, &id).await;
    assert_eq!((&state["connection"], &state["email"]), (&json!(null), &json!(ADA)));
    // Two members with one address: none is matched silently.
    register(app, ADA, "ada2").await;
    acme.scim().post("/Users", &user(ADA)).await.assert_scim_error(409, Some("uniqueness"));
    assert_eq!(app.count(&acme, "refused.ambiguous_address").await, 1);
}

async fn s135_two_connections_do_not_touch_each_other(app: &App) {
    let acme = app.tenant("acme").await;
    let second = app.connection(&acme, "second", ConnectionKind::Entra).await;
    let mut body = user(ADA);
    body["externalId"] = "1".into();
    let ada = acme.scim().post("/Users", &body).await.assert_status(201).id();
    let crew = acme.scim().create_group("Crew", &[&ada]).await;
    let mut other = user("bob@acme.example");
    other["externalId"] = "1".into();
    let bob = second.scim().post("/Users", &other).await.assert_status(201).id();
    assert_eq!(second.scim().find("/Users", "externalId eq \"1\"").await["Resources"][0]["id"], bob.as_str());
    assert_eq!(acme.scim().find("/Users", "externalId eq \"1\"").await["Resources"][0]["id"], ada.as_str());
    let (user_path, group_path) = (format!("/Users/{ada}"), format!("/Groups/{crew}"));
    second.scim().patch(&user_path, &active(false)).await.assert_scim_error(403, None);
    second.scim().delete(&user_path).await.assert_scim_error(403, None);
    second.scim().delete(&group_path).await.assert_scim_error(403, None);
    let operation = json!([{ "op": "remove", "path": "members" }]);
    second.scim().patch(&group_path, &patch(operation)).await.assert_scim_error(403, None);
    assert_eq!(acme.scim().members(&crew).await, [ada]);
}
