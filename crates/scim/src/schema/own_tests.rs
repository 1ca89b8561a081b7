//! A tenant's own schema at work: reading, PATCH, PUT, filters, projection, sorting, answers.

#![expect(clippy::needless_pass_by_value, reason = "test values are written where they are used")]

use serde_json::{Value, json};

use super::{Definition, Schema};
use crate::error::{Error, ScimType};
use crate::filter::Filter;
use crate::limits::Limits;
use crate::patch::Patch;
use crate::project::Projection;
use crate::resource::Map;
use crate::sort::SortBy;

const URN: &str = "urn:example:acme:2.0:User";

fn definition(attributes: Value) -> Definition {
    let schema = Schema::read(json!({ "id": URN, "name": "Acme", "attributes": attributes })).unwrap();
    Definition::user().extended(schema).unwrap()
}

fn acme() -> Definition {
    definition(json!([
        { "name": "badge", "type": "integer" },
        { "name": "hired", "type": "string", "mutability": "immutable" },
        { "name": "tags", "multiValued": true, "mutability": "immutable" },
        { "name": "pin", "mutability": "writeOnly" },
        { "name": "secret", "returned": "never" },
        { "name": "notes", "returned": "request" },
        { "name": "level", "mutability": "readOnly" },
        { "name": "car", "type": "complex", "subAttributes": [
            { "name": "plate", "mutability": "immutable", "caseExact": true },
            { "name": "colour", "canonicalValues": ["red"] },
            { "name": "key", "mutability": "writeOnly" },
        ] },
        { "name": "cards", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "value" }, { "name": "type" }, { "name": "primary", "type": "boolean" },
            { "name": "issued", "mutability": "immutable" },
            { "name": "code", "returned": "never" },
        ] },
    ]))
}

fn map(value: Value) -> Map {
    serde_json::from_value(value).unwrap()
}

/// A user with these attributes of the extension.
fn with(parts: Value) -> Map {
    map(json!({ "userName": "ada", URN: parts }))
}

fn read(definition: &Definition, parts: Value) -> Map {
    definition.read(json!({ "userName": "ada", URN: parts }), &Limits::default()).unwrap().attributes
}

fn patched(before: Value, operations: Value) -> Result<Value, Error> {
    let (definition, limits) = (acme(), Limits::default());
    let patch = Patch::read(json!({ "Operations": operations }), &definition, &limits)?;
    let mut after = patch.apply(&with(before), &definition, &limits)?;
    Ok(after.shift_remove(URN).unwrap_or(json!({})))
}

fn refused(before: Value, operation: Value) {
    let error = patched(before.clone(), json!([operation])).unwrap_err();
    assert_eq!((error.scim_type, error.reason), (Some(ScimType::Mutability), "immutable"), "{before} {operation}");
}

#[test]
fn values_are_read_by_their_types_and_only_what_may_be_kept_is_kept() {
    let read_back = read(
        &acme(),
        json!({ "BADGE": 7, "pin": "1234", "level": "x", "tags": "one", "unknown": 1,
        "car": { "plate": "A-1", "key": "k", "COLOUR": "green" }, "cards": [{ "value": "c" }] }),
    );
    let expected = json!({ "badge": 7, "tags": ["one"], "car": { "plate": "A-1", "colour": "green" },
                           "cards": [{ "value": "c" }] });
    assert_eq!(read_back, with(expected), "canonical values are advice, writeOnly and readOnly are not kept");
    for wrong in
        [json!({ "badge": "7" }), json!({ "badge": 7.5 }), json!({ "car": "x" }), json!({ "pin": 1 }), json!(7)]
    {
        let error = acme().read(json!({ "userName": "a", URN: wrong.clone() }), &Limits::default()).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{wrong}");
    }
}

#[test]
fn a_patch_writes_through_every_form_of_path() {
    let path = |rest: &str| format!("{URN}:{rest}");
    let operations = json!([
        { "op": "add", "path": path("badge"), "value": 7 },
        { "op": "Replace", "path": path("car.colour"), "value": "red" },
        { "op": "add", "path": path("cards[type eq \"door\"].value"), "value": "c-1" },
        { "op": "add", "value": { URN: { "notes": "n" } } },
        { "op": "replace", "value": { path("secret"): "s", path("car.plate"): "A-1" } },
    ]);
    let expected = json!({ "badge": 7, "car": { "colour": "red", "plate": "A-1" },
        "cards": [{ "type": "door", "value": "c-1" }], "notes": "n", "secret": "s" });
    assert_eq!(patched(json!({}), operations).unwrap(), expected);
    let nothing = json!([{ "op": "add", "path": path("pin"), "value": "1" }, { "op": "add", "path": path("car.key"), "value": "k" },
        { "op": "remove", "path": path("car.key") }]);
    assert_eq!(patched(json!({ "badge": 1 }), nothing).unwrap(), json!({ "badge": 1 }));
    let error = patched(json!({}), json!([{ "op": "add", "path": path("level"), "value": "x" }])).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::Mutability));
    let error = patched(json!({}), json!([{ "op": "add", "path": path("shoeSize"), "value": "x" }])).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::InvalidPath), "a declared schema has no such attribute");
}

#[test]
fn what_is_immutable_is_set_once_by_a_patch() {
    let path = |rest: &str| format!("{URN}:{rest}");
    let car = || json!({ "car": { "plate": "A-1", "colour": "red" } });
    let cards = || json!({ "cards": [{ "value": "c", "issued": "2026" }, { "value": "d" }] });
    let operations = json!([{ "op": "add", "path": path("hired"), "value": "2026" },
        { "op": "add", "path": path("tags"), "value": ["a", "b"] }, { "op": "add", "path": path("car.plate"), "value": "A-1" },
        { "op": "add", "path": path("cards[value eq \"c\"].issued"), "value": "2026" }]);
    let set = patched(json!({ "cards": [{ "value": "c" }] }), operations.clone()).unwrap();
    assert_eq!(patched(set.clone(), operations).unwrap(), set, "the same again is no change");
    for operation in [
        json!({ "op": "replace", "path": path("hired"), "value": "2027" }),
        json!({ "op": "remove", "path": path("hired") }),
        json!({ "op": "replace", "value": { URN: { "hired": "2027" } } }),
        json!({ "op": "remove", "path": URN }),
    ] {
        refused(json!({ "hired": "2026" }), operation);
    }
    for operation in [
        json!({ "op": "add", "path": path("tags"), "value": "c" }),
        json!({ "op": "remove", "path": path("tags[value eq \"a\"]") }),
        json!({ "op": "replace", "path": path("tags"), "value": ["a"] }),
        json!({ "op": "remove", "path": path("tags") }),
    ] {
        refused(json!({ "tags": ["a", "b"] }), operation);
    }
    for operation in [
        json!({ "op": "replace", "path": path("car.plate"), "value": "B-2" }),
        json!({ "op": "replace", "path": path("car"), "value": { "plate": "B-2" } }),
        json!({ "op": "remove", "path": path("car.plate") }),
        json!({ "op": "remove", "path": path("car") }),
    ] {
        refused(car(), operation);
    }
    for operation in [
        json!({ "op": "replace", "path": path("cards[value eq \"c\"].issued"), "value": "2027" }),
        json!({ "op": "replace", "path": path("cards[value eq \"c\"]"), "value": { "value": "c", "issued": "2027" } }),
        json!({ "op": "add", "path": path("cards[value eq \"c\"]"), "value": { "issued": "2027" } }),
        json!({ "op": "add", "path": path("cards"), "value": [{ "value": "c", "issued": "2027" }] }),
        json!({ "op": "replace", "path": path("cards"), "value": [{ "value": "c", "issued": "2027" }] }),
        json!({ "op": "remove", "path": path("cards[value eq \"c\"].issued") }),
    ] {
        refused(cards(), operation);
    }
    let gone = patched(cards(), json!([{ "op": "remove", "path": path("cards[value eq \"c\"]") }])).unwrap();
    assert_eq!(gone, json!({ "cards": [{ "value": "d" }] }), "an element may go as a whole");
    let kept = patched(
        cards(),
        json!([{ "op": "replace", "path": path("cards[value eq \"c\"]"), "value": { "type": "door" } }]),
    );
    assert_eq!(kept.unwrap()["cards"][0], json!({ "value": "c", "type": "door", "issued": "2026" }));
}

#[test]
fn a_put_keeps_what_is_immutable_and_left_out_and_refuses_a_change() {
    let acme = acme();
    let before =
        with(json!({ "badge": 1, "hired": "2026", "tags": ["a", "b"], "car": { "plate": "A-1", "colour": "red" },
        "cards": [{ "value": "c", "issued": "2026" }, { "value": "d" }] }));
    let put = |wanted: Map| acme.replaced(&before, wanted);
    let kept = json!({ "hired": "2026", "tags": ["a", "b"], "car": { "plate": "A-1" } });
    assert_eq!(put(map(json!({ "userName": "ada" }))).unwrap(), with(kept));
    let same =
        put(with(json!({ "tags": ["b", "a"], "car": { "colour": "blue" }, "cards": [{ "value": "c" }] }))).unwrap();
    assert_eq!(same[URN]["tags"], json!(["b", "a"]), "values of a list have no order");
    assert_eq!(same[URN]["car"], json!({ "colour": "blue", "plate": "A-1" }));
    assert_eq!(same[URN]["cards"], json!([{ "value": "c", "issued": "2026" }]));
    for change in [
        json!({ "hired": "2027" }),
        json!({ "tags": ["a"] }),
        json!({ "tags": ["a", "a"] }),
        json!({ "car": { "plate": "a-1" } }),
        json!({ "cards": [{ "value": "c", "issued": "2027" }] }),
    ] {
        let error = put(with(change.clone())).unwrap_err();
        assert_eq!((error.status, error.reason), (400, "immutable"), "{change}");
    }
    assert_eq!(
        acme.replaced(&map(json!({ "userName": "a" })), before.clone()).unwrap(),
        before,
        "what was not set can be"
    );
}

#[test]
fn what_is_required_in_an_extension_is_asked_of_who_has_the_extension() {
    let strict = definition(json!([
        { "name": "badge", "required": true }, { "name": "other" },
        { "name": "cards", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "value", "required": true }, { "name": "type" }] },
    ]));
    let missing = |parts: Value| strict.missing(&with(parts)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    strict.check_required(&map(json!({ "userName": "ada" }))).unwrap();
    assert_eq!(missing(json!({ "other": "x" })), [format!("{URN}:badge")]);
    assert_eq!(
        missing(json!({ "badge": "x", "cards": [{ "value": "c" }, { "type": "door" }] })),
        [format!("{URN}:cards.value")]
    );
    assert!(missing(json!({ "badge": "x", "cards": [{ "value": "c" }] })).is_empty());
    assert!(!strict.requires_extension(URN));
    let path = format!("{URN}:badge");
    let stricter = strict.requiring(&[&path]).unwrap();
    assert_eq!(stricter.missing(&map(json!({ "userName": "ada" }))), [path]);
    assert!(stricter.requires_extension(URN));
}

#[test]
fn filters_sorts_and_projections_know_the_attributes() {
    let (acme, limits) = (acme(), Limits::default());
    let ada = with(json!({ "badge": 7, "notes": "n", "secret": "s", "car": { "plate": "A-1", "colour": "Red" },
        "cards": [{ "value": "c-1", "type": "door", "code": "9" }, { "value": "c-2", "type": "gate" }] }));
    let finds =
        |filter: &str| Filter::parse(&filter.replace('@', URN), &acme, &limits).map(|filter| filter.matches(&ada));
    for (filter, expected) in [
        ("@:badge eq 7", true),
        ("@:BADGE gt 7", false),
        ("@:car.colour eq \"red\"", true),
        ("@:car.plate eq \"a-1\"", false),
        ("@:cards[type eq \"door\" and value sw \"c\"]", true),
        ("@:cards[type eq \"gate\"].value eq \"c-1\"", false),
        ("@:cards.value eq \"c-2\"", true),
        ("@:hired pr", false),
        ("badge eq 7", true),
    ] {
        assert_eq!(finds(filter).unwrap(), expected, "{filter}");
    }
    for filter in ["@:secret eq \"s\"", "@:pin pr", "@:cards.code eq \"9\"", "@:cards[code eq \"9\"]"] {
        assert_eq!(finds(filter).unwrap_err().status, 403, "{filter}");
    }
    assert_eq!(finds("@:badge eq \"7\"").unwrap_err().reason, "filter_type");
    assert_eq!(finds("@:shoeSize eq 7").unwrap_err().reason, "filter_unknown_attribute");
    let path = |rest: &str| format!("{URN}:{rest}");
    assert!(
        SortBy::parse(&path("badge"), false, &acme).unwrap().key(&ada)
            < SortBy::parse(&path("badge"), false, &acme).unwrap().key(&with(json!({ "badge": 10 })))
    );
    assert_eq!(SortBy::parse(&path("secret"), false, &acme).unwrap_err().status, 403);
    let shown = |attributes: Option<&str>, excluded: Option<&str>| {
        let projection = Projection::parse(attributes, excluded, &acme).unwrap();
        projection.apply(ada.clone(), &acme).shift_remove(URN).unwrap_or(json!({}))
    };
    let cards = json!([{ "value": "c-1", "type": "door" }, { "value": "c-2", "type": "gate" }]);
    let car = json!({ "plate": "A-1", "colour": "Red" });
    assert_eq!(shown(None, None), json!({ "badge": 7, "car": car, "cards": cards }));
    assert_eq!(shown(Some(&path("notes")), None), json!({ "notes": "n" }));
    assert_eq!(shown(Some(&path("secret")), None), json!({}));
    assert_eq!(shown(Some(&path("car.plate")), None), json!({ "car": { "plate": "A-1" } }));
    assert_eq!(
        shown(None, Some(&path("cards.type"))),
        json!({ "badge": 7, "car": car, "cards": [{ "value": "c-1" }, { "value": "c-2" }] })
    );
    assert_eq!(shown(None, Some(URN)), json!({}));
}

#[test]
fn the_answer_to_a_write_has_what_the_request_has_set() {
    let own = definition(json!([
        { "name": "notes", "returned": "request" },
        { "name": "car", "type": "complex", "returned": "always", "subAttributes": [
            { "name": "plate" }, { "name": "memo", "returned": "request" }, { "name": "code", "returned": "never" }] },
    ]));
    let ada = with(json!({ "notes": "n", "car": { "plate": "X", "memo": "m", "code": "9" } }));
    let shown = |projection: Projection| projection.apply(ada.clone(), &own).shift_remove(URN).unwrap_or(json!({}));
    let plain = || Projection::parse(None, None, &own).unwrap();
    assert_eq!(shown(plain()), json!({ "car": { "plate": "X" } }), "not even always shows what is never returned");
    let whole = json!({ "notes": "n", "car": { "plate": "X", "memo": "m" } });
    assert_eq!(shown(plain().after_write(&ada, &own)), whole);
    let patched = |path: &str| {
        let body = json!({ "Operations": [{ "op": "replace", "path": format!("{URN}:{path}"), "value": "x" }] });
        shown(plain().after_patch(&Patch::read(body, &own, &Limits::default()).unwrap(), &own))
    };
    assert_eq!(patched("notes"), json!({ "notes": "n", "car": { "plate": "X" } }));
    assert_eq!(patched("car.plate"), json!({ "car": { "plate": "X" } }));
    assert_eq!(patched("car.memo"), json!({ "car": { "plate": "X", "memo": "m" } }));
    let named = Projection::parse(Some("userName"), None, &own).unwrap().after_write(&ada, &own);
    assert_eq!(shown(named), json!({ "car": { "plate": "X" } }), "who names attributes gets those");
    let excluded = Projection::parse(None, Some(&format!("{URN}:notes")), &own).unwrap().after_write(&ada, &own);
    assert_eq!(shown(excluded), json!({ "car": { "plate": "X", "memo": "m" } }));
}

#[test]
fn stored_values_that_fit_no_longer_are_left_out() {
    let acme = acme();
    let mut stored =
        map(json!({ "userName": "ada", "urn:example:ACME:2.0:user": { "BADGE": 7, "hired": ["x"], "tags": "one",
        "pin": "1234", "gone": 1, "notes": { "a": 1 }, "car": { "plate": 1 }, "cards": "c", "secret": "s" },
        "urn:example:other": { "a": 1 } }));
    acme.conform(&mut stored);
    assert_eq!(stored[URN], json!({ "badge": 7, "tags": ["one"], "cards": [{ "value": "c" }], "secret": "s" }));
    assert_eq!(stored["urn:example:other"], json!({ "a": 1 }), "what is not declared is not touched");
    for nonsense in [json!("x"), json!([1]), json!({}), json!({ "badge": "7" })] {
        let mut stored = map(json!({ "userName": "ada", URN: nonsense }));
        acme.conform(&mut stored);
        assert_eq!(stored, map(json!({ "userName": "ada" })));
    }
}

#[test]
fn a_log_holds_no_value_that_is_never_returned() {
    let acme = acme();
    let ada =
        map(json!({ "userName": "ada", URN: { "badge": 7, "secret": "s", "cards": [{ "value": "c", "code": "9" }] },
        "urn:example:gone": { "pin": "1" }, super::ENTERPRISE_URN: { "department": "IT" } }));
    let told = acme.openly(&ada).into_owned();
    let expected = json!({ "userName": "ada", URN: { "badge": 7, "cards": [{ "value": "c" }] },
        super::ENTERPRISE_URN: { "department": "IT" } });
    assert_eq!(Value::Object(told), expected);
    assert!(!acme.openly(&with(json!({ "secret": "s" }))).contains_key(URN));
    let plain = map(json!({ "userName": "ada", super::ENTERPRISE_URN: { "department": "IT" } }));
    assert!(matches!(acme.openly(&plain), std::borrow::Cow::Borrowed(_)), "what holds no secret is not copied");
}

#[test]
fn assignments_that_are_ignored_are_not_found_under_their_bare_name() {
    let taking = definition(json!([{ "name": "roles", "multiValued": true }]));
    let incoming = taking.read(json!({ "userName": "ada", "roles": ["admin"] }), &Limits::default()).unwrap();
    assert_eq!((incoming.attributes.get(URN), incoming.ignored.as_slice()), (None, &["roles".to_owned()][..]));
    assert_eq!(read(&taking, json!({ "roles": ["admin"] }))[URN], json!({ "roles": ["admin"] }));
}

#[test]
fn the_names_that_are_ignored_hold_no_values() {
    let operations = json!([{ "op": "add", "path": "urn:example:y:2.0:User:tag[value eq \"ada@acme.example\"].z", "value": "v" },
        { "op": "add", "path": "urn:example:y:2.0:User:tag", "value": "v" }, { "op": "add", "value": { "nickname[a eq \"b\"]": 1 } },
        { "op": "Remove", "path": "URN:example:y:2.0:User:other" }]);
    let patch = Patch::read(json!({ "Operations": operations }), &acme(), &Limits::default()).unwrap();
    assert_eq!(patch.ignored, ["urn:example:y:2.0:User:tag", "nickname", "URN:example:y:2.0:User:other"]);
    assert!(patch.operations.is_empty());
}
