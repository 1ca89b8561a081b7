//! The enterprise extension of User (RFC 7643 §4.3, §8.7.1).

use super::{Attribute, Kind, Mutability, Schema};

/// URN of the enterprise extension (RFC 7643 §4.3).
pub const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(super) fn schema() -> Schema {
    let text = Attribute::text;
    let manager = vec![
        text("value", "Id of the manager's user").exact(),
        Attribute::new("$ref", Kind::Reference, "Address of the manager's user").refers_to(&["User"]),
        text("displayName", "Name of the manager, set by the server").mutable(Mutability::ReadOnly),
    ];
    Schema {
        id: ENTERPRISE_URN.to_owned(),
        name: "EnterpriseUser".to_owned(),
        description: "Enterprise User".to_owned(),
        attributes: vec![
            text("employeeNumber", "Number or code of the person in the organisation"),
            text("costCenter", "Cost centre"),
            text("organization", "Organisation"),
            text("division", "Division"),
            text("department", "Department"),
            Attribute::complex("manager", "The person's manager", manager),
        ],
    }
}
