//! S85 to S88 and R-10: the built-in group is there, and nobody reaches it by any spelling.

use std::sync::Arc;

use serde_json::{Value, json};
use usher_scim::list::Query;

use crate::tenant::{Tenant, column, op, reason, values};
use crate::world::World;

on_both!(
    s85_the_built_in_group_is_there_with_the_first_token_and_once,
    s86_s87_r10_nobody_renames_fills_empties_or_deletes_it,
    s88_r10_no_spelling_of_its_name_is_free,
);

const SPELLINGS: [&str; 9] = [
    "Provision Managers",
    "provision managers",
    "PROVISION MANAGERS",
    " Provision Managers ",
    "Provision  Managers",
    "Provision\u{a0}Managers",
    "Provision\u{200b} Managers",
    "Ｐｒｏｖｉｓｉｏｎ　Ｍａｎａｇｅｒｓ",
    "Provision Manager\u{17f}",
];

async fn built_in(tenant: &Tenant) -> String {
    let query = Query { filter: Some("displayName eq \"provision managers\"".to_owned()), ..Query::default() };
    let mut found = column(&tenant.scope.list_groups(&query).await.unwrap().body, "id");
    assert_eq!(found.len(), 1);
    found.remove(0)
}

async fn s85_the_built_in_group_is_there_with_the_first_token_and_once(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let group = built_in(&acme).await;
    let second = world.connection(&acme.id, "acme", "second", usher_core::ConnectionKind::Okta).await;
    assert_eq!(built_in(&second).await, group);
    let shown = second.scope.group(&group, &Query::default()).await.unwrap();
    assert_eq!(shown.resource["displayName"], "Provision Managers");
    assert_eq!(second.members(&group).await, Vec::<String>::new());
}

async fn s86_s87_r10_nobody_renames_fills_empties_or_deletes_it(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let group = built_in(&acme).await;
    let patches: Vec<Value> = vec![
        op("add", "members", values(&[&ada])),
        op("replace", "members", values(&[&ada])),
        op("replace", "members", json!([])),
        json!({ "op": "remove", "path": "members" }),
        json!({ "op": "remove", "path": format!("members[value eq \"{ada}\"]") }),
        json!({ "op": "add", "value": { "members": values(&[&ada]) } }),
        op("replace", "displayName", "Mine"),
        op("replace", "displayName", "PROVISION MANAGERS"),
        op("add", "externalId", "1"),
        json!({ "op": "replace", "value": { "displayName": "Mine", "members": values(&[&ada]) } }),
    ];
    for operation in patches {
        let shown = operation.to_string();
        assert_eq!(reason(acme.patch_group(&group, vec![operation]).await), "reserved_group", "{shown}");
    }
    for body in [
        json!({ "displayName": "Provision Managers" }),
        json!({ "displayName": "Provision Managers", "members": values(&[&ada]) }),
        json!({ "displayName": "Mine" }),
        json!({ "displayName": "Provision Managers", "externalId": "1" }),
    ] {
        let shown = body.to_string();
        assert_eq!(reason(acme.put_group(&group, body).await), "reserved_group", "{shown}");
    }
    assert_eq!(reason(acme.delete_group(&group).await), "reserved_group");
    assert_eq!(acme.members(&group).await, Vec::<String>::new());
    assert_eq!(built_in(&acme).await, group);
    assert_eq!(acme.last_event().await.kind, "refused.reserved_group");
}

async fn s88_r10_no_spelling_of_its_name_is_free(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let crew = acme.group("Crew", &[]).await;
    for spelling in SPELLINGS {
        assert_eq!(reason(acme.create_group(spelling, &[]).await), "reserved_name", "{spelling:?}");
        let rename = op("replace", "displayName", spelling);
        assert_eq!(reason(acme.patch_group(&crew, vec![rename]).await), "reserved_name", "{spelling:?}");
        let replace = json!({ "displayName": spelling });
        assert_eq!(reason(acme.put_group(&crew, replace).await), "reserved_name", "{spelling:?}");
    }
    built_in(&acme).await;
    acme.group("Provision Managers 2", &[]).await;
}
