//! Microsoft Entra ID, in two flavours of PATCH. A connection cannot tell which one is set up there: it is a flag in the
//! address that the admin types.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Retries, RetryAfter, Sends, Source, Updates};

const PRODUCT: &str = "Microsoft Entra ID";

const NEEDS: &[Need] = &[
    Need::EmptyListOnMiss,
    Need::NumbersInLists,
    Need::BodyOnCreate,
    Need::ConflictOnDuplicate,
    Need::BooleanActive,
    Need::ValuesAsSent,
    Need::InactiveStaysVisible,
    Need::StableId,
    Need::NoBodyOnGroupPatch,
    Need::GroupWithoutMembers,
    Need::ManyMembersInOnePatch,
    Need::Discovery,
];

const RETRIES: Retries = Retries {
    timeout_seconds: Some(60),
    attempts: None,
    schedule: "in the next cycle, some 40 minutes later; a quarantined connection after 6, 12 and 24 hours, then daily, \
               and never again after four weeks",
    retry_after: RetryAfter::Unknown,
    requests_per_second: Some(25),
};

const SOURCES: &[Source] = &[
    Source::dated(
        "MicrosoftDocs/entra-docs, use-scim-to-provision-users-and-groups.md",
        "2025-03-04",
        Evidence::Vendor,
    ),
    Source::dated(
        "MicrosoftDocs/entra-docs, application-provisioning-config-problem-scim-compatibility.md",
        "2025-04-15",
        Evidence::Vendor,
    ),
    Source::undated("MicrosoftDocs/entra-docs, application-provisioning-quarantine-status.md", Evidence::Vendor),
    Source::undated("MicrosoftDocs/entra-docs, how-provisioning-works.md", Evidence::Vendor),
    Source::dated("pond/scimitar, issue 115", "2024-04-04", Evidence::Seen),
    Source::dated("Captain-P-Goldfish/SCIM-SDK, issue 686", "2024-07-09", Evidence::Seen),
];

/// What both flavours share.
const COMMON: Dialect = Dialect {
    client: PRODUCT,
    kind: "entra",
    habits: &[
        "the connection test looks a random GUID up and takes nothing but 200 with an empty list",
        "filters use eq and and only, with blanks as +",
        "groups are made empty, with a second schema of Microsoft's, and read with excludedAttributes=members",
        "members are added many at once, each with a $ref that is null",
        "a manager is asked for by id and manager in one filter, with attributes=id",
        "nested groups are not expanded",
        "a target's id is remembered for ever",
    ],
    needs: NEEDS,
    updates: Updates { users: Method::Patch, groups: Method::Patch },
    leaver: Leaver::DeactivatesThenDeletes,
    paging: Paging::LookUpsOnly,
    retries: RETRIES,
    sources: SOURCES,
    ..UNKNOWN
};

/// With `aadOptscim062020` in the address: PATCH as the RFC says, but for the keys of a value without path.
pub(super) const ENTRA: Dialect = Dialect {
    name: "entra",
    sends: Sends::Named(&[
        "dotted_keys",
        "urn_keys",
        "element_from_filter",
        "filter_after_brackets",
        "complex_means_value",
        "unqualified_extension_names",
        "undeclared_schema_paths",
        "bare_string_for_complex",
        "empty_reference_unassigns",
        "null_is_unassigned",
        "ignored_roles",
        "unknown_schemas",
        "read_only_in_body",
    ]),
    ..COMMON
};

/// Without the flag, or with `AzureAdScimPatch2017`: the older PATCH, still the default in April 2025.
pub(super) const PATCH_2017: Dialect = Dialect {
    name: "entra-patch-2017",
    sends: Sends::Named(&[
        "string_booleans",
        "capitalised_verbs",
        "element_from_filter",
        "filter_after_brackets",
        "complex_means_value",
        "unqualified_extension_names",
        "undeclared_schema_paths",
        "bare_string_for_complex",
        "empty_reference_unassigns",
        "remove_value_list",
        "null_is_unassigned",
        "ignored_roles",
        "unknown_schemas",
        "read_only_in_body",
    ]),
    ..COMMON
};
