//! The core Group schema (RFC 7643 §4.2, §8.7.1). Members are users only: nested groups are refused.

use super::{Attribute, Kind, Mutability, Schema};

/// URN of the core Group schema (RFC 7643 §4.2).
pub const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

pub(super) fn schema() -> Schema {
    let text = Attribute::text;
    let immutable = |attribute: Attribute| attribute.mutable(Mutability::Immutable);
    let reference = Attribute::new("$ref", Kind::Reference, "Address of the member").refers_to(&["User"]);
    let members = vec![
        immutable(text("value", "Id of the member").exact()),
        immutable(reference),
        immutable(text("type", "Kind of member").canonical(&["User"])),
    ];
    Schema {
        id: GROUP_URN.to_owned(),
        name: "Group".to_owned(),
        description: "Group".to_owned(),
        attributes: vec![
            text("displayName", "Name of the group; unique in the tenant without regard to case").required().unique(),
            Attribute::complex("members", "Users in the group", members).many(),
        ],
    }
}
