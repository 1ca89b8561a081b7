use super::*;
use crate::limits::Limits;
use crate::schema::{ENTERPRISE_URN, USER_URN};

fn path(text: &str) -> Result<AttrPath, Error> {
    AttrPath::parse(text, &Definition::user())
}

#[test]
fn names_and_urns_are_resolved_in_any_case() {
    let manager = format!("{ENTERPRISE_URN}:manager.value");
    let cases = [
        ("USERNAME", "userName"),
        ("Name.GIVENNAME", "name.givenName"),
        ("meta.lastmodified", "meta.lastModified"),
        ("externalID", "externalId"),
        ("schemas", "schemas"),
        ("groups.$REF", "groups.$ref"),
        ("manager.value", &manager),
        (&manager.to_uppercase(), &manager),
        (&format!("{USER_URN}:userName"), "userName"),
        (&format!("{USER_URN}:emails.value"), "emails.value"),
    ];
    for (text, expected) in cases {
        let found = path(text).unwrap();
        assert_eq!(found.to_string(), expected);
        assert_eq!(path(&found.to_string()).unwrap(), found);
    }
}

#[test]
fn what_names_nothing_is_told_apart_from_what_is_no_path() {
    let unknown = [
        "shoeSize",
        "name.shoeSize",
        "urn:acme:x",
        "userName.value",
        "urn:ietf:params:scim:schemas:core:2.0:Group:members",
    ];
    for text in unknown {
        assert_eq!(path(text).unwrap_err().reason, "unknown_path", "{text}");
    }
    for text in ["", ".", "a.", ".a", "a.b.c", "a b", "__proto__", "1a", "userName ", USER_URN, &format!("{USER_URN}:")]
    {
        assert_eq!(path(text).unwrap_err().reason, "path_syntax", "{text}");
    }
}

#[test]
fn paths_of_a_patch_may_choose_elements() {
    let user = Definition::user();
    let read = |text: &str| PatchPath::parse(text, &user, &Limits::default());
    for (text, expected) in [
        ("EMAILS[Type EQ \"work\"].VALUE", "emails[type eq \"work\"].value"),
        (
            "emails[type eq \"a]b\\\"]\" and not (primary eq true)]",
            "emails[type eq \"a]b\\\"]\" and not (primary eq true)]",
        ),
        ("name.givenName", "name.givenName"),
        (&format!("{ENTERPRISE_URN}:manager"), &format!("{ENTERPRISE_URN}:manager")),
    ] {
        assert_eq!(read(text).unwrap().to_string(), expected);
    }
    for text in [
        "emails[type eq \"work\"",
        "emails[type eq \"work\"]value",
        "emails[type eq \"work\"].",
        "emails[type eq \"work\"].a.b",
        "emails.value[type eq \"x\"]",
        "name[givenName eq \"x\"]",
        "shoes[type eq \"x\"]",
        "emails[].value",
        "emails[shoe eq \"x\"]",
        "]",
        "[",
        "emails[x]y]",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    assert_eq!(read(&"a".repeat(9000)).unwrap_err().reason, "path_too_long");
}

#[test]
fn r60_brackets_without_end_are_an_error_at_once() {
    let user = Definition::user();
    for text in ["[".repeat(8000), format!("emails[{}", "(".repeat(8000)), "emails[type eq \"".repeat(500)] {
        assert!(PatchPath::parse(&text, &user, &Limits::default()).is_err());
    }
}

#[test]
fn a_name_from_a_directory_is_answered_with_the_one_to_write() {
    for (text, wanted) in [("email", "emails.value"), ("WORKEMAIL", "emails.value"), ("firstName", "name.givenName")] {
        let error = path(text).unwrap_err();
        assert_eq!(error.detail, format!("there is no attribute \"{text}\"; did you mean \"{wanted}\"?"));
        assert!(path(wanted).is_ok(), "{wanted} can be written");
    }
    assert_eq!(path("shoeSize").unwrap_err().detail, "there is no attribute \"shoeSize\"");
}
