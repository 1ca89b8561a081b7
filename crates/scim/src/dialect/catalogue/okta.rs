//! Okta.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Retries, RetryAfter, Sends, Source, Updates};

pub(super) const OKTA: Dialect = Dialect {
    name: "okta",
    client: "Okta",
    kind: "okta",
    user_agents: &["Okta SCIM Client"],
    sends: Sends::Named(&["read_only_in_body", "password_dropped"]),
    habits: &[
        "GET carries a Content-Type",
        "the connection test reads two users and a hundred groups",
        "applications of the wizard read a user and PUT the whole of it; those of the catalogue PATCH activation and password only",
        "deactivation is a PATCH without path, or a PUT",
        "a group's rename repeats its id in a PATCH without path",
        "one PATCH removes members by a filter on value and adds others as a list",
        "an empty group is pushed as members: []",
        "suspending somebody in Okta sends nothing",
    ],
    needs: &[
        Need::NumbersInLists,
        Need::StableOrder,
        Need::BodyOnCreate,
        Need::ConflictOnDuplicate,
        Need::InactiveStaysVisible,
        Need::StableId,
        Need::PutOfFetchedBody,
        Need::ScimMediaType,
    ],
    updates: Updates { users: Method::Either, groups: Method::Either },
    leaver: Leaver::Deactivates,
    paging: Paging::Index { count: 100 },
    retries: Retries {
        timeout_seconds: Some(60),
        attempts: Some(10),
        schedule: "after a 429: as Retry-After says, else five minutes; doubled each time",
        retry_after: RetryAfter::WholeSeconds,
        requests_per_second: None,
    },
    sources: &[
        Source::undated("okta/okta-developer-docs, docs/reference/scim/scim-20/index.md", Evidence::Vendor),
        Source::undated("okta/okta-developer-docs, docs/concepts/scim/faqs/index.md", Evidence::Vendor),
        Source::undated("developer.okta.com, SCIM 2.0 protocol reference and SCIM concepts", Evidence::Vendor),
        Source::undated("support.okta.com, What are SCIM 2.0 Test Apps", Evidence::Vendor),
        Source::dated("oktadeveloper/okta-blog-archive, pull request 1956", "2018-04-16", Evidence::Seen),
    ],
    ..UNKNOWN
};
