//! The clients, one file for each vendor.

mod authentik;
mod entra;
mod generic;
mod google;
mod jumpcloud;
mod keycloak;
mod miniorange;
mod okta;
mod onelogin;
mod ping;
mod rippling;
mod sailpoint;

use super::model::{Answers, Dialect, Leaver, Method, Paging, PatchAnswer, Retries, RetryAfter, Sends, Updates};

/// Every dialect.
pub(super) const ALL: &[Dialect] = &[
    okta::OKTA,
    entra::ENTRA,
    entra::PATCH_2017,
    google::GOOGLE,
    jumpcloud::JUMPCLOUD,
    onelogin::ONELOGIN,
    ping::PINGONE,
    ping::PINGFEDERATE,
    rippling::RIPPLING,
    miniorange::MINIORANGE,
    miniorange::WORKDAY,
    keycloak::KEYCLOAK,
    authentik::AUTHENTIK,
    sailpoint::SAILPOINT,
    generic::GENERIC,
];

/// 200 with the user is taken by every client; 204 for a group is what Entra asks for and others take, and what costs
/// nothing in a group of a hundred thousand.
const USUAL: Answers = Answers { patch_user: PatchAnswer::Resource, patch_group: PatchAnswer::NoContent };

/// Any SCIM 2.0 client.
pub(super) const GENERIC: &Dialect = &generic::GENERIC;

/// Nothing is known of how a client retries.
const UNKNOWN_RETRIES: Retries = Retries {
    timeout_seconds: None,
    attempts: None,
    schedule: "",
    retry_after: RetryAfter::Unknown,
    requests_per_second: None,
};

/// What an entry starts from: nothing is known.
const UNKNOWN: Dialect = Dialect {
    name: "",
    client: "",
    kind: "",
    user_agents: &[],
    sends: Sends::Named(&[]),
    habits: &[],
    needs: &[],
    updates: Updates { users: Method::Unknown, groups: Method::Unknown },
    leaver: Leaver::Unknown,
    answers: USUAL,
    paging: Paging::Unknown,
    retries: UNKNOWN_RETRIES,
    sources: &[],
};
