//! What a tenant allows: domains and switches.

use serde_json::{Value, json};
use usher_core::{ConnectionKind, ConnectionSettings, Domain, Switches, TenantSlug};
use usher_provision::{NewTenant, NewToken};

use super::active;
use crate::harness::{App, Tenant, group, patch, user};

on_both_backends!(
    r03_s53_no_path_moves_an_address_out_of_the_tenants_domains,
    s91_to_s98_what_is_switched_off_is_refused_with_a_row_in_the_log,
    s36_a_strict_connection_asks_for_all_six_attributes,
);

async fn limited(app: &App) -> Tenant {
    let slug = TenantSlug::parse("acme").expect("a slug");
    let domains = vec![Domain::parse("acme.example").expect("a domain")];
    let tenant = app.operator().create_tenant(NewTenant { slug, name: None, domains }).await.expect("a tenant");
    let token =
        app.operator().create_token("acme", NewToken::of("first", ConnectionKind::Okta)).await.expect("a token");
    Tenant::new(app.address, "acme", &tenant.id, &token)
}

async fn r03_s53_no_path_moves_an_address_out_of_the_tenants_domains(app: &App) {
    let acme = limited(app).await;
    let scim = acme.scim();
    let id = scim.create_user("ada@acme.example").await;
    let path = format!("/Users/{id}");
    let before = scim.get(&path).await.text();
    let evil = json!([{ "value": "ada@evil.example", "type": "work", "primary": true }]);
    let work = "emails[type eq \"work\"].value";
    let operations = [
        json!({ "op": "replace", "path": work, "value": "ada@evil.example" }),
        json!({ "op": "add", "path": work, "value": "ada@evil.example" }),
        json!({ "op": "replace", "path": "emails", "value": evil }),
        json!({ "op": "add", "path": "emails", "value": evil }),
        json!({ "op": "replace", "value": { "emails": evil } }),
        json!({ "op": "add", "value": { "emails": evil } }),
    ];
    for operation in operations {
        scim.patch(&path, &patch(json!([operation]))).await.assert_scim_error(400, Some("invalidValue"));
    }
    for host in ["evil.example", "acme.example.evil", "xacme.example"] {
        scim.post("/Users", &user(&format!("eve@{host}"))).await.assert_scim_error(400, Some("invalidValue"));
    }
    scim.put(&path, &user("ada@evil.example")).await.assert_scim_error(400, Some("invalidValue"));
    assert_eq!(scim.get(&path).await.text(), before);
    assert!(app.count(&acme, "refused.domain_not_authorised").await >= 8);
    app.deliver().await;
    assert_eq!(app.mails_to("ada@evil.example").len(), 0);
}

async fn s91_to_s98_what_is_switched_off_is_refused_with_a_row_in_the_log(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let id = scim.create_user("ada@acme.example").await;
    let crew = scim.create_group("Crew", &[]).await;
    let off = Switches {
        create_users: false,
        update_users: false,
        deprovision_users: false,
        create_groups: false,
        update_groups: false,
        delete_groups: false,
        change_members: false,
    };
    let settings = ConnectionSettings { switches: off, ..ConnectionSettings::of_kind(ConnectionKind::Okta) };
    app.operator().set_connection("acme", "first", &settings, None).await.expect("it is there");
    let before = (scim.get("/Users").await.text(), scim.get("/Groups").await.text());
    let (users, groups) = (format!("/Users/{id}"), format!("/Groups/{crew}"));
    let title = patch(json!([{ "op": "replace", "path": "title", "value": "x" }]));
    let rename = patch(json!([{ "op": "replace", "path": "displayName", "value": "x" }]));
    let join = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]));
    let tries: [(&str, &str, Value); 8] = [
        ("POST", "/Users", user("bob@acme.example")),
        ("PATCH", &users, title),
        ("PATCH", &users, active(false)),
        ("DELETE", &users, Value::Null),
        ("POST", "/Groups", group("New", &[])),
        ("PATCH", &groups, rename),
        ("PATCH", &groups, join),
        ("DELETE", &groups, Value::Null),
    ];
    for (method, path, body) in &tries {
        let request = scim.request(method, path);
        let request = if body.is_null() { request } else { request.scim(body) };
        request.send().await.assert_scim_error(403, None);
    }
    assert_eq!((scim.get("/Users").await.text(), scim.get("/Groups").await.text()), before);
    assert_eq!(app.count(&acme, "refused.switched_off").await, tries.len());
}

async fn s36_a_strict_connection_asks_for_all_six_attributes(app: &App) {
    let acme = app.tenant_of("acme", ConnectionKind::MiniOrange).await;
    let scim = acme.scim();
    let full = user("ada@acme.example");
    for pointer in ["/userName", "/name/givenName", "/name/familyName", "/emails/0/value", "/displayName", "/active"] {
        let mut body = full.clone();
        *body.pointer_mut(pointer).expect("it is there") = Value::Null;
        let refused = scim.post("/Users", &body).await.assert_scim_error(400, Some("invalidValue"));
        let name = pointer.rsplit('/').find(|part| *part != "value" && *part != "0").expect("a name");
        assert!(refused.text().contains(name), "{name} is named: {}", refused.text());
    }
    scim.post("/Users", &full).await.assert_status(201);
    let schemas = scim.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").await.assert_status(200).json();
    let required = schemas["attributes"].as_array().expect("a list").iter().filter(|one| one["required"] == true);
    assert!(required.count() >= 4, "what is asked for is published");
}
