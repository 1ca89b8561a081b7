//! authentik.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Retries, Sends, Source, Updates};

pub(super) const AUTHENTIK: Dialect = Dialect {
    name: "authentik",
    client: "authentik",
    kind: "authentik",
    sends: Sends::Named(&["remove_value_list", "read_only_in_body"]),
    habits: &[
        "the configuration is read first and decides about PATCH",
        "a 404 on PUT makes it forget the user and create it again",
        "groups are made without members; each member is one operation",
        "a rename is a PATCH without path with schemas, id, externalId and displayName",
        "a group is read after an update, and members are only added if the answer has an array of them",
        "a group whose name is taken is looked up by displayName",
    ],
    needs: &[
        Need::Configuration,
        Need::BulkLimitForPatch,
        Need::MembersArray,
        Need::InactiveStaysVisible,
        Need::BodyOnCreate,
        Need::ConflictOnDuplicate,
        Need::NumbersInLists,
        Need::StableOrder,
    ],
    updates: Updates { users: Method::Put, groups: Method::Patch },
    leaver: Leaver::DeactivatesThenDeletes,
    paging: Paging::IndexWithoutCount,
    retries: Retries { schedule: "everything is synchronised again once an hour", ..super::UNKNOWN_RETRIES },
    sources: &[
        Source::undated("goauthentik/authentik, authentik/providers/scim/clients/", Evidence::Code),
        Source::undated(
            "goauthentik/authentik, website/docs/add-secure-apps/providers/scim/index.md",
            Evidence::Vendor,
        ),
        Source::dated("goauthentik/authentik, issue 16678", "2025-09-09", Evidence::Seen),
    ],
    ..UNKNOWN
};
