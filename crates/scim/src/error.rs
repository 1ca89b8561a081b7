//! The one error of this crate: a SCIM error (RFC 7644 §3.12) with a reason code for machines.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// URN of a SCIM error body (RFC 7644 §3.12).
pub const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Most characters of a client's text that a detail repeats.
const SHOWN_CHARACTERS: usize = 64;

/// The `scimType` of an error (RFC 7644 §3.12, table 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter could not be understood or compares what cannot be compared.
    InvalidFilter,
    /// More than the server is willing to process.
    TooMany,
    /// A value that must be unique is taken.
    Uniqueness,
    /// The attribute may not be changed that way.
    Mutability,
    /// The message is not what the request asks for.
    InvalidSyntax,
    /// The `path` of a PATCH operation names nothing.
    InvalidPath,
    /// The `path` of a PATCH operation matches nothing that could be changed.
    NoTarget,
    /// A value is missing, of the wrong type or not allowed.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The request would show sensitive data in a URL.
    Sensitive,
    /// The cursor is not one that was given out for this query (RFC 9865 §2.1).
    InvalidCursor,
    /// The cursor is too old (RFC 9865 §2.1).
    ExpiredCursor,
    /// `count` is no number of resources that a page could have (RFC 9865 §2.1).
    InvalidCount,
}

impl ScimType {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// Why a request cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    /// HTTP status, 400 to 599.
    pub status: u16,
    /// The SCIM word for it, where RFC 7644 has one.
    pub scim_type: Option<ScimType>,
    /// One sentence for people. It never holds more than a few characters of what the client sent.
    pub detail: String,
    /// Machine reason code in `snake_case`, shared by answer, log and report.
    pub reason: &'static str,
}

macro_rules! bad_request {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(reason: &'static str, detail: impl Into<String>) -> Self {
            Self::new(400, Some(ScimType::$kind), reason, detail)
        }
    )*};
}

impl Error {
    /// Any error; the other constructors are for the usual ones.
    pub fn new(status: u16, scim_type: Option<ScimType>, reason: &'static str, detail: impl Into<String>) -> Self {
        Self { status, scim_type, detail: detail.into(), reason }
    }

    bad_request! {
        /// 400 `invalidFilter`.
        invalid_filter => InvalidFilter;
        /// 400 `invalidSyntax`.
        invalid_syntax => InvalidSyntax;
        /// 400 `invalidValue`.
        invalid_value => InvalidValue;
        /// 400 `invalidPath`.
        invalid_path => InvalidPath;
        /// 400 `noTarget`.
        no_target => NoTarget;
        /// 400 `mutability`.
        mutability => Mutability;
        /// 400 `tooMany`: more operations, members or results than the limits allow.
        too_many => TooMany;
        /// 400 `invalidCursor` (RFC 9865 §2.1).
        invalid_cursor => InvalidCursor;
        /// 400 `expiredCursor` (RFC 9865 §2.1).
        expired_cursor => ExpiredCursor;
        /// 400 `invalidCount` (RFC 9865 §2.1).
        invalid_count => InvalidCount;
        /// 400 `invalidVers`.
        invalid_version => InvalidVers;
    }

    /// 409 `uniqueness`.
    pub fn uniqueness(reason: &'static str, detail: impl Into<String>) -> Self {
        Self::new(409, Some(ScimType::Uniqueness), reason, detail)
    }

    /// 403 `sensitive` (RFC 7644 §7.5.2): the request names an attribute that never leaves the server.
    pub fn sensitive(reason: &'static str, detail: impl Into<String>) -> Self {
        Self::new(403, Some(ScimType::Sensitive), reason, detail)
    }

    /// 413: the body is larger than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(413, None, "body_too_large", format!("the body is larger than {limit} bytes"))
    }

    /// 404 with the same text for every resource that is not there.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(404, None, "not_found", "there is no such resource")
    }

    /// 412: the `If-Match` of the request names an older version (RFC 7644 §3.14).
    #[must_use]
    pub fn stale_version() -> Self {
        Self::new(412, None, "stale_version", "the resource was changed since it was read")
    }

    /// 409 for an operation of a bulk request that needs another one, which failed.
    #[must_use]
    pub fn failed_dependency(bulk_id: &str) -> Self {
        let detail = format!("not tried, because the operation {} that it refers to failed", quoted(bulk_id));
        Self::new(409, None, "bulk_dependency", detail)
    }

    /// The reason code for report, log and doctor; it is not part of the body, whose members RFC 7644 fixes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The SCIM error body (RFC 7644 §3.12); `status` is a string there.
    #[must_use]
    pub fn to_body(&self) -> Value {
        let mut body = json!({ "schemas": [ERROR_URN], "status": self.status.to_string() });
        if let Some(kind) = self.scim_type {
            body["scimType"] = kind.as_str().into();
        }
        body["detail"] = self.detail.as_str().into();
        body
    }
}

/// A client's text in quotation marks for a detail: cut, and without control characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(SHOWN_CHARACTERS) + 5);
    out.push('"');
    for (index, character) in text.chars().enumerate() {
        if index == SHOWN_CHARACTERS {
            out.push('…');
            break;
        }
        if character.is_control() {
            // writing into a String cannot fail
            let _ = write!(out, "{}", character.escape_default());
        } else {
            out.push(character);
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_has_the_status_as_a_string_and_no_reason() {
        let body = Error::invalid_value("value_type", "\"active\" must be true or false").to_body();
        assert_eq!(
            body,
            json!({ "schemas": [ERROR_URN], "status": "400", "scimType": "invalidValue",
                    "detail": "\"active\" must be true or false" })
        );
        assert_eq!(Error::not_found().to_body().get("scimType"), None);
    }

    #[test]
    fn text_of_a_client_is_cut_and_made_printable() {
        assert_eq!(quoted("a\r\nb"), "\"a\\r\\nb\"");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), SHOWN_CHARACTERS + 3);
    }
}
