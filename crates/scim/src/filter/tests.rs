use serde_json::{Value, json};

use super::*;
use crate::error::{Error, ScimType};
use crate::limits::Limits;
use crate::resource::Map;
use crate::schema::{Definition, ENTERPRISE_URN};

fn parse(text: &str) -> Result<Filter, Error> {
    Filter::parse(text, &Definition::user(), &Limits::default())
}

fn ada() -> Map {
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "AbC", "externalId": "Ext-1",
        "userName": "Ada@Example.com", "displayName": "Straße 100%", "active": true,
        "name": { "familyName": "O'Malley", "givenName": "Ada" },
        "emails": [{ "value": "ada@work.example", "type": "work", "primary": true }, { "value": "ada@home.example", "type": "home" },
                   { "value": "third@x.example" }],
        "groups": [{ "value": "g1", "display": "Ops" }],
        ENTERPRISE_URN: { "department": "IT", "manager": { "value": "boss" } },
        "meta": { "lastModified": "2026-01-02T03:04:05.123Z", "resourceType": "User" },
    });
    user.as_object().unwrap().clone()
}

fn matches(text: &str) -> bool {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).matches(&ada())
}

fn all(cases: &[(&str, bool)]) {
    for (text, expected) in cases {
        assert_eq!(matches(text), *expected, "{text}");
    }
}

#[test]
fn every_operator_works_on_text() {
    all(&[
        ("userName eq \"ada@example.com\"", true),
        ("userName ne \"ada@example.com\"", false),
        ("userName co \"@EXAMPLE\"", true),
        ("userName sw \"ADA\"", true),
        ("userName ew \".COM\"", true),
        ("userName ew \".org\"", false),
        ("userName gt \"ACA\"", true),
        ("userName ge \"ada@example.com\"", true),
        ("userName lt \"ada@example.com\"", false),
        ("userName le \"ADA@EXAMPLE.COM\"", true),
        ("userName pr", true),
        ("title pr", false),
    ]);
}

#[test]
fn names_and_operators_ignore_case_and_values_as_the_schema_says() {
    all(&[
        ("USERNAME Eq \"ADA@EXAMPLE.COM\"", true),
        ("userName PR AND NOT (active eq FALSE)", true),
        ("id eq \"AbC\"", true),
        ("id eq \"abc\"", false),
        ("externalId eq \"Ext-1\"", true),
        ("externalId eq \"ext-1\"", false),
        ("displayName eq \"STRASSE 100%\"", true),
        ("displayName eq \"ﬆrasse 100%\"", true),
    ]);
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_and() {
    let (yes, no) = ("userName pr", "title pr");
    all(&[
        (&format!("{yes} or {no} and {no}"), true),
        (&format!("({yes} or {no}) and {no}"), false),
        (&format!("not ({no}) and {yes}"), true),
        (&format!("not ({yes} or {no})"), false),
        (&format!("not (({no}) or not ({yes}))"), true),
        (&format!("{no} and {yes} or {yes} and {yes}"), true),
        ("not(title eq \"x\")", true),
        ("not (nickName eq \"x\" or nickName co \"y\")", true),
    ]);
}

#[test]
fn absent_values_are_different_from_every_value() {
    all(&[
        ("title ne \"x\"", true),
        ("title eq \"\"", false),
        ("title eq null", true),
        ("title ne null", false),
        ("userName eq null", false),
        ("userName ne null", true),
        ("title gt \"\"", false),
        ("phoneNumbers.value ne \"1\"", true),
        ("emails.value ne \"ada@work.example\"", true),
        ("emails.type eq null", true),
        ("emails.display pr", false),
    ]);
}

#[test]
fn conditions_in_brackets_hold_for_one_and_the_same_element() {
    all(&[
        ("emails[type eq \"work\" and value co \"@work\"]", true),
        ("emails[type eq \"home\" and value co \"@work\"]", false),
        ("emails.type eq \"home\" and emails.value co \"@work\"", true),
        ("emails[not (type eq \"work\") and primary eq true]", false),
        ("emails[not (type pr)]", true),
        ("emails[(type eq \"x\" or type eq \"home\") and value sw \"ADA\"]", true),
        ("not (emails[type eq \"other\"])", true),
        ("phoneNumbers[not (type eq \"work\")]", false),
        ("name[familyName eq \"o'malley\"]", true),
    ]);
}

#[test]
fn entra_compares_after_the_brackets() {
    all(&[
        ("emails[type eq \"work\"].value eq \"ADA@work.example\"", true),
        ("emails[type eq \"work\"].value eq \"ada@home.example\"", false),
        ("emails[type eq \"work\"].value pr and userName pr", true),
        ("emails[type eq \"other\"].value ne \"x\"", false),
        ("emails[primary eq \"True\"].value sw \"ada\"", true),
    ]);
    let Filter::Element { attr, sub: Some((name, op, value)), .. } =
        parse("emails[type eq \"work\"].value eq \"x\"").unwrap()
    else {
        panic!("not an element")
    };
    assert_eq!((attr.to_string().as_str(), name.as_str(), op), ("emails", "value", CompareOp::Eq));
    assert_eq!(value, Literal::String("x".to_owned()));
}

#[test]
fn a_complex_attribute_as_a_whole_means_its_value() {
    all(&[
        ("manager eq \"boss\"", true),
        ("id eq \"AbC\" and manager eq \"other\"", false),
        (&format!("{ENTERPRISE_URN}:manager eq \"boss\""), true),
        (&format!("{ENTERPRISE_URN}:department eq \"it\""), true),
        ("emails co \"@home\"", true),
        ("groups eq \"g1\"", true),
        ("name pr", true),
    ]);
    assert_eq!(parse("manager eq \"x\"").unwrap().to_string(), format!("{ENTERPRISE_URN}:manager.value eq \"x\""));
    assert!(parse("name eq \"x\"").is_err());
}

#[test]
fn times_compare_as_instants_and_booleans_as_booleans() {
    all(&[
        ("meta.lastModified eq \"2026-01-02T04:04:05.123+01:00\"", true),
        ("meta.lastModified gt \"2026-01-02T03:04:05Z\"", true),
        ("meta.lastModified le \"2026-01-02T03:04:05\"", false),
        ("active eq true", true),
        ("active eq \"True\"", true),
        ("active ne false", true),
        ("emails.primary eq true", true),
        ("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"", true),
    ]);
}

#[test]
fn r64_r65_r66_wildcards_and_templates_are_plain_text() {
    all(&[
        ("displayName co \"%\"", true),
        ("displayName co \"1%0\"", false),
        ("displayName co \"_\"", false),
        ("userName co \"%\"", false),
        ("userName co \"${7*7}\"", false),
        ("name.familyName eq \"o'malley\"", true),
        ("name.familyName eq \"' or '1'='1\"", false),
        ("userName eq \"\\u0061da@example.com\"", true),
    ]);
}

#[test]
fn a_broken_filter_is_invalid_filter_and_says_where() {
    let cases = [
        ("", "filter_syntax"),
        ("userName", "filter_syntax"),
        ("userName eq", "filter_syntax"),
        ("userName regex \"x\"", "filter_syntax"),
        ("userName eq x", "filter_syntax"),
        ("userName eq 'x'", "filter_syntax"),
        ("userName eq \"x", "filter_syntax"),
        ("userName eq \"\\x\"", "filter_syntax"),
        ("userName eq \"x\" and", "filter_syntax"),
        ("userName eq \"x\" userName pr", "filter_syntax"),
        ("(userName pr", "filter_syntax"),
        ("userName pr)", "filter_syntax"),
        ("not userName pr", "filter_syntax"),
        ("emails[type eq \"work\"", "filter_syntax"),
        ("emails[type eq \"work\"].", "filter_unknown_attribute"),
        ("emails[type eq \"work\"].value", "filter_syntax"),
        ("emails[emails[type pr]]", "filter_syntax"),
        ("emails.value[type pr]", "filter_syntax"),
        ("emails[]", "filter_syntax"),
        ("\"a\" eq \"b\"", "filter_syntax"),
        ("shoeSize eq 40", "filter_unknown_attribute"),
        ("email Co \"x\"", "filter_unknown_attribute"),
        ("__proto__.x pr", "filter_unknown_attribute"),
        ("emails[shoe eq \"x\"]", "filter_unknown_attribute"),
        ("roles eq \"x\"", "filter_unknown_attribute"),
        ("active gt true", "filter_type"),
        ("active co \"t\"", "filter_type"),
        ("active eq \"yes\"", "filter_type"),
        ("x509Certificates.value gt \"a\"", "filter_type"),
        ("userName eq 7", "filter_type"),
        ("userName gt null", "filter_type"),
        ("meta.created gt \"yesterday\"", "filter_type"),
        ("meta.created sw \"2026\"", "filter_type"),
        ("userName eq \"\\u0000\"", "nul"),
    ];
    for (text, reason) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(
            (error.status, error.scim_type, error.reason),
            (400, Some(ScimType::InvalidFilter), reason),
            "{text}: {error}"
        );
        assert!(error.reason == "nul" || error.detail.contains("character"), "{error}");
        assert!(error.detail.len() < 250, "{error}");
    }
    assert!(parse("userName eq \"ä\" und").unwrap_err().detail.contains("character 17"));
}

#[test]
fn r07_the_password_cannot_be_searched_for() {
    for text in ["password eq \"x\"", "PASSWORD pr", "userName pr or password sw \"a\""] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.status, error.scim_type), (403, Some(ScimType::Sensitive)), "{text}");
    }
}

#[test]
fn r60_ten_thousand_parentheses_are_an_error_not_an_abort() {
    let wide = Limits { filter_bytes: usize::MAX, ..Limits::default() };
    for text in ["(".repeat(10_000), "not (".repeat(10_000), "emails[".repeat(10_000), "[".repeat(10_000)] {
        for limits in [Limits::default(), wide] {
            assert!(Filter::parse(&text, &Definition::user(), &limits).is_err());
        }
    }
    let deep = |n: usize| format!("{}userName pr{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(20)).is_ok());
    assert_eq!(parse(&deep(21)).unwrap_err().reason, "filter_too_deep");
}

#[test]
fn r61_length_and_number_of_comparisons_have_limits() {
    let chain = |n: usize| vec!["id pr"; n].join(" or ");
    assert!(parse(&chain(100)).is_ok());
    assert_eq!(parse(&chain(101)).unwrap_err().reason, "filter_too_many_terms");
    assert_eq!(parse(&chain(100_000)).unwrap_err().reason, "filter_too_long");
    assert_eq!(parse(&format!("userName eq \"{}\"", "x".repeat(8192))).unwrap_err().reason, "filter_too_long");
}

#[test]
fn r60_a_chain_of_a_hundred_thousand_terms_is_read_matched_and_dropped_without_recursion() {
    let limits = Limits { filter_bytes: usize::MAX, filter_terms: usize::MAX, ..Limits::default() };
    let text = vec!["title pr"; 100_000].join(" or ");
    let filter = Filter::parse(&text, &Definition::user(), &limits).unwrap();
    assert!(!filter.matches(&ada()));
    assert_eq!(filter.paths().len(), 100_000);
}

#[test]
fn r41_the_shape_of_a_filter_has_no_values() {
    let filter = parse("userName eq \"ada\" and (emails[type eq \"work\"].value sw \"a\" or active eq true)").unwrap();
    assert_eq!(filter.shape(), "userName eq ? and (emails[type eq ?].value sw ? or active eq ?)");
}

#[test]
fn the_attributes_of_a_filter_are_known() {
    let filter = parse("not (groups eq \"g\") and emails[type pr] or title pr").unwrap();
    let paths: Vec<_> = filter.paths().into_iter().map(|path| path.attribute.clone()).collect();
    assert_eq!(paths, ["groups", "emails", "title"]);
}

#[test]
fn groups_are_found_by_name_and_member() {
    let group = Definition::group();
    let shown = json!({ "displayName": "Ops", "members": [{ "value": "u1" }] });
    let shown = shown.as_object().unwrap();
    for (text, expected) in
        [("displayName eq \"OPS\"", true), ("members eq \"u1\"", true), ("members[value eq \"u2\"]", false)]
    {
        assert_eq!(Filter::parse(text, &group, &Limits::default()).unwrap().matches(shown), expected, "{text}");
    }
    assert!(Filter::parse("userName eq \"x\"", &group, &Limits::default()).is_err());
    assert!(!parse("userName pr").unwrap().matches(&Map::from_iter([("userName".to_owned(), Value::Null)])));
}
