//! OneLogin.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Paging, Sends, Source, Updates};

pub(super) const ONELOGIN: Dialect = Dialect {
    name: "onelogin",
    client: "OneLogin",
    kind: "onelogin",
    sends: Sends::Named(&[
        "string_booleans",
        "null_is_unassigned",
        "unknown_schemas",
        "empty_text_unassigns",
        "manager_id",
    ]),
    habits: &[
        "the body of a user is a template that the admin edits",
        "the connection test looks up a user that cannot exist; an empty list or a 404 is success",
        "the User-Agent is empty",
        "templates in circulation name schemas of SCIM 1.1 and manager.managerId",
    ],
    needs: &[Need::JsonMediaType, Need::BodyOnCreate],
    updates: Updates { users: Method::Put, groups: Method::Patch },
    leaver: Leaver::AdminChooses,
    paging: Paging::LookUpsOnly,
    sources: &[
        Source::undated("developers.onelogin.com/scim/implement-scim-api", Evidence::Vendor),
        Source::dated("goauthentik/authentik, issue 11249", "2024-09-06", Evidence::Seen),
        Source::undated("scim.dev, OneLogin", Evidence::Guide),
        Source::undated("doc.keepnetlabs.com, Onelogin SCIM Integration", Evidence::Guide),
    ],
    ..UNKNOWN
};
