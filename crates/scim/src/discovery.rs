//! What the service tells about itself (RFC 7644 §4, RFC 7643 §5 to §7): the truth and no more.

use serde_json::{Value, json};

use crate::limits::Limits;
use crate::schema::{Definition, ResourceKind, Schema};

/// URN of the service provider configuration (RFC 7643 §5).
pub const CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// URN of a resource type (RFC 7643 §6).
pub const RESOURCE_TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// `/ServiceProviderConfig`. `base` is the absolute address of the SCIM endpoint without a slash at its end.
///
/// `maxOperations` is no more than the operations of one PATCH, because authentik takes it for that.
#[must_use]
pub fn service_provider_config(limits: &Limits, base: &str) -> Value {
    json!({
        "schemas": [CONFIG_URN],
        "patch": { "supported": true },
        "bulk": {
            "supported": true,
            "maxOperations": limits.bulk_operations.min(limits.patch_operations),
            "maxPayloadSize": limits.bulk_bytes,
        },
        "filter": { "supported": true, "maxResults": limits.page },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": limits.page,
            "maxPageSize": limits.page,
            "cursorTimeout": limits.cursor_seconds,
        },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token made in the console, sent as Authorization: Bearer",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": true,
        }],
        "meta": meta("ServiceProviderConfig", &format!("{base}/ServiceProviderConfig")),
    })
}

/// `/ResourceTypes`: User and Group.
#[must_use]
pub fn resource_types(base: &str, user: &Definition, group: &Definition) -> Vec<Value> {
    [user, group].map(|definition| resource_type_of(base, definition)).into()
}

/// One resource type by its name, in any case.
#[must_use]
pub fn resource_type(name: &str, base: &str, user: &Definition, group: &Definition) -> Option<Value> {
    let found = [user, group].into_iter().find(|definition| definition.kind.as_str().eq_ignore_ascii_case(name));
    found.map(|definition| resource_type_of(base, definition))
}

fn resource_type_of(base: &str, definition: &Definition) -> Value {
    let name = definition.kind.as_str();
    let description = match definition.kind {
        ResourceKind::User => "A person",
        ResourceKind::Group => "A group of persons",
    };
    let extensions = definition
        .extensions
        .iter()
        .map(|schema| json!({ "schema": schema.id, "required": definition.requires_extension(&schema.id) }));
    json!({
        "schemas": [RESOURCE_TYPE_URN],
        "id": name,
        "name": name,
        "description": description,
        "endpoint": definition.kind.endpoint(),
        "schema": definition.core.id,
        "schemaExtensions": extensions.collect::<Vec<_>>(),
        "meta": meta("ResourceType", &format!("{base}/ResourceTypes/{name}")),
    })
}

/// `/Schemas`: every schema of the definitions.
#[must_use]
pub fn schemas(base: &str, definitions: &[&Definition]) -> Vec<Value> {
    definitions.iter().flat_map(|definition| definition.schemas()).map(|schema| schema_of(base, schema)).collect()
}

/// One schema by its URN, in any case.
#[must_use]
pub fn schema(urn: &str, base: &str, definitions: &[&Definition]) -> Option<Value> {
    let mut all = definitions.iter().flat_map(|definition| definition.schemas());
    all.find(|schema| schema.id.eq_ignore_ascii_case(urn)).map(|schema| schema_of(base, schema))
}

fn schema_of(base: &str, schema: &Schema) -> Value {
    let mut out = schema.to_json();
    out["meta"] = meta("Schema", &format!("{base}/Schemas/{}", schema.id));
    out
}

fn meta(kind: &str, location: &str) -> Value {
    json!({ "resourceType": kind, "location": location })
}

#[cfg(test)]
mod tests;
