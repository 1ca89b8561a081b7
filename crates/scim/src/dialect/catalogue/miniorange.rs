//! miniOrange, and Workday behind it.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Source, Updates};

const SERVER_APP: Source = Source::undated("miniorange.com, How to add a SCIM Server App", Evidence::Vendor);
const CONFIGURING: Source =
    Source::undated("miniorange.com, Configuring miniOrange SCIM server application", Evidence::Vendor);

/// No request was seen; the screens are documented.
pub(super) const MINIORANGE: Dialect = Dialect {
    name: "miniorange",
    client: "miniOrange",
    kind: "miniorange",
    habits: &[
        "six attributes are required of every user",
        "somebody who is taken out of the group is removed from the application, if membership changes are switched on",
    ],
    updates: Updates { users: Method::Unknown, groups: Method::Unknown },
    leaver: Leaver::Unknown,
    sources: &[SERVER_APP, CONFIGURING],
    ..UNKNOWN
};

/// Workday pushes nothing by itself: miniOrange imports from it and pushes what it imported.
pub(super) const WORKDAY: Dialect = Dialect {
    name: "workday-through-miniorange",
    client: "Workday through miniOrange",
    habits: &[
        "what arrives is miniOrange's; changes are as late as its import from Workday",
        "somebody hired may have no work address yet",
    ],
    sources: &[
        Source::undated("miniorange.com, Workday Provisioning and Deprovisioning", Evidence::Vendor),
        Source::undated("ory.com/docs, Workday SCIM", Evidence::Guide),
        SERVER_APP,
    ],
    ..MINIORANGE
};
