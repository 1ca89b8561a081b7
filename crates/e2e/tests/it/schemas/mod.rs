//! Schemas that a connection declares, from the declaration to the day after it was taken back; and what is sent that no
//! schema has.

mod bad_input;
mod ignored;
mod life;
mod unique;
mod values;

use serde_json::{Value, json};

use crate::harness::{Answer, App};

/// The URN that these tests declare.
const URN: &str = "urn:example:acme:2.0:User";

/// What is declared under it.
fn badge() -> Value {
    json!({
        "id": URN,
        "name": "Acme",
        "description": "What Acme knows of its people",
        "attributes": [
            { "name": "badge", "type": "integer" },
            { "name": "room", "type": "string", "caseExact": true },
            { "name": "hired", "type": "dateTime", "mutability": "immutable" },
            { "name": "pin", "type": "string", "mutability": "writeOnly" },
            { "name": "salary", "type": "decimal", "returned": "never" },
            { "name": "notes", "type": "string", "returned": "request" },
            { "name": "car", "type": "complex", "subAttributes": [
                { "name": "plate", "type": "string" }, { "name": "electric", "type": "boolean" },
            ] },
            { "name": "cards", "type": "complex", "multiValued": true, "subAttributes": [
                { "name": "value", "type": "string" },
                { "name": "type", "type": "string", "canonicalValues": ["door", "garage"] },
                { "name": "primary", "type": "boolean" },
            ] },
        ],
    })
}

fn path(connection: &str, urn: &str) -> String {
    format!("/api/v1/tenants/acme/connections/{connection}/schemas/{urn}")
}

/// Declares a schema on the first connection of "acme".
async fn declare(app: &App, schema: &Value) -> Answer {
    let urn = schema["id"].as_str().expect("a URN");
    app.api("PUT", &format!("{}?resource=User", path("first", urn))).json(schema).send().await
}

/// A user with these attributes of the extension.
fn with(address: &str, parts: Value) -> Value {
    let mut body = crate::harness::user(address);
    body["schemas"].as_array_mut().expect("a list").push(URN.into());
    body[URN] = parts;
    body
}
