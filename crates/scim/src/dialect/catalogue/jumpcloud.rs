//! JumpCloud.

use super::UNKNOWN;
use crate::dialect::{Dialect, Evidence, Leaver, Method, Need, Sends, Source, Updates};

pub(super) const JUMPCLOUD: Dialect = Dialect {
    name: "jumpcloud",
    client: "JumpCloud",
    kind: "jumpcloud",
    sends: Sends::Named(&["remove_value_list"]),
    habits: &[
        "activation makes a test user and a test group, changes both and deletes them",
        "a group's rename is a PATCH without path",
        "members come one at a time",
        "a group of the same name is taken over",
    ],
    needs: &[Need::DeleteWorks, Need::BodyOnCreate],
    updates: Updates { users: Method::Unknown, groups: Method::Patch },
    leaver: Leaver::Deactivates,
    sources: &[
        Source::undated("jumpcloud.com/support, Identity Management using a Custom SCIM Integration", Evidence::Vendor),
        Source::undated("jumpcloud.com/support, article 85119, group management considerations", Evidence::Vendor),
        Source::undated("ssoready/ssoready, internal/authservice/scim.go", Evidence::Seen),
        Source::undated("app.uni-moni.com, SSO setup: JumpCloud", Evidence::Seen),
    ],
    ..UNKNOWN
};
