//! Requests at the same time, through two servers over one database.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, App, Client, Setup, Tenant, group, patch, user};

on_both_backends!(
    r80_no_change_of_members_is_lost_or_refused,
    r81_one_of_eight_identical_creates_wins,
    r81_one_of_eight_renames_to_one_name_wins,
    two_people_who_press_at_once_are_confirmed_once,
    changes_of_different_attributes_are_all_kept,
    a_leaver_who_accepts_at_the_same_time_is_out,
);

/// Clients that take turns between two servers.
fn clients(tenant: &Tenant, app: &App, replica: &App, count: usize) -> Vec<Client> {
    (0..count).map(|n| tenant.through(if n % 2 == 0 { app.address } else { replica.address })).collect()
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

async fn r80_no_change_of_members_is_lost_or_refused(app: &App) {
    let acme = app.tenant("acme").await;
    let replica = app.replica(Setup::default()).await;
    let mut ids = Vec::new();
    for n in 0..32 {
        ids.push(acme.scim().create_user(&format!("user{n}@acme.example")).await);
    }
    let (out, into) = ids.split_at(16);
    let crew = acme.scim().create_group("Crew", &out.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let path = format!("/Groups/{crew}");
    let add = |id: &String| json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
    let remove = |id: &String| json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
    let mut changes: Vec<Value> = into.iter().map(add).chain(out.iter().map(remove)).collect();
    changes.extend((0..4).map(|n| json!([{ "op": "replace", "path": "externalId", "value": n.to_string() }])));
    let clients = clients(&acme, app, &replica, changes.len());
    let sent = clients.iter().zip(changes).map(|(client, change)| {
        let path = &path;
        async move { client.patch(path, &patch(change)).await }
    });
    let answers = join_all(sent).await;
    assert_eq!(statuses(&answers), vec![204; 36]);
    let found: BTreeSet<String> = acme.scim().members(&crew).await.into_iter().collect();
    assert_eq!(found, into.iter().cloned().collect());
    let tags: BTreeSet<&str> = answers.iter().map(|answer| answer.header("etag")).collect();
    assert_eq!(tags.len(), 36, "each change has a version of its own");
    assert_eq!(
        (app.count(&acme, "group.members_added").await, app.count(&acme, "group.members_removed").await),
        (17, 16)
    );
    replica.stop().await;
}

async fn r81_one_of_eight_identical_creates_wins(app: &App) {
    let acme = app.tenant("acme").await;
    let replica = app.replica(Setup::default()).await;
    let mut person = user("ada@acme.example");
    person["externalId"] = "00u1".into();
    for (path, body) in [("/Users", person), ("/Groups", group("Crew", &[]))] {
        let clients = clients(&acme, app, &replica, 8);
        let answers = join_all(clients.iter().map(|client| client.post(path, &body))).await;
        assert_eq!(statuses(&answers), [201, 409, 409, 409, 409, 409, 409, 409]);
        for answer in answers.into_iter().filter(|answer| answer.status == 409) {
            answer.assert_scim_error(409, Some("uniqueness"));
        }
    }
    app.deliver().await;
    assert_eq!(app.mails_to("ada@acme.example").len(), 1);
    assert_eq!(acme.scim().total("/Users", "userName eq \"ada@acme.example\"").await, 1, "R-83: found by its name");
    replica.stop().await;
}

async fn r81_one_of_eight_renames_to_one_name_wins(app: &App) {
    let acme = app.tenant("acme").await;
    let replica = app.replica(Setup::default()).await;
    let mut paths = Vec::new();
    for n in 0..8 {
        paths.push(format!("/Users/{}", acme.scim().create_user(&format!("user{n}@acme.example")).await));
    }
    let rename = patch(json!([{ "op": "replace", "path": "userName", "value": "One" }]));
    let clients = clients(&acme, app, &replica, 8);
    let answers = join_all(clients.iter().zip(&paths).map(|(client, path)| client.patch(path, &rename))).await;
    assert_eq!(statuses(&answers), [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(acme.scim().total("/Users", "userName eq \"one\"").await, 1);
    replica.stop().await;
}

async fn two_people_who_press_at_once_are_confirmed_once(app: &App) {
    let acme = app.tenant("acme").await;
    let replica = app.replica(Setup::default()).await;
    for n in 0..5 {
        let address = format!("user{n}@acme.example");
        acme.scim().create_user(&address).await;
        let secret = json!({ "secret": app.link_of(&address).await });
        let accept = async |server: &App| {
            let request = server.api("POST", "/api/v1/invitations/accept").json(&secret);
            request.send().await.assert_status(200).json()
        };
        let (one, two) = tokio::join!(accept(app), accept(&replica));
        assert_eq!((&one["state"], &two["state"]), (&json!("active"), &json!("active")));
        let first = [&one, &two].iter().filter(|answer| answer["confirmed_now"] == true).count();
        assert_eq!((first, app.count(&acme, "user.confirmed").await), (1, n + 1));
    }
    replica.stop().await;
}

async fn changes_of_different_attributes_are_all_kept(app: &App) {
    let acme = app.tenant("acme").await;
    let replica = app.replica(Setup::default()).await;
    let path = format!("/Users/{}", acme.scim().create_user("ada@acme.example").await);
    let attributes = ["title", "nickName", "userType", "locale"];
    let clients = clients(&acme, app, &replica, attributes.len());
    let sent = clients.iter().zip(attributes).map(|(client, attribute)| {
        let path = &path;
        async move {
            let change = patch(json!([{ "op": "replace", "path": attribute, "value": "de" }]));
            client.patch(path, &change).await.assert_status(200)
        }
    });
    join_all(sent).await;
    let shown = acme.scim().get(&path).await.json();
    for attribute in attributes {
        assert_eq!(shown[attribute], "de", "{attribute}");
    }
    replica.stop().await;
}

async fn a_leaver_who_accepts_at_the_same_time_is_out(app: &App) {
    let acme = app.tenant("acme").await;
    let replica = app.replica(Setup::default()).await;
    for n in 0..5 {
        let address = format!("user{n}@acme.example");
        let id = acme.scim().create_user(&address).await;
        let link = app.link_of(&address).await;
        let leaver = acme.scim();
        let leave = async { leaver.delete(&format!("/Users/{id}")).await };
        let (pressed, left) = tokio::join!(replica.post(&link), leave);
        assert!(matches!(pressed.status, 200 | 410), "{}", pressed.status);
        left.assert_status(204);
        assert_eq!(app.state_of(&acme, &id).await["state"], "suspended");
    }
    replica.stop().await;
}
