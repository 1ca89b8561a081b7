use serde_json::json;

use super::*;
use crate::schema::{ENTERPRISE_URN, GROUP_URN, USER_URN};

const BASE: &str = "https://usher.example/scim/v2";

#[test]
fn the_configuration_has_every_block_and_tells_the_limits() {
    let limits = Limits::default();
    let config = service_provider_config(&limits, BASE);
    for (block, supported) in
        [("patch", true), ("bulk", true), ("filter", true), ("changePassword", false), ("sort", true), ("etag", true)]
    {
        assert_eq!(config[block]["supported"], supported, "{block}");
    }
    assert_eq!(config["filter"]["maxResults"], limits.page);
    let pagination = json!({ "cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": 200,
                             "maxPageSize": 200, "cursorTimeout": 3600 });
    assert_eq!(config["pagination"], pagination, "RFC 9865 §4");
    // authentik sends that many operations in one PATCH: it must be a number we take, and not zero
    let operations = config["bulk"]["maxOperations"].as_u64().unwrap();
    assert!(operations > 0 && operations <= limits.patch_operations as u64);
    assert_eq!(config["bulk"]["maxPayloadSize"], limits.bulk_bytes);
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
    assert_eq!(config["meta"]["location"], format!("{BASE}/ServiceProviderConfig"));
    assert!(!config.to_string().contains("null"));
}

#[test]
fn resource_types_name_endpoints_and_schemas_that_exist() {
    let (user, group) = (Definition::user(), Definition::group());
    let types = resource_types(BASE, &user, &group);
    assert_eq!((&types[0]["endpoint"], &types[0]["schema"]), (&json!("/Users"), &json!(USER_URN)));
    assert_eq!((&types[1]["endpoint"], &types[1]["schema"]), (&json!("/Groups"), &json!(GROUP_URN)));
    assert_eq!(types[0]["schemaExtensions"], json!([{ "schema": ENTERPRISE_URN, "required": false }]));
    for kind in &types {
        assert!(schema(kind["schema"].as_str().unwrap(), BASE, &[&user, &group]).is_some());
    }
    assert_eq!(resource_type("user", BASE, &user, &group).as_ref(), types.first());
    assert_eq!(resource_type("Device", BASE, &user, &group), None);
}

#[test]
fn schemas_are_listed_and_found_by_urn() {
    let (user, group) = (Definition::user().requiring(&["displayName"]).unwrap(), Definition::group());
    let all = schemas(BASE, &[&user, &group]);
    let ids: Vec<_> = all.iter().map(|schema| schema["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [USER_URN, ENTERPRISE_URN, GROUP_URN]);
    let one = schema(&GROUP_URN.to_uppercase(), BASE, &[&user, &group]).unwrap();
    assert_eq!(Some(&one), all.last());
    assert_eq!(one["meta"], json!({ "resourceType": "Schema", "location": format!("{BASE}/Schemas/{GROUP_URN}") }));
    assert_eq!(schema("urn:x", BASE, &[&user]), None);
    let display = all[0]["attributes"].as_array().unwrap().iter().find(|attribute| attribute["name"] == "displayName");
    assert_eq!(display.unwrap()["required"], true, "what a connection requires is published");
}
