//! Any SCIM 2.0 client: the union of what all others send, which is unambiguous.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Sends, Source, Updates};

pub(super) const GENERIC: Dialect = Dialect {
    name: "generic",
    client: "Any SCIM 2.0 client",
    kind: "generic",
    sends: Sends::Anything,
    updates: Updates { users: Method::Either, groups: Method::Either },
    leaver: Leaver::AdminChooses,
    sources: &[
        Source::dated(
            "RFC 7643, System for Cross-domain Identity Management: Core Schema",
            "2015-09",
            Evidence::Standard,
        ),
        Source::dated("RFC 7644, System for Cross-domain Identity Management: Protocol", "2015-09", Evidence::Standard),
    ],
    ..UNKNOWN
};
