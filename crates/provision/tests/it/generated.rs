//! for any schema, any resources and any filter, what the database and usher find together is what the filter means to
//! the evaluator over all resources: by number and by cursor, sorted and not, on both databases.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use usher_scim::list::Query;
use usher_scim::{Definition, Filter, Limits, SortBy};

use crate::tenant::{Tenant, column, id};
use crate::world::World;

on_both!(r66_1000_filters_over_generated_schemas_mean_what_the_evaluator_says);

const ROUNDS: usize = 4;
const FILTERS: usize = 250;
const USERS: usize = 24;
const GROUPS: usize = 8;

/// A chooser that takes the same way in every run.
struct Chance(TestRunner);

impl Chance {
    fn some<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        strategy.new_tree(&mut self.0).expect("a value").current()
    }

    fn of<T: Clone + std::fmt::Debug + 'static>(&mut self, all: &[T]) -> T {
        self.some(&select(all.to_vec()))
    }

    fn one_in(&mut self, number: u32) -> bool {
        self.some(&(0..number)) == 0
    }
}

/// Few texts, so that resources share them, with what folding and SQL could trip over.
const WORDS: [&str; 14] = [
    "ada",
    "ADA",
    "Ädä",
    "straße",
    "STRASSE",
    "a%",
    "a_a",
    "%",
    "a'b",
    "ſ",
    "x y",
    "ａｄａ",
    "\u{1F469}\u{200D}\u{1F4BB}",
    "a\"\\",
];
const TIMES: [&str; 5] = [
    "2026-09-21T14:13:20Z",
    "2026-09-21T14:13:21.5Z",
    "2026-09-21T14:13:21.5000001Z",
    "1970-01-01T00:00:00",
    "2030-01-01T00:00:00+02:00",
];

/// A value of a type; in a filter and in a resource alike.
fn value(chance: &mut Chance, kind: &str) -> Value {
    match kind {
        "boolean" => chance.of(&[true, false]).into(),
        "integer" => chance.of(&[-1_i64, 0, 1, 2, i64::MAX]).into(),
        "decimal" => chance.of(&[-0.5_f64, 0.0, 1.0, 1.5, 1e300]).into(),
        "dateTime" => chance.of(&TIMES).into(),
        "binary" => chance.of(&["AAAA", "aaaa", "QUJD"]).into(),
        _ => chance.of(&WORDS).into(),
    }
}

const SIMPLE: [&str; 7] = ["string", "boolean", "integer", "decimal", "dateTime", "reference", "binary"];

/// A schema with attributes of every type, single and in lists, plain and complex.
fn schema(chance: &mut Chance, urn: &str) -> Value {
    let simple = |chance: &mut Chance, name: String, many: bool| {
        let kind = chance.of(&SIMPLE);
        let exact = kind == "string" && chance.one_in(2);
        json!({ "name": name, "type": kind, "multiValued": many, "caseExact": exact || kind == "binary" || kind == "reference" })
    };
    let mut attributes = Vec::new();
    for number in 0..6 {
        let many = chance.one_in(2);
        attributes.push(simple(chance, format!("plain{number}"), many));
        let parts: Vec<Value> =
            ["value", "first", "second-part"].iter().map(|name| simple(chance, (*name).to_owned(), false)).collect();
        if number < 3 {
            let many = chance.one_in(2);
            attributes.push(json!({ "name": format!("group{number}"), "type": "complex", "multiValued": many,
                                    "subAttributes": parts }));
        }
    }
    json!({ "id": urn, "name": "Generated", "attributes": attributes })
}

/// Values for some of a schema's attributes.
fn values(chance: &mut Chance, attributes: &[Value]) -> Value {
    let mut out = Map::new();
    for attribute in attributes {
        if chance.one_in(3) {
            continue;
        }
        let one = |chance: &mut Chance| match attribute["subAttributes"].as_array() {
            Some(parts) => values(chance, parts),
            None => value(chance, attribute["type"].as_str().unwrap()),
        };
        let made = if attribute["multiValued"] == true {
            let count = chance.some(&(0..4_usize));
            (0..count).map(|_| one(chance)).collect()
        } else {
            one(chance)
        };
        out.insert(attribute["name"].as_str().unwrap().to_owned(), made);
    }
    Value::Object(out)
}

/// What a filter can name: a path, its type, and the sub-attributes of a list of complex values.
#[derive(Clone, Debug)]
struct Named {
    path: String,
    kind: String,
    parts: Vec<(String, String)>,
}

/// All that the published schemas of a type offer, and the common attributes.
fn names(definition: &Definition) -> Vec<Named> {
    let plain = |path: &str, kind: &str| Named { path: path.to_owned(), kind: kind.to_owned(), parts: Vec::new() };
    let mut out = vec![plain("id", "string"), plain("externalId", "string")];
    out.extend(["meta.lastModified", "meta.created"].map(|path| plain(path, "dateTime")));
    out.push(plain("meta.resourceType", "string"));
    let core = &definition.core.id;
    for schema in definition.schemas().map(usher_scim::schema::Schema::to_json).collect::<Vec<_>>() {
        let urn = schema["id"].as_str().unwrap();
        for attribute in schema["attributes"].as_array().unwrap() {
            if attribute["returned"] == "never" {
                continue;
            }
            let name = attribute["name"].as_str().unwrap();
            let path = if urn == core { name.to_owned() } else { format!("{urn}:{name}") };
            let kind = attribute["type"].as_str().unwrap();
            let parts: Vec<(String, String)> = attribute["subAttributes"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|part| (part["name"].as_str().unwrap().to_owned(), part["type"].as_str().unwrap().to_owned()))
                .collect();
            out.extend(parts.iter().map(|(sub, kind)| plain(&format!("{path}.{sub}"), kind)));
            if urn == core {
                out.push(plain(&format!("{urn}:{path}"), kind));
            }
            out.push(Named { path, kind: kind.to_owned(), parts });
        }
    }
    out
}

/// Values that stand in the resources.
#[derive(Default)]
struct Known {
    texts: Vec<Value>,
    times: Vec<Value>,
}

fn comparison(chance: &mut Chance, path: &str, kind: &str, known: &Known) -> String {
    let path = if chance.one_in(4) { path.to_uppercase() } else { path.to_owned() };
    if kind == "complex" || chance.one_in(8) {
        return format!("{path} pr");
    }
    if chance.one_in(12) {
        return format!("{path} {} null", chance.of(&["eq", "ne"]));
    }
    let ops: &[&str] = match kind {
        "boolean" | "binary" => &["eq", "ne"],
        "integer" | "decimal" | "dateTime" => &["eq", "ne", "gt", "ge", "lt", "le"],
        _ => &["eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"],
    };
    let op = chance.of(ops);
    let none = Vec::new();
    let there = match kind {
        "string" => &known.texts,
        "dateTime" => &known.times,
        _ => &none,
    };
    let literal = if !there.is_empty() && chance.one_in(2) { chance.of(there) } else { value(chance, kind) };
    format!("{path} {op} {literal}")
}

fn leaf(chance: &mut Chance, names: &[Named], common: &[Named], known: &Known) -> String {
    let chosen = if chance.one_in(2) { chance.of(common) } else { chance.of(names) };
    if chosen.parts.is_empty() || chance.one_in(4) {
        return comparison(chance, &chosen.path, &chosen.kind, known);
    }
    let mut parts = Vec::new();
    for _ in 0..=chance.some(&(0..2_usize)) {
        let (part, kind) = chance.of(&chosen.parts);
        let compared = comparison(chance, &part, &kind, known);
        parts.push(if chance.one_in(5) { format!("not ({compared})") } else { compared });
    }
    let word = chance.of(&[" and ", " and ", " or "]);
    format!("{}[{}]", chosen.path, parts.join(word))
}

fn filter(chance: &mut Chance, depth: usize, names: &[Named], common: &[Named], known: &Known) -> String {
    if depth == 0 || chance.one_in(3) {
        return leaf(chance, names, common, known);
    }
    let inner = |chance: &mut Chance| filter(chance, depth - 1, names, common, known);
    match chance.some(&(0..7_u8)) {
        0 => format!("not ({})", inner(chance)),
        1 | 2 => format!("({}) or ({})", inner(chance), inner(chance)),
        _ => format!("({}) and ({})", inner(chance), inner(chance)),
    }
}

/// A tenant whose connection has schemas of its own, with users and groups that use them.
async fn populate(world: &World, chance: &mut Chance, round: usize) -> Tenant {
    let slug = format!("acme-{round}");
    let tenant = world.tenant(&slug).await;
    let mut extensions = Vec::new();
    for (resource, urn) in [("User", "urn:example:generated:2.0:User"), ("Group", "urn:example:generated:2.0:Group")] {
        let schema = schema(chance, urn);
        let at = (slug.as_str(), "main", urn);
        world.operator().declare_schema(at, Some(resource), schema.clone(), None).await.unwrap();
        extensions.push((urn, schema["attributes"].as_array().unwrap().clone()));
    }
    let tenant = tenant.through(&world.replica().await).await;
    let mut ids = Vec::new();
    for number in 0..USERS {
        let (urn, attributes) = &extensions[0];
        let mut body = json!({ "userName": format!("{}{number}", chance.of(&WORDS)), "active": chance.of(&[true, false]),
                               "nickName": chance.of(&WORDS), *urn: values(chance, attributes) });
        if chance.one_in(2) {
            body["displayName"] = chance.of(&WORDS).into();
            body["name"] = json!({ "givenName": chance.of(&WORDS) });
        }
        if chance.one_in(2) {
            body["emails"] = json!([
                { "value": format!("Box{}@acme.example", number % 4), "type": "work", "primary": true },
                { "value": format!("box{}@ACME.example", number % 3), "type": "home" },
            ]);
        }
        if chance.one_in(3) {
            body["externalId"] = format!("X{number}").into();
        }
        ids.push(id(&tenant.create(body).await.unwrap()));
        if number % 7 == 6 {
            world.pass(chrono::TimeDelta::milliseconds(500));
        }
    }
    for number in 0..GROUPS {
        let (urn, attributes) = &extensions[1];
        let members: Vec<Value> = ids.iter().skip(number).step_by(5).map(|id| json!({ "value": id })).collect();
        let mut body = json!({ "displayName": format!("{}{number}", chance.of(&WORDS)), "externalId": format!("{number}"),
                               *urn: values(chance, attributes) });
        if number % 3 != 0 {
            body["members"] = members.into();
        }
        tenant.scope.create_group(body.to_string().as_bytes(), &Query::default()).await.unwrap();
    }
    tenant
}

struct Type<'a> {
    tenant: &'a Tenant,
    definition: &'a Definition,
    groups: bool,
    everybody: Vec<Map<String, Value>>,
    names: Vec<Named>,
    /// Names whose values the resources have, and those that have an index.
    common: Vec<Named>,
    known: Known,
}

impl<'a> Type<'a> {
    async fn new(tenant: &'a Tenant, groups: bool) -> Self {
        let scope = &tenant.scope;
        let definition = if groups { scope.group_definition() } else { scope.user_definition() };
        let mut kind = Self {
            tenant,
            definition,
            groups,
            everybody: vec![],
            names: names(definition),
            common: vec![],
            known: Known::default(),
        };
        let all = kind.list(&Query::default()).await;
        kind.everybody =
            all["Resources"].as_array().unwrap().iter().map(|one| one.as_object().unwrap().clone()).collect();
        let used = ["id", "externalId", "userName", "displayName", "nickName", "active", "emails", "groups", "members"];
        let is_common = |named: &&Named| {
            named.path.starts_with("urn:example")
                || named.path.starts_with("meta.l")
                || used.iter().any(|name| named.path == *name || named.path == format!("{name}.value"))
        };
        kind.common = kind.names.iter().filter(is_common).cloned().collect();
        // What becomes SQL by more than an equality comes more often.
        let ranges = |named: &&Named| ["meta.lastModified", "displayName", "active"].contains(&named.path.as_str());
        let often: Vec<Named> = kind.common.iter().filter(ranges).cloned().collect();
        kind.common.extend(often.iter().cycle().take(often.len() * 4).cloned());
        let texts = |one: &Map<String, Value>| {
            let list = |name: &str| one.get(name).and_then(|list| list.get(0)).map(|first| first["value"].clone());
            let single = ["id", "userName", "displayName", "externalId"].map(|name| one.get(name).cloned());
            single.into_iter().chain([list("members"), list("groups"), list("emails")]).flatten().collect::<Vec<_>>()
        };
        kind.known.texts = kind.everybody.iter().flat_map(texts).collect();
        kind.known.times = kind.everybody.iter().map(|one| one["meta"]["lastModified"].clone()).collect();
        kind
    }

    async fn list(&self, query: &Query) -> Value {
        let scope = &self.tenant.scope;
        let found = if self.groups {
            scope.list_groups(query).await.map(|list| list.body)
        } else {
            scope.list_users(query).await
        };
        found.unwrap_or_else(|error| panic!("{query:?}: {error}"))
    }

    /// The ids of all pages by cursor.
    async fn walked(&self, query: &Query) -> Vec<String> {
        let (mut ids, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let page = self.list(&Query { cursor: Some(cursor), count: Some(7), ..query.clone() }).await;
            ids.extend(column(&page, "id"));
            next = page.get("nextCursor").map(|text| text.as_str().unwrap().to_owned());
        }
        ids
    }

    /// What the evaluator says, in the order that the query asks for.
    fn meant(&self, filter: &Filter, sort: Option<&SortBy>) -> Vec<String> {
        let mut found: Vec<_> = self.everybody.iter().filter(|one| filter.matches(one)).collect();
        if let Some(sort) = sort {
            found.sort_by_key(|one| (sort.key(one), one["id"].to_string()));
        }
        found.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Compares one filter, by number and in one other way; whether it tells resources apart.
    async fn check(&self, chance: &mut Chance, way: usize) -> bool {
        let text = filter(chance, 3, &self.names, &self.common, &self.known);
        let parsed = Filter::parse(&text, self.definition, &Limits::default());
        let parsed = parsed.unwrap_or_else(|error| panic!("{text}: {error}"));
        let meant = self.meant(&parsed, None);
        let query = Query { filter: Some(text.clone()), ..Query::default() };
        let list = self.list(&query).await;
        assert_eq!((column(&list, "id"), &list["totalResults"]), (meant.clone(), &meant.len().into()), "{text}");
        let by = chance.of(&self.names);
        let descending = chance.of(&[true, false]);
        match SortBy::parse(&by.path, descending, self.definition).ok().filter(|_| way > 0) {
            None => assert_eq!(self.walked(&query).await, meant, "{text} by cursor"),
            Some(sort) => {
                let query = Query { sort_by: Some(by.path.clone()), descending, ..query };
                let found = if way == 1 { self.walked(&query).await } else { column(&self.list(&query).await, "id") };
                assert_eq!(found, self.meant(&parsed, Some(&sort)), "{text} by {} {descending}", by.path);
            }
        }
        !meant.is_empty() && meant.len() < self.everybody.len()
    }
}

async fn r66_1000_filters_over_generated_schemas_mean_what_the_evaluator_says(world: Arc<World>) {
    let mut chance = Chance(TestRunner::deterministic());
    let mut telling = 0;
    for round in 0..ROUNDS {
        let tenant = populate(&world, &mut chance, round).await;
        let users = Type::new(&tenant, false).await;
        let groups = Type::new(&tenant, true).await;
        assert_eq!((users.everybody.len(), groups.everybody.len()), (USERS, GROUPS + 1), "and the built-in group");
        for number in 0..FILTERS {
            let kind = if number % 4 == 3 { &groups } else { &users };
            telling += usize::from(kind.check(&mut chance, number % 3).await);
        }
    }
    assert!(telling > ROUNDS * FILTERS / 3, "filters that tell resources apart: {telling}");
}
