//! The life of a user over HTTP: invited, confirmed, suspended, back, deleted.

mod invitation;
mod leaving;
mod links;
mod mail;
mod matching;
mod policy;
mod settings;

use serde_json::{Value, json};

use crate::harness::patch;

/// PATCH of `active`.
fn active(wanted: bool) -> Value {
    patch(json!([{ "op": "replace", "value": { "active": wanted } }]))
}
