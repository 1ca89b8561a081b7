//! The core User schema (RFC 7643 §4.1, §8.7.1).
//!
//! `roles` and `entitlements` are not declared: assignments of an identity provider are not carried out, so nothing
//! pretends to keep them.

use super::{Attribute, Kind, Mutability, Returned, Schema};

/// URN of the core User schema (RFC 7643 §4.1).
pub const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Attributes a client may send that this server declares nowhere: ignored and counted.
pub(crate) const IGNORED: [&str; 2] = ["roles", "entitlements"];

pub(super) fn schema() -> Schema {
    let mut attributes = singular();
    attributes.extend(plural());
    Schema { id: USER_URN.to_owned(), name: "User".to_owned(), description: "User Account".to_owned(), attributes }
}

fn singular() -> Vec<Attribute> {
    let text = Attribute::text;
    vec![
        text("userName", "Name the person signs in with; unique in the tenant without regard to case")
            .required()
            .unique(),
        name(),
        text("displayName", "Name shown to others"),
        text("nickName", "Casual name"),
        Attribute::new("profileUrl", Kind::Reference, "Address of a page about the person").refers_to(&["external"]),
        text("title", "Title in the organisation"),
        text("userType", "Relation to the organisation, such as Employee or Contractor"),
        text("preferredLanguage", "Preferred languages, as in an Accept-Language header"),
        text("locale", "Locale for dates, numbers and currency"),
        text("timezone", "Time zone in the form of the IANA database"),
        Attribute::new("active", Kind::Boolean, "Whether the identity provider wants the person to have access"),
        text("password", "Accepted and dropped: never stored, returned or compared")
            .exact()
            .mutable(Mutability::WriteOnly)
            .returned(Returned::Never),
    ]
}

fn name() -> Attribute {
    let text = Attribute::text;
    Attribute::complex(
        "name",
        "Parts of the person's name",
        vec![
            text("formatted", "Whole name for display"),
            text("familyName", "Family name"),
            text("givenName", "Given name"),
            text("middleName", "Middle names"),
            text("honorificPrefix", "Title before the name"),
            text("honorificSuffix", "Suffix after the name"),
        ],
    )
}

fn plural() -> Vec<Attribute> {
    let text = Attribute::text;
    let external = |name, about| Attribute::new(name, Kind::Reference, about).refers_to(&["external"]);
    let phones = ["work", "home", "mobile", "fax", "pager", "other"];
    let messengers = ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"];
    let group_kinds = text("type", "Kind of membership").canonical(&["direct"]);
    let group_reference = Attribute::new("$ref", Kind::Reference, "Address of the group").refers_to(&["Group"]);
    vec![
        values("emails", "E-mail addresses", text("value", "E-mail address"), &["work", "home", "other"]),
        values("phoneNumbers", "Telephone numbers", text("value", "Number as sent"), &phones),
        values("ims", "Instant messaging addresses", text("value", "Address"), &messengers),
        values(
            "photos",
            "Pictures of the person",
            external("value", "Address of the picture"),
            &["photo", "thumbnail"],
        ),
        addresses(),
        Attribute::complex(
            "groups",
            "Groups the person is a member of, kept by the server",
            [
                text("value", "Id of the group").exact(),
                group_reference,
                text("display", "Name of the group"),
                group_kinds,
            ]
            .map(|sub| sub.mutable(Mutability::ReadOnly))
            .into(),
        )
        .many()
        .mutable(Mutability::ReadOnly),
        values("x509Certificates", "Certificates", Attribute::new("value", Kind::Binary, "DER in base64"), &[]),
    ]
}

fn addresses() -> Attribute {
    let text = Attribute::text;
    Attribute::complex(
        "addresses",
        "Postal addresses",
        vec![
            text("formatted", "Whole address for display"),
            text("streetAddress", "Street, house number and the like"),
            text("locality", "City"),
            text("region", "State or region"),
            text("postalCode", "Postal code"),
            text("country", "Country"),
            text("type", "Kind of address").canonical(&["work", "home", "other"]),
            primary(),
        ],
    )
    .many()
}

/// A multi-valued attribute with the sub-attributes of RFC 7643 §2.4.
fn values(name: &str, about: &str, value: Attribute, types: &[&'static str]) -> Attribute {
    let display = Attribute::text("display", "Text for display");
    let kind = Attribute::text("type", "Kind of value").canonical(types);
    Attribute::complex(name, about, vec![value, display, kind, primary()]).many()
}

fn primary() -> Attribute {
    Attribute::new("primary", Kind::Boolean, "Whether this is the preferred value; true at most once")
}
