//! Each dead link says what it is, and does nothing.

use chrono::TimeDelta;
use serde_json::json;

use super::active;
use crate::harness::{Answer, App, Tenant, patch};

on_both_backends!(
    r90_every_dead_link_has_a_page_of_its_own_and_accepts_nothing,
    r91_the_page_sends_no_referrer_loads_nothing_and_is_kept_nowhere,
    r90_who_asks_for_a_new_link_gets_it_at_the_address_on_file,
    r90_a_changed_address_kills_the_link_in_the_old_mailbox,
    a_request_that_is_no_button_of_the_page_accepts_nothing,
    nobody_brings_a_withdrawn_invitation_back_by_an_older_link,
);

const ADA: &str = "ada@acme.example";

/// Looks and presses: the same page both times, and the state stays.
async fn assert_dead(app: &App, link: &str, status: u16, says: &str) {
    for answer in [app.get(link).await, app.post(link).await] {
        let page = answer.assert_status(status).text();
        assert!(page.contains(says), "{says}: {page}");
        assert!(!page.contains("Accept and join"));
    }
}

async fn invited(app: &App, tenant: &Tenant, address: &str) -> (String, String) {
    let id = tenant.scim().create_user(address).await;
    (id, app.link_of(address).await)
}

async fn r90_every_dead_link_has_a_page_of_its_own_and_accepts_nothing(app: &App) {
    let acme = app.tenant("acme").await;
    let of = |id: &str| format!("/api/v1/tenants/acme/users/{id}/invitation");
    let (withdrawn, withdrawn_link) = invited(app, &acme, "withdrawn@acme.example").await;
    app.api("DELETE", &of(&withdrawn)).send().await.assert_status(200);
    assert_dead(app, &withdrawn_link, 410, "This invitation was withdrawn").await;
    app.post(&format!("{withdrawn_link}?ask=new")).await.assert_status(410);

    let (replaced, old_link) = invited(app, &acme, "replaced@acme.example").await;
    app.api("POST", &of(&replaced)).send().await.assert_status(200);
    let new_link = app.link_of("replaced@acme.example").await;
    assert_ne!(old_link, new_link);
    assert_dead(app, &old_link, 410, "There is a newer invitation").await;

    let (left, left_link) = invited(app, &acme, "left@acme.example").await;
    acme.scim().patch(&format!("/Users/{left}"), &active(false)).await.assert_status(200);
    assert_dead(app, &left_link, 410, "This invitation was withdrawn").await;

    let (gone, gone_link) = invited(app, &acme, "gone@acme.example").await;
    acme.scim().delete(&format!("/Users/{gone}")).await.assert_status(204);
    assert_dead(app, &gone_link, 410, "This invitation was withdrawn").await;
    app.api("DELETE", &format!("/api/v1/tenants/acme/users/{gone}")).send().await.assert_status(200);
    assert_dead(app, &gone_link, 404, "").await;

    let (_, used_link) = invited(app, &acme, "used@acme.example").await;
    app.post(&used_link).await.assert_status(200);
    assert!(app.get(&used_link).await.assert_status(410).text().contains("You have joined already"));

    let (expired, expired_link) = invited(app, &acme, "expired@acme.example").await;
    app.clock.advance(TimeDelta::days(400));
    assert_dead(app, &expired_link, 410, "This invitation has expired").await;

    let unknown = app.get("/join/unknown").await.assert_status(404).text();
    let forged = format!("{}0", &expired_link[..expired_link.len() - 1]);
    for link in ["/join/unknown", "/join/%00", &forged, &format!("/join/{}", "z".repeat(88))] {
        assert_eq!(app.get(link).await.assert_status(404).text(), unknown);
        assert_eq!(app.post(link).await.assert_status(404).text(), unknown);
        assert_eq!(app.post(&format!("{link}?ask=new")).await.assert_status(404).text(), unknown);
    }
    app.operator().suspend_tenant("acme").await.expect("it is there");
    assert_eq!(app.get(&new_link).await.assert_status(404).text(), unknown, "a suspended tenant invites nobody");
    assert_eq!(app.post(&new_link).await.assert_status(404).text(), unknown);
    for (id, state) in [
        (&withdrawn, "invited"),
        (&replaced, "invited"),
        (&left, "suspended"),
        (&gone, "deleted"),
        (&expired, "invited"),
    ] {
        assert_eq!(app.state_of(&acme, id).await["state"], state, "{id}");
    }
    assert_eq!(app.count(&acme, "user.confirmed").await, 1);
}

async fn r91_the_page_sends_no_referrer_loads_nothing_and_is_kept_nowhere(app: &App) {
    let acme = app.tenant("acme").await;
    let (_, link) = invited(app, &acme, ADA).await;
    let pages: Vec<Answer> = vec![
        app.get(&link).await,
        app.post(&link).await,
        app.get(&link).await,
        app.get("/join/unknown").await,
        app.post(&format!("{link}?ask=new")).await,
        app.post(&format!("{link}?ask=new&ask=new")).await,
    ];
    for page in pages {
        let policy = page.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.header("set-cookie").is_empty());
        let html = page.text();
        for loading in ["<script", "<link", "<img", "<iframe", " src=", "url(", "@import"] {
            assert!(!html.contains(loading), "{loading}");
        }
        assert!(!html.contains(&link), "the secret is not on the page");
    }
}

async fn r90_who_asks_for_a_new_link_gets_it_at_the_address_on_file(app: &App) {
    let acme = app.tenant("acme").await;
    let (id, link) = invited(app, &acme, ADA).await;
    let ask = format!("{link}?ask=new");
    app.post(&ask).await.assert_status(200);
    app.deliver().await;
    assert_eq!(app.mails_to(ADA).len(), 1, "while the link works there is nothing to ask for");
    app.clock.advance(TimeDelta::days(400));
    let asked = app.post(&format!("{ask}&email=eve@evil.example")).await.assert_status(200).text();
    assert!(asked.contains("on its way") && !asked.contains("evil"));
    let new = app.link_of(ADA).await;
    assert_eq!((app.mails_to(ADA).len(), app.mails_to("eve@evil.example").len()), (2, 0));
    assert_ne!(new, link);
    assert_dead(app, &link, 410, "There is a newer invitation").await;
    app.post(&new).await.assert_status(200);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
    let before = app.events(&acme).await.len();
    app.post(&ask).await;
    app.deliver().await;
    assert_eq!((app.events(&acme).await.len(), app.mails_to(ADA).len()), (before, 3), "nobody active is invited again");
}

async fn r90_a_changed_address_kills_the_link_in_the_old_mailbox(app: &App) {
    let acme = app.tenant("acme").await;
    let (id, link) = invited(app, &acme, ADA).await;
    let path = format!("/Users/{id}");
    let operation = json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@acme.example" }]);
    acme.scim().patch(&path, &patch(operation)).await.assert_status(200);
    app.post(&link).await.assert_status(410);
    assert_eq!(app.state_of(&acme, &id).await["state"], "invited");
    app.deliver().await;
    assert_eq!((app.mails_to(ADA).len(), app.mails_to("new@acme.example").len()), (1, 0), "nobody gets a mail unasked");
    let changed = app.events(&acme).await.into_iter().find(|event| event["kind"] == "user.updated").expect("a fact");
    let (before, after) = (changed["data"]["before"].to_string(), changed["data"]["after"].to_string());
    assert!(before.contains(ADA) && after.contains("new@acme.example"), "R-02: the application is told both");
    app.post(&format!("{link}?ask=new")).await.assert_status(200);
    let new = app.link_of("new@acme.example").await;
    assert_eq!(app.mails_to(ADA).len(), 1);
    app.post(&new).await.assert_status(200);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
}

async fn a_request_that_is_no_button_of_the_page_accepts_nothing(app: &App) {
    let acme = app.tenant("acme").await;
    let (id, link) = invited(app, &acme, ADA).await;
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"] {
        crate::harness::Request::new(app.address, method, &link).send().await;
    }
    app.post(&format!("{link}?ask=new&ask=new")).await.assert_status(404);
    assert_eq!(app.state_of(&acme, &id).await["state"], "invited");
}

async fn nobody_brings_a_withdrawn_invitation_back_by_an_older_link(app: &App) {
    let acme = app.tenant("acme").await;
    let (id, first) = invited(app, &acme, ADA).await;
    let path = format!("/api/v1/tenants/acme/users/{id}/invitation");
    app.api("POST", &path).send().await.assert_status(200);
    let second = app.link_of(ADA).await;
    app.api("DELETE", &path).send().await.assert_status(200);
    for link in [&first, &second] {
        assert_dead(app, link, 410, "This invitation was withdrawn").await;
        app.post(&format!("{link}?ask=new")).await.assert_status(410);
    }
    app.deliver().await;
    assert_eq!((app.mails_to(ADA).len(), app.count(&acme, "user.invited").await), (2, 2));
    app.api("POST", &path).send().await.assert_status(200);
    let third = app.link_of(ADA).await;
    app.post(&third).await.assert_status(200);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active", "the operator may invite again");
}
