//! Ping Identity: `PingOne`, and `PingFederate` with its SCIM Provisioner.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Sends, Source, Updates};

pub(super) const PINGONE: Dialect = Dialect {
    name: "pingone",
    client: "PingOne",
    kind: "pingone",
    sends: Sends::Named(&["names_in_any_case"]),
    habits: &[
        "the filter is a template of the admin; Ping's examples are username Eq \"%s\" and email Co \"%s\"",
        "path of users and kind of the Authorization header can be set there",
    ],
    needs: &[Need::UnknownAttributeFindsNobody],
    leaver: Leaver::AdminChooses,
    sources: &[
        Source::undated("docs.pingidentity.com, PingOne, SCIM filter expressions", Evidence::Vendor),
        Source::undated("docs.pingidentity.com, PingOne, Creating a SCIM connection", Evidence::Vendor),
        Source::undated("docs.pingidentity.com, PingOne, SCIM provisioning features", Evidence::Vendor),
    ],
    ..UNKNOWN
};

pub(super) const PINGFEDERATE: Dialect = Dialect {
    name: "pingfederate",
    client: "PingFederate",
    kind: "pingfederate",
    sends: Sends::Named(&["complex_means_value"]),
    habits: &[
        "users have no PATCH: disabling is a PUT",
        "a group is found by reading all of /Groups",
        "matching by work address filters emails eq, without a sub-attribute",
        "the plug-in that PingFederate ships with speaks SCIM 1.1 only",
    ],
    needs: &[Need::StableOrder, Need::NumbersInLists],
    updates: Updates { users: Method::Put, groups: Method::Either },
    leaver: Leaver::AdminChooses,
    paging: Paging::Configurable,
    sources: &[
        Source::dated("docs.pingidentity.com, SCIM provisioner settings reference", "2024-06-25", Evidence::Vendor),
        Source::dated(
            "docs.pingidentity.com, SCIM Provisioner, user and group management",
            "2024-07-08",
            Evidence::Vendor,
        ),
        Source::undated("docs.pingidentity.com, SCIM Provisioner, specifications", Evidence::Vendor),
    ],
    ..UNKNOWN
};
