//! S53 and R-03: no way leads to an address outside the tenant's domains.

use std::sync::Arc;

use serde_json::{Value, json};
use usher_core::ConnectionKind;
use usher_provision::Error;

use crate::tenant::{id, op, person, reason};
use crate::world::World;

on_both!(
    s53_r03_a_create_outside_the_domains_is_refused_and_told,
    s53_r03_no_change_leads_outside_the_domains,
    s53_r03_no_match_and_no_return_leads_outside_the_domains,
    s53_a_user_name_that_is_the_address_counts,
);

const OUTSIDE: [&str; 4] =
    ["ada@evil.example", "ada@acme.example.evil.example", "ada@sub.acme.example", "ada@xacme.example"];

async fn s53_r03_a_create_outside_the_domains_is_refused_and_told(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::Generic, &["acme.example", "Müller.example"]).await;
    for address in OUTSIDE {
        let refused = acme.create(person("ada", address)).await;
        assert!(matches!(&refused, Err(Error::Policy(..))), "{refused:?}");
        assert_eq!(reason(refused), "domain_not_authorised", "{address}");
        assert_eq!(acme.last_event().await.kind, "refused.domain_not_authorised");
    }
    assert!(acme.find("userName pr").await.unwrap().is_empty());
    acme.user("ada", "Ada@ACME.Example").await;
    acme.user("udo", "udo@MÜLLER.example").await;
}

async fn s53_r03_no_change_leads_outside_the_domains(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::Generic, &["acme.example"]).await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    let before = acme.row(&ada).await;
    for address in OUTSIDE {
        let emails = json!([{ "value": address, "type": "work", "primary": true }]);
        let patches: Vec<Vec<Value>> = vec![
            vec![op("replace", "emails[type eq \"work\"].value", address)],
            vec![op("add", "emails[type eq \"work\"].value", address)],
            vec![op("replace", "emails", emails.clone())],
            vec![op("Replace", "emails[primary eq true].value", address)],
            vec![op("add", "emails", json!([{ "value": address, "type": "other", "primary": true }]))],
            vec![json!({ "op": "replace", "value": { "emails": emails } })],
            vec![json!({ "op": "add", "value": { "emails": [{ "value": address, "primary": true }] } })],
            vec![json!({ "op": "replace", "value": { "emails[type eq \"work\"].value": address } })],
            vec![
                op("add", "emails", json!([{ "value": address, "type": "home" }])),
                json!({ "op": "remove", "path": "emails[type eq \"work\"]" }),
            ],
        ];
        for operations in patches {
            let shown = format!("{operations:?}");
            assert_eq!(reason(acme.patch(&ada, operations).await), "domain_not_authorised", "{shown}");
        }
        assert_eq!(reason(acme.put(&ada, person("ada", address)).await), "domain_not_authorised");
        assert_eq!(acme.row(&ada).await, before);
    }
    acme.patch(&ada, vec![op("replace", "emails[type eq \"work\"].value", "ada.king@acme.example")]).await.unwrap();
}

async fn s53_r03_no_match_and_no_return_leads_outside_the_domains(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::Generic, &["acme.example"]).await;
    let guest = acme.member("guest", "guest@evil.example").await;
    assert_eq!(reason(acme.create(person("guest2", "guest@evil.example")).await), "domain_not_authorised");
    let claim = acme.patch(&guest, vec![op("add", "externalId", "1")]).await;
    assert_eq!(reason(claim), "domain_not_authorised");
    assert_eq!(acme.kinds_of(&guest).await.len(), 2, "registered and refused");

    let ada = acme.active_user("ada", "ada@acme.example").await;
    acme.delete(&ada).await.unwrap();
    assert_eq!(reason(acme.create(person("ada", "ada@evil.example")).await), "domain_not_authorised");
    assert_eq!(acme.state(&ada).await.state, "suspended");
}

async fn s53_a_user_name_that_is_the_address_counts(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::Generic, &["acme.example"]).await;
    let named = |name: &str| json!({ "userName": name });
    assert_eq!(reason(acme.create(named("ada@evil.example")).await), "domain_not_authorised");
    let ada = id(&acme.create(named("ada@acme.example")).await.unwrap());
    assert_eq!(acme.state(&ada).await.email.as_deref(), Some("ada@acme.example"));
    assert_eq!(
        reason(acme.patch(&ada, vec![op("replace", "userName", "ada@evil.example")]).await),
        "domain_not_authorised"
    );
}
