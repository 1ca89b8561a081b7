//! The log: every change and refusal, by whom, through what, in which request, and why.

use serde_json::{Value, json};

use crate::harness::{Answer, App, Tenant, group, patch, user};

on_both_backends!(
    s104_every_change_is_in_the_log_in_order_with_its_request_and_token,
    s98_s136_every_refusal_is_in_the_log_with_its_reason,
    a_change_that_changes_nothing_is_no_event,
    the_log_is_read_in_pages_without_gaps_or_repetitions,
    an_update_tells_before_and_after,
    a_loop_of_refusals_does_not_fill_the_log,
    people_and_operators_are_actors_too,
);

const ADA: &str = "ada@acme.example";

async fn log_of(app: &App, tenant: &Tenant) -> Vec<Value> {
    let mut events = app.events(tenant).await;
    events.retain(|event| event["actor"]["kind"] != "operator" && event["actor"]["kind"] != "system");
    events
}

async fn s104_every_change_is_in_the_log_in_order_with_its_request_and_token(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let mut answers: Vec<(Answer, &[&str])> = Vec::new();
    let made = scim.post("/Users", &user(ADA)).await.assert_status(201);
    let users = format!("/Users/{}", made.id());
    let id = made.id();
    answers.push((made, &["user.invited"]));
    let change = |value: Value| patch(json!([{ "op": "replace", "value": value }]));
    answers.push((scim.patch(&users, &change(json!({ "title": "x" }))).await, &["user.updated"]));
    let made = scim.post("/Groups", &group("Crew", &[&id])).await.assert_status(201);
    let groups = format!("/Groups/{}", made.id());
    answers.push((made, &["group.created", "group.members_added"]));
    answers.push((scim.patch(&groups, &change(json!({ "displayName": "Crew 2" }))).await, &["group.updated"]));
    let leave = patch(json!([{ "op": "remove", "path": "members", "value": [{ "value": id }] }]));
    answers.push((scim.patch(&groups, &leave).await, &["group.members_removed"]));
    answers.push((scim.delete(&groups).await, &["group.deleted"]));
    answers.push((
        scim.patch(&users, &change(json!({ "active": false }))).await,
        &["user.suspended", "user.invitation_withdrawn"],
    ));
    answers.push((scim.patch(&users, &change(json!({ "active": true }))).await, &["user.invited"]));
    let mut expected = Vec::new();
    for (answer, kinds) in &answers {
        assert!(answer.status < 300, "{}", answer.text());
        expected.extend(kinds.iter().map(|kind| ((*kind).to_owned(), answer.header("x-request-id").to_owned())));
    }
    let log = log_of(app, &acme).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found: Vec<(String, String)> =
        log.iter().map(|event| (text(&event["kind"]), text(&event["request_id"]))).collect();
    for (kind, _) in &mut found {
        if kind == "invitation.withdrawn" {
            "user.invitation_withdrawn".clone_into(kind);
        }
    }
    assert_eq!(found, expected);
    let connection = &log[0]["connection"];
    assert!(connection.is_string());
    for event in &log {
        assert_eq!(
            (&event["actor"]["kind"], &event["actor"]["id"]),
            (&json!("token"), &json!(acme.token_id)),
            "{event}"
        );
        assert_eq!(&event["connection"], connection);
        assert!(event["at"].is_string() && event["subject"]["id"].is_string());
    }
    assert!(log.windows(2).all(|pair| pair[0]["position"].as_i64() < pair[1]["position"].as_i64()));
}

async fn s98_s136_every_refusal_is_in_the_log_with_its_reason(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let id = scim.create_user(ADA).await;
    let crew = scim.create_group("Crew", &[]).await;
    let (users, groups) = (format!("/Users/{id}"), format!("/Groups/{crew}"));
    let never = json!([{ "value": "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e" }]);
    let stale = scim.request("DELETE", &users).header("If-Match", "W/\"999\"");
    let answers = [
        (scim.post("/Users", &user(ADA)).await, "user_name_taken"),
        (scim.post("/Groups", &group("CREW", &[])).await, "group_name_taken"),
        (scim.post("/Groups", &group("Provision Managers", &[])).await, "reserved_name"),
        (
            scim.patch(&groups, &patch(json!([{ "op": "add", "path": "members", "value": never }]))).await,
            "unknown_member",
        ),
        (stale.send().await, "stale_version"),
        (scim.request("POST", "/Users").bytes("text/plain", "x").send().await, "media_type"),
        (
            scim.request("POST", "/Users").bytes("application/json", vec![b' '; 1_048_577]).send().await,
            "body_too_large",
        ),
    ];
    let log = log_of(app, &acme).await;
    for (answer, reason) in answers {
        let request = answer.header("x-request-id");
        let found: Vec<&Value> = log.iter().filter(|event| event["request_id"] == request).collect();
        assert_eq!(found.len(), 1, "{reason}: {}", answer.text());
        assert_eq!(found[0]["kind"], format!("refused.{reason}"));
        assert_eq!((&found[0]["reason"], &found[0]["actor"]["id"]), (&json!(reason), &json!(acme.token_id)));
        assert!(found[0]["data"]["operation"].is_string());
    }
    for body in ["{", "[]", "{\"userName\":\"a\",\"userName\":\"b\"}"] {
        let answer = scim.request("POST", "/Users").bytes("application/json", body).send().await.assert_status(400);
        let log = log_of(app, &acme).await;
        let event = log.iter().find(|event| event["request_id"] == answer.header("x-request-id")).expect("a refusal");
        assert!(event["kind"].as_str().is_some_and(|kind| kind.starts_with("refused.")));
    }
    scim.get("/Users/none").await.assert_status(404);
    let last = log_of(app, &acme).await.pop().expect("an event");
    assert_ne!(last["reason"], "not_found", "not being there is no refusal");
}

async fn a_change_that_changes_nothing_is_no_event(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let id = scim.create_user(ADA).await;
    let crew = scim.create_group("Crew", &[&id]).await;
    let before = app.events(&acme).await.len();
    scim.put(&format!("/Users/{id}"), &user(ADA)).await.assert_status(200);
    scim.patch(&format!("/Users/{id}"), &patch(json!([{ "op": "replace", "path": "active", "value": true }])))
        .await
        .assert_status(200);
    scim.put(&format!("/Groups/{crew}"), &group("Crew", &[&id])).await.assert_status(200);
    scim.get("/Users").await.assert_status(200);
    assert_eq!(app.events(&acme).await.len(), before);
}

async fn the_log_is_read_in_pages_without_gaps_or_repetitions(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    for n in 0..10 {
        acme.scim().create_user(&format!("user{n}@acme.example")).await;
        globex.scim().create_user(&format!("user{n}@globex.example")).await;
    }
    let all = app.events(&acme).await;
    for limit in [1, 3, 7] {
        let (mut read, mut after) = (Vec::new(), json!(0));
        loop {
            let path = format!("/api/v1/tenants/acme/events?after={after}&limit={limit}");
            let page = app.api("GET", &path).send().await.assert_status(200).json();
            let events = page["events"].as_array().expect("a list").clone();
            if events.is_empty() {
                assert_eq!(page["next"], after, "the place to go on from stays");
                break;
            }
            after = page["next"].clone();
            read.extend(events);
        }
        assert_eq!(read, all);
    }
    assert!(all.iter().all(|event| !event.to_string().contains("globex")));
}

async fn an_update_tells_before_and_after(app: &App) {
    let acme = app.tenant("acme").await;
    let id = acme.scim().create_user(ADA).await;
    let change = patch(json!([{ "op": "replace", "value": { "displayName": "Countess", "name.familyName": "King" } }]));
    acme.scim().patch(&format!("/Users/{id}"), &change).await.assert_status(200);
    let log = log_of(app, &acme).await;
    let data = &log.last().expect("an event")["data"];
    assert_eq!(data["before"]["displayName"], "ada Example");
    assert_eq!(
        (&data["after"]["displayName"], data["changed"].as_array().map(Vec::len)),
        (&json!("Countess"), Some(2))
    );
    assert_eq!(
        (&data["before"]["name.familyName"], &data["after"]["name.familyName"]),
        (&json!("Example"), &json!("King"))
    );
    assert_eq!(log[0]["data"]["after"]["userName"], ADA, "the first one tells everything");
}

async fn a_loop_of_refusals_does_not_fill_the_log(app: &App) {
    let acme = app.tenant("acme").await;
    for _ in 0..400 {
        acme.scim().request("POST", "/Users").bytes("text/plain", "x").send().await.assert_status(415);
    }
    assert_eq!(app.count(&acme, "refused.media_type").await, 300);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    acme.scim().request("POST", "/Users").bytes("text/plain", "x").send().await.assert_status(415);
    let last = app.events(&acme).await.pop().expect("an event");
    assert_eq!(last["data"]["suppressed_before"], 100, "what was left out is told");
}

async fn people_and_operators_are_actors_too(app: &App) {
    let acme = app.tenant("acme").await;
    let id = acme.scim().create_user(ADA).await;
    let path = format!("/api/v1/tenants/acme/users/{id}/invitation");
    let resent = app.api("POST", &path).send().await.assert_status(200);
    let link = app.link_of(ADA).await;
    let accepted = app.post(&link).await.assert_status(200);
    let log = app.events(&acme).await;
    let event_of = |answer: &Answer| {
        let request = answer.header("x-request-id").to_owned();
        log.iter().find(|event| event["request_id"] == request).expect("an event").clone()
    };
    assert_eq!(
        (&event_of(&resent)["actor"]["kind"], &event_of(&resent)["kind"]),
        (&json!("operator"), &json!("user.invited"))
    );
    let confirmed = event_of(&accepted);
    assert_eq!((&confirmed["kind"], &confirmed["actor"]["kind"]), (&json!("user.confirmed"), &json!("person")));
    assert_eq!((&confirmed["actor"]["id"], &confirmed["subject"]["id"]), (&json!(id), &json!(id)));
}
