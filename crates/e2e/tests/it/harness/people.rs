//! Bodies that tests send.

use serde_json::{Value, json};

/// A user with an e-mail address as name.
pub fn user(address: &str) -> Value {
    let name = address.split('@').next().unwrap_or_default();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": address,
        "name": { "givenName": name, "familyName": "Example" },
        "displayName": format!("{name} Example"),
        "emails": [{ "value": address, "type": "work", "primary": true }],
        "active": true,
    })
}

pub fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": members,
    })
}

/// A PATCH of these operations.
#[expect(clippy::needless_pass_by_value, reason = "it is called with json!([…])")]
pub fn patch(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

/// A bulk request of these operations.
#[expect(clippy::needless_pass_by_value, reason = "it is called with json!([…])")]
pub fn bulk(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations })
}
