//! Rippling.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Method, Need, Paging, Source, Updates};

/// Only set-up guides were found; what is said of requests is inferred from them.
pub(super) const RIPPLING: Dialect = Dialect {
    name: "rippling",
    client: "Rippling",
    kind: "rippling",
    habits: &[
        "the connection test reads the configuration",
        "failed requests come again, creates too",
        "groups can be declared to exclude each other",
    ],
    needs: &[Need::Configuration, Need::ConflictOnDuplicate],
    updates: Updates { users: Method::Unknown, groups: Method::Either },
    paging: Paging::Configurable,
    sources: &[
        Source::undated("workos.com/docs, Rippling SCIM", Evidence::Guide),
        Source::undated("help.kombo.dev, Rippling SCIM: How do I link my account", Evidence::Guide),
        Source::undated("authn.sh, SCIM 2.0 with Rippling", Evidence::Guide),
    ],
    ..UNKNOWN
};
