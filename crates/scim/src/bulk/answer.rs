//! The answer to a bulk request (RFC 7644 §3.7.3).

use serde_json::{Value, json};

use super::{BULK_RESPONSE_URN, Method};
use crate::error::Error;
use crate::resource::Map;

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Its method, where it is one of the four.
    pub method: Option<Method>,
    /// Its `bulkId`, where it has one.
    pub bulk_id: Option<String>,
    /// The absolute address of the resource; a POST that failed has none.
    pub location: Option<String>,
    /// The entity tag of the resource, if it is there now.
    pub version: Option<String>,
    /// The HTTP status of a success.
    pub status: u16,
    /// Why it failed; its status counts then.
    pub error: Option<Error>,
}

impl Outcome {
    fn to_json(&self) -> Value {
        let status = self.error.as_ref().map_or(self.status, |error| error.status).to_string();
        let members = [
            ("location", self.location.as_deref()),
            ("method", self.method.map(Method::as_str)),
            ("bulkId", self.bulk_id.as_deref()),
            ("version", self.version.as_deref()),
            ("status", Some(status.as_str())),
        ];
        let texts = members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        let response = self.error.iter().map(|error| ("response".to_owned(), error.to_body()));
        Value::Object(texts.chain(response).collect::<Map>())
    }
}

/// The answer. The resources themselves are left out, as the RFC allows; errors are whole.
#[must_use]
pub fn response(outcomes: &[Outcome]) -> Value {
    let operations: Vec<Value> = outcomes.iter().map(Outcome::to_json).collect();
    json!({ "schemas": [BULK_RESPONSE_URN], "Operations": operations })
}
