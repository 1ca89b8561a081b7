//! The built-in group Provision Managers (S85 to S88, R-10).

use serde_json::json;

use crate::harness::{App, Tenant, group, patch};

on_both_backends!(
    s85_the_group_is_there_from_the_first_connection_on,
    s86_s87_nobody_deletes_renames_or_fills_it,
    s88_r10_its_name_is_taken_in_every_spelling,
);

async fn managers(tenant: &Tenant) -> String {
    let found = tenant.scim().find("/Groups", "displayName eq \"provision managers\"").await;
    assert_eq!(found["totalResults"], 1);
    found["Resources"][0]["id"].as_str().expect("an id").to_owned()
}

async fn s85_the_group_is_there_from_the_first_connection_on(app: &App) {
    let acme = app.tenant("acme").await;
    let id = managers(&acme).await;
    let second = app.connection(&acme, "second", usher_core::ConnectionKind::Entra).await;
    assert_eq!(managers(&second).await, id);
    assert_eq!(acme.scim().get(&format!("/Groups/{id}")).await.json()["displayName"], "Provision Managers");
}

async fn s86_s87_nobody_deletes_renames_or_fills_it(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let (id, ada) = (managers(&acme).await, scim.create_user("ada@acme.example").await);
    let path = format!("/Groups/{id}");
    let before = scim.get(&path).await.text();
    scim.delete(&path).await.assert_scim_error(403, Some("mutability"));
    for operation in [
        json!({ "op": "replace", "path": "displayName", "value": "Others" }),
        json!({ "op": "replace", "value": { "displayName": "Others" } }),
        json!({ "op": "add", "path": "members", "value": [{ "value": ada }] }),
        json!({ "op": "add", "value": { "members": [{ "value": ada }] } }),
        json!({ "op": "replace", "path": "members", "value": [{ "value": ada }] }),
        json!({ "op": "remove", "path": "members" }),
        json!({ "op": "replace", "path": "externalId", "value": "x" }),
    ] {
        scim.patch(&path, &patch(json!([operation]))).await.assert_scim_error(403, Some("mutability"));
    }
    scim.put(&path, &group("Others", &[])).await.assert_scim_error(403, Some("mutability"));
    scim.put(&path, &group("Provision Managers", &[&ada])).await.assert_scim_error(403, Some("mutability"));
    assert_eq!(scim.get(&path).await.text(), before);
    assert_eq!(app.count(&acme, "refused.reserved_group").await, 10);
}

async fn s88_r10_its_name_is_taken_in_every_spelling(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let other = scim.create_group("Other", &[]).await;
    for name in [
        "Provision Managers",
        "PROVISION MANAGERS",
        " Provision Managers ",
        "Provision  Managers",
        "Provision\u{a0}Managers",
        "Provision\u{200b} Managers",
        "Provision\u{feff} Managers",
        "Ｐrovision Ｍanagers",
        "Provision Managers\u{200d}",
        "ProvisionManagers",
    ] {
        let answer = scim.post("/Groups", &group(name, &[])).await;
        if name == "ProvisionManagers" {
            // Not the same words; either way it is never the built-in group.
            assert!(matches!(answer.status, 201 | 409));
            continue;
        }
        assert!(matches!(answer.status, 400 | 409), "{name:?}: {}", answer.text());
        let rename = patch(json!([{ "op": "replace", "path": "displayName", "value": name }]));
        let answer = scim.patch(&format!("/Groups/{other}"), &rename).await;
        assert!(matches!(answer.status, 400 | 409), "{name:?}: {}", answer.status);
    }
    managers(&acme).await;
}
