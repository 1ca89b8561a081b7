//! Google Workspace, through an application of its catalogue that lets an admin type the address.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Source, Updates};

/// No capture of a create, update or suspension was found.
pub(super) const GOOGLE: Dialect = Dialect {
    name: "google",
    client: "Google Workspace",
    kind: "google",
    user_agents: &["Google-Auto-Provisioning"],
    habits: &[
        "the connection test reads one user",
        "bodies are application/json, which cannot be changed there",
        "users are synchronised every few hours; archived ones are not",
    ],
    needs: &[Need::JsonBody],
    updates: Updates { users: Method::Unknown, groups: Method::Never },
    leaver: Leaver::AdminChooses,
    sources: &[
        Source::undated("support.google.com/a/answer/7681608, About automated user provisioning", Evidence::Vendor),
        Source::undated("support.google.com/a/answer/9338944, Configure Spoke auto-provisioning", Evidence::Vendor),
        Source::undated("pond/scimitar, issue 142", Evidence::Seen),
        Source::dated("cloudflare/cloudflare-docs, pull request 29132", "2026-03-19", Evidence::Seen),
        Source::undated("authn.sh, SCIM 2.0 with Google Workspace", Evidence::Guide),
    ],
    ..UNKNOWN
};
