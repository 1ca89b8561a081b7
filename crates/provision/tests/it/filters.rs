//! what the database finds is what the filter means, on both databases, for any users and any filter.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use usher_scim::list::Query;
use usher_scim::{Filter, Limits};

use crate::tenant::{Tenant, column, id};
use crate::world::World;

on_both!(r66_300_filters_find_what_they_mean, r66_a_percent_sign_is_a_percent_sign);

const FILTERS: usize = 300;

/// Few values, so that users share them, with what SQL and folding could trip over.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["ada", "ADA", "Ädä", "straße", "STRASSE", "a%", "a_a", "%", "a'b", "ſ", "x y", "ａｄａ"])
        .prop_map(str::to_owned)
}

fn user() -> impl Strategy<Value = Value> {
    let label = prop::option::of(prop::sample::select(vec!["1", "x", "X", "a%"]));
    (prop::option::of(word()), prop::option::of(word()), label, any::<bool>(), prop::option::of(0..4_u8), any::<bool>())
        .prop_map(|(display, title, label, active, mailbox, second)| {
            let mut body = json!({ "active": active });
            for (name, value) in [("displayName", display), ("title", title), ("externalId", label.map(str::to_owned))]
            {
                if let Some(value) = value {
                    body[name] = value.into();
                }
            }
            if let Some(mailbox) = mailbox {
                body["emails"] =
                    json!([{ "value": format!("Box{mailbox}@acme.example"), "type": "work", "primary": true }]);
                if second {
                    let other = json!({ "value": format!("box{}@ACME.example", mailbox + 1), "type": "home" });
                    body["emails"].as_array_mut().unwrap().push(other);
                }
            }
            body
        })
}

fn leaf() -> impl Strategy<Value = String> {
    let compare = prop::sample::select(vec!["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
    let path = prop::sample::select(vec!["userName", "displayName", "title", "externalId", "emails.value", "emails"]);
    let time = prop::sample::select(vec![
        "2026-09-21T14:13:20Z",
        "2026-09-21T14:13:21.5Z",
        "1970-01-01T00:00:00Z",
        "2030-01-01T00:00:00+02:00",
    ]);
    prop_oneof![
        4 => (path, compare, word()).prop_map(|(path, op, value)| format!("{path} {op} {}", json!(value))),
        2 => (0..9_usize).prop_map(|user| format!("userName eq \"USER-{user}\"")),
        2 => (0..5_u8, prop::sample::select(vec!["emails.value eq", "emails co"])).prop_map(|(mailbox, op)| format!("{op} \"BOX{mailbox}@acme.example\"")),
        2 => (0..5_u8, prop::sample::select(vec!["work", "home"]))
            .prop_map(|(mailbox, kind)| format!("emails[type eq \"{kind}\" and value eq \"box{mailbox}@acme.example\"]")),
        1 => any::<bool>().prop_map(|active| format!("active eq {active}")),
        1 => any::<bool>().prop_map(|active| format!("active ne {active}")),
        1 => prop::sample::select(vec!["displayName pr", "title pr", "emails pr", "emails[type eq \"home\"]", "groups pr", "externalId pr"]).prop_map(str::to_owned),
        1 => (prop::sample::select(vec!["gt", "ge", "lt", "le", "eq"]), time).prop_map(|(op, at)| format!("meta.lastModified {op} \"{at}\"")),
        1 => Just("groups.value eq \"GROUP\"".to_owned()),
        1 => Just("id eq \"USER\"".to_owned()),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            3 => (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) and ({other})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) or ({other})")),
            1 => inner.prop_map(|one| format!("not ({one})")),
        ]
    })
}

fn some<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).expect("a value").current()
}

/// Forty users, some of them in a group, at three times; one is hidden.
async fn populate(world: &World, runner: &mut TestRunner) -> (Tenant, String, String) {
    let acme = world.tenant("acme").await;
    let mut ids: Vec<String> = Vec::new();
    for number in 0..40 {
        let mut body = some(runner, &user());
        body["userName"] = if number < 9 {
            format!("User-{number}").into()
        } else {
            format!("{}{number}", some(runner, &word())).into()
        };
        let made = if let Ok(made) = acme.create(body.clone()).await {
            made
        } else {
            // The label was taken.
            body.as_object_mut().unwrap().remove("externalId");
            acme.create(body).await.unwrap()
        };
        ids.push(id(&made));
        if number % 15 == 14 {
            world.pass(chrono::TimeDelta::milliseconds(1500));
        }
    }
    let members: Vec<&str> = ids.iter().step_by(4).map(String::as_str).collect();
    let group = acme.group("Team", &members).await;
    acme.delete(&ids[39]).await.unwrap();
    (acme, group, ids.swap_remove(3))
}

async fn r66_300_filters_find_what_they_mean(world: Arc<World>) {
    let mut runner = TestRunner::deterministic();
    let (acme, group, user) = populate(&world, &mut runner).await;
    let everyone = acme.scope.list_users(&Query::default()).await.unwrap();
    let everyone = everyone["Resources"].as_array().unwrap();
    assert_eq!(everyone.len(), 39);
    let (strategy, mut hits) = (filter(), 0);
    for number in 0..FILTERS {
        let text = some(&mut runner, &strategy).replace("GROUP", &group).replace("\"USER\"", &format!("\"{user}\""));
        let parsed = match Filter::parse(&text, acme.scope.user_definition(), &Limits::default()) {
            Ok(parsed) => parsed,
            Err(error) => panic!("{text}: {error}"),
        };
        let meant: Vec<String> = everyone
            .iter()
            .filter(|user| parsed.matches(user.as_object().unwrap()))
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect();
        let sort = ["", "userName", "title"][number % 3];
        let query = Query {
            filter: Some(text.clone()),
            sort_by: Some(sort.to_owned()).filter(|s| !s.is_empty()),
            ..Query::default()
        };
        let list = acme.scope.list_users(&query).await.unwrap();
        let mut found = column(&list, "id");
        assert_eq!(list["totalResults"], found.len(), "{text}");
        if sort.is_empty() {
            assert_eq!(found, meant, "{text}");
        }
        found.sort();
        assert_eq!(found, meant, "{text} by {sort}");
        hits += usize::from(!found.is_empty() && found.len() < everyone.len());
    }
    assert!(hits > FILTERS / 3, "filters that tell people apart: {hits}");
}

async fn r66_a_percent_sign_is_a_percent_sign(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    for name in ["100%", "100", "a_b", "axb", "it's", "back\\slash"] {
        acme.create(json!({ "userName": name })).await.unwrap();
    }
    for (filter, expected) in [
        ("userName co \"%\"", vec!["100%"]),
        ("userName co \"_\"", vec!["a_b"]),
        ("userName eq \"a_b\"", vec!["a_b"]),
        ("userName eq \"it's\"", vec!["it's"]),
        ("userName eq \"x' or '1'='1\"", vec![]),
        ("userName eq \"back\\\\slash\"", vec!["back\\slash"]),
        ("userName sw \"100\"", vec!["100", "100%"]),
    ] {
        let mut found = acme.find(filter).await.unwrap();
        found.sort();
        assert_eq!(found, expected, "{filter}");
    }
}
