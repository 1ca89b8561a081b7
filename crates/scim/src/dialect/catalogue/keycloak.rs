//! Keycloak with the client extension of mitodl; Keycloak itself pushes nothing.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Retries, RetryAfter, Sends, Source, Updates};

pub(super) const KEYCLOAK: Dialect = Dialect {
    name: "keycloak",
    client: "Keycloak",
    kind: "keycloak",
    sends: Sends::Named(&["string_booleans", "ignored_roles"]),
    habits: &[
        "an e-mail address has neither type nor primary",
        "addresses are the base, /Users/ and the id: a base with a slash at its end makes two",
        "a PATCH of a user carries active, userName and displayName, and neither names nor addresses",
        "a change of membership updates the group and the user",
        "an emptied group is a remove of members without a list",
        "its import may delete whom it does not know, if set so",
    ],
    needs: &[Need::NamesAndActiveOnCreate, Need::ScimMediaType, Need::DoubleSlash],
    updates: Updates { users: Method::Either, groups: Method::Either },
    leaver: Leaver::DeactivatesThenDeletes,
    paging: Paging::Unknown,
    retries: Retries {
        timeout_seconds: Some(5),
        attempts: Some(10),
        schedule: "waits grow exponentially; after the last try the change waits for the next full synchronisation",
        retry_after: RetryAfter::Unknown,
        requests_per_second: None,
    },
    sources: &[
        Source::undated("mitodl/keycloak-scim, README.md and source", Evidence::Code),
        Source::undated("suvera/keycloak-scim2-storage, source", Evidence::Code),
        Source::dated("keycloak/keycloak, pull request 34733, a draft of a client", "2024-11-07", Evidence::Code),
    ],
    ..UNKNOWN
};
