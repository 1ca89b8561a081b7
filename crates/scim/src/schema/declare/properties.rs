use std::borrow::Cow;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec("[ -~ü]{0,8}", 0..4)
}

/// Any attribute as this crate would publish it, without name and sub-attributes.
fn attribute(kinds: &'static [Kind], list: bool) -> impl Strategy<Value = Attribute> {
    let words = (
        select(kinds),
        select(vec![Mutability::ReadOnly, Mutability::ReadWrite, Mutability::Immutable, Mutability::WriteOnly]),
        select(vec![Returned::Always, Returned::Never, Returned::Default, Returned::Request]),
        select(vec![Uniqueness::None, Uniqueness::Server, Uniqueness::Global]),
    );
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (words, flags, texts(), texts(), "[ -~ü]{0,20}").prop_map(move |(words, flags, canonical, references, about)| {
        let (kind, mutability, returned, uniqueness) = words;
        let kept = matches!(mutability, Mutability::ReadWrite | Mutability::Immutable);
        let base = Attribute::new("", kind, about);
        Attribute {
            multi_valued: flags.0 && list,
            required: flags.1 && kept,
            case_exact: if matches!(kind, Kind::String | Kind::Reference) { flags.2 } else { base.case_exact },
            canonical_values: canonical.into_iter().map(Cow::Owned).collect(),
            mutability,
            returned: if mutability == Mutability::WriteOnly { Returned::Never } else { returned },
            uniqueness,
            reference_types: if kind == Kind::Reference { references } else { Vec::new() },
            ..base
        }
    })
}

const SIMPLE: &[Kind] =
    &[Kind::String, Kind::Boolean, Kind::Decimal, Kind::Integer, Kind::DateTime, Kind::Binary, Kind::Reference];
const ALL: &[Kind] = &[
    Kind::String,
    Kind::Boolean,
    Kind::Decimal,
    Kind::Integer,
    Kind::DateTime,
    Kind::Binary,
    Kind::Reference,
    Kind::Complex,
];

/// Attributes under names that differ in more than case.
fn named(
    attributes: impl Strategy<Value = Attribute>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Attribute>> {
    btree_map("[a-z][a-z0-9_-]{0,6}|[$]ref", attributes, count)
        .prop_map(|all| all.into_iter().map(|(name, attribute)| Attribute { name, ..attribute }).collect())
}

fn schema() -> impl Strategy<Value = Schema> {
    let subs = named(attribute(SIMPLE, false), 1..4);
    let whole = (attribute(ALL, true), subs).prop_map(|(attribute, subs)| {
        let sub_attributes = if attribute.kind == Kind::Complex { subs } else { Vec::new() };
        Attribute { sub_attributes, ..attribute }
    });
    (named(whole, 1..6), "[ -~]{0,10}", "[ -~]{0,10}").prop_map(|(attributes, name, description)| Schema {
        id: "urn:example:generated:2.0:User".to_owned(),
        name,
        description,
        attributes,
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        select(vec!["", "urn:example:x", "complex", "string", "never", "value", "$ref"]).prop_map(Value::from),
    ];
    let key = select(vec!["id", "name", "type", "attributes", "subAttributes", "required", "returned", "meta", "x"]);
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::Array),
            vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_published_reads_back_as_it_was(schema in schema()) {
        prop_assert_eq!(Schema::read(schema.to_json()).unwrap(), schema);
    }

    #[test]
    fn whatever_json_comes_is_read_or_refused(value in any_json()) {
        if let Ok(read) = Schema::read(value) {
            prop_assert_eq!(Schema::read(read.to_json()).unwrap(), read);
        }
    }
}
