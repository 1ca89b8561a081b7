//! SailPoint: Identity Security Cloud and `IdentityIQ`.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Retries, RetryAfter, Source, Updates};

pub(super) const SAILPOINT: Dialect = Dialect {
    name: "sailpoint",
    client: "SailPoint",
    kind: "sailpoint",
    habits: &[
        "configuration, resource types and schemas are read before anything else",
        "all users and groups are read regularly",
        "each change of a membership is a request of its own",
        "a replace with path on a single complex attribute is meant as an add",
        "rate headers are looked for as x-rate-limit-remaining and the like",
    ],
    needs: &[Need::Configuration, Need::Discovery, Need::StableOrder, Need::ScimMediaType],
    updates: Updates { users: Method::Either, groups: Method::Either },
    leaver: Leaver::AdminChooses,
    paging: Paging::Configurable,
    retries: Retries { timeout_seconds: Some(60), retry_after: RetryAfter::NoRetry, ..super::UNKNOWN_RETRIES },
    sources: &[
        Source::undated("documentation.sailpoint.com, SCIM 2.0 connector, Supported Features", Evidence::Vendor),
        Source::undated("documentation.sailpoint.com, SCIM 2.0 SaaS, Prerequisites", Evidence::Vendor),
        Source::undated("documentation.sailpoint.com, IdentityIQ SCIM 2.0, Configuration Parameters", Evidence::Vendor),
        Source::dated("gravitational/teleport, issue 61511", "2025-11-19", Evidence::Seen),
        Source::undated("developer.sailpoint.com, discussion 14059", Evidence::Guide),
    ],
    ..UNKNOWN
};
