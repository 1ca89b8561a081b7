use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Number, json};

use super::*;
use crate::limits::Limits;
use crate::resource::Map;
use crate::schema::{Attribute, Definition, Kind};

fn attribute(name: &str) -> Attribute {
    Definition::user().core.attribute(name).unwrap().clone()
}

fn text() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<String>().prop_filter("NUL is refused", |text| !text.contains('\0')).prop_map(Literal::String),
        Just(Literal::Null)
    ]
}

fn comparison(path: AttrPath) -> BoxedStrategy<Filter> {
    use CompareOp::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    let kind = path.traits().kind;
    let literal = match kind {
        Kind::Boolean => any::<bool>().prop_map(Literal::Bool).boxed(),
        Kind::DateTime => Just(Literal::String("2026-01-02T03:04:05Z".to_owned())).boxed(),
        Kind::Integer | Kind::Decimal => any::<i64>().prop_map(|n| Literal::Number(Number::from(n))).boxed(),
        Kind::String | Kind::Reference | Kind::Binary | Kind::Complex => text().boxed(),
    };
    let op = proptest::sample::select(vec![Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le]);
    let fits = |(op, value): &(CompareOp, Literal)| *op == Eq || *op == Ne || *value != Literal::Null;
    (op, literal)
        .prop_filter("null has no order", fits)
        .prop_filter_map("type", move |(op, value)| {
            let value = value.fitting(op, path.traits()).ok()?;
            Some(Filter::Compare { path: path.clone(), op, value })
        })
        .boxed()
}

fn chained(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    let tree = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    });
    tree.boxed()
}

fn leaf() -> BoxedStrategy<Filter> {
    let user = Definition::user();
    let names =
        ["userName", "active", "name.givenName", "meta.created", "emails.value", "id", "manager.value", "photos.value"];
    let paths: Vec<_> = names.iter().map(|name| AttrPath::parse(name, &user).unwrap()).collect();
    let path = proptest::sample::select(paths);
    let emails = attribute("emails");
    let inner: Vec<_> =
        ["value", "type", "primary"].iter().map(|name| AttrPath::relative(name, &emails).unwrap()).collect();
    let inner_path = proptest::sample::select(inner);
    let inside = chained(
        prop_oneof![inner_path.clone().prop_map(Filter::Present), inner_path.clone().prop_flat_map(comparison)].boxed(),
    );
    let sub = proptest::option::of(inner_path.prop_flat_map(comparison));
    let element = (inside, sub).prop_map(move |(filter, sub)| {
        let attr = AttrPath::parse("emails", &Definition::user()).unwrap();
        match sub {
            Some(Filter::Compare { path, op, value }) => {
                let attr = attr.with_traits_of(&path);
                Filter::Element { attr, filter: Box::new(filter), sub: Some((path.attribute, op, value)) }
            }
            _ => Filter::Element { attr, filter: Box::new(filter), sub: None },
        }
    });
    prop_oneof![path.clone().prop_map(Filter::Present), path.prop_flat_map(comparison), element].boxed()
}

fn any_filter() -> BoxedStrategy<Filter> {
    chained(leaf())
}

fn soup() -> impl Strategy<Value = String> {
    let words = [
        "(",
        ")",
        "[",
        "]",
        "and",
        "or",
        "not",
        "eq",
        "co",
        "pr",
        "userName",
        "emails",
        "type",
        ".value",
        "\"x\"",
        "\"",
        "\\",
        "true",
        "null",
        "7",
        "manager",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "active",
        "meta.created",
        "\u{a0}",
        ".",
    ];
    vec(proptest::sample::select(words.to_vec()), 0..40).prop_map(|words| words.join(" "))
}

fn resource() -> Map {
    let user = json!({ "userName": "ada", "active": true, "emails": [{ "value": "a", "type": "work" }, "odd"], "name": 7, "meta": null });
    user.as_object().unwrap().clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_printed_filter_reads_back_as_itself(filter in any_filter()) {
        let printed = filter.to_string();
        let limits = Limits { filter_bytes: 1 << 20, filter_terms: 10_000, ..Limits::default() };
        let again = Filter::parse(&printed, &Definition::user(), &limits);
        prop_assert_eq!(again.map_err(|error| format!("{printed}: {error}")), Ok(filter));
    }

    #[test]
    fn r60_no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = Filter::parse(&text, &Definition::user(), &Limits::default()).map(|filter| filter.matches(&resource()));
    }

    #[test]
    fn r60_no_soup_of_tokens_makes_the_parser_panic(text in soup()) {
        if let Ok(filter) = Filter::parse(&text, &Definition::user(), &Limits::default()) {
            let _ = filter.matches(&resource());
            prop_assert!(Filter::parse(&filter.to_string(), &Definition::user(), &Limits::default()).is_ok());
        }
    }

    #[test]
    fn not_is_the_opposite(filter in any_filter()) {
        let resource = resource();
        prop_assert_eq!(Filter::Not(Box::new(filter.clone())).matches(&resource), !filter.matches(&resource));
    }
}
