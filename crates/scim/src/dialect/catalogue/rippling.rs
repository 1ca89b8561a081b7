//! Rippling.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Method, Need, Paging, Source, Updates};

/// Set-up guides were found, and one report of somebody who received changes of members; the rest is inferred.
pub(super) const RIPPLING: Dialect = Dialect {
    name: "rippling",
    client: "Rippling",
    kind: "rippling",
    habits: &[
        "the connection test reads the configuration",
        "failed requests come again, creates too",
        "a group is made first; members follow as an add of a list, and go by a filter on value",
        "groups can be declared to exclude each other",
    ],
    needs: &[Need::Configuration, Need::ConflictOnDuplicate],
    updates: Updates { users: Method::Unknown, groups: Method::Either },
    paging: Paging::Configurable,
    sources: &[
        Source::dated("valon-technologies/gestalt, pull request 3171", "2026-09-03", Evidence::Seen),
        Source::undated("workos.com/docs, Rippling SCIM", Evidence::Guide),
        Source::undated("help.kombo.dev, Rippling SCIM: How do I link my account", Evidence::Guide),
        Source::undated("authn.sh, SCIM 2.0 with Rippling", Evidence::Guide),
    ],
    ..UNKNOWN
};
