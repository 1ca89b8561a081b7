use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::tests::read;
use super::*;
use crate::schema::ENTERPRISE_URN;

/// Operations that need others, by their places.
fn any_needs() -> impl Strategy<Value = Vec<Vec<usize>>> {
    (1..40_usize).prop_flat_map(|count| vec(vec(0..count, 0..3), count))
}

/// The same where nobody needs somebody who comes later.
fn needs_in_order() -> impl Strategy<Value = Vec<Vec<usize>>> {
    any_needs().prop_map(|all| {
        let before = |at: usize, needs: Vec<usize>| needs.into_iter().filter(|other| *other < at).collect();
        all.into_iter().enumerate().map(|(at, needs)| before(at, needs)).collect()
    })
}

fn request(needs: &[Vec<usize>]) -> Value {
    let operation = |(at, needs): (usize, &Vec<usize>)| {
        let members: Vec<Value> = needs.iter().map(|other| json!({ "value": format!("bulkId:{other}") })).collect();
        let data = json!({ "displayName": at.to_string(), "members": members });
        json!({ "method": "POST", "path": "/Groups", "bulkId": at.to_string(), "data": data })
    };
    needs.iter().enumerate().map(operation).collect()
}

/// Who is needed by whom, directly or not (Warshall).
fn closure(needs: &[Vec<usize>]) -> Vec<Vec<bool>> {
    let count = needs.len();
    let mut reaches: Vec<Vec<bool>> =
        needs.iter().map(|needs| (0..count).map(|other| needs.contains(&other)).collect()).collect();
    for through in 0..count {
        let onward = reaches[through].clone();
        for row in &mut reaches {
            if row[through] {
                row.iter_mut().zip(&onward).for_each(|(to, more)| *to |= more);
            }
        }
    }
    reaches
}

/// Values of single attributes in which nothing is a reference.
fn plain() -> impl Strategy<Value = Value> {
    let texts = ["", "x", "bulkId:", "bulkId:0", "bulkId:1", "BULKID:0", "a bulkId:0", "\\bulkId:0"];
    proptest::sample::select(texts.to_vec()).prop_map(Value::from)
}

/// A group or user with other content, as it is with references and as it must be without them.
fn resource() -> impl Strategy<Value = (ResourceKind, Value, Value)> {
    let names = ["displayName", "userName", "title", "externalId", "nickName", "meta", "value", "x", "\u{fc}"];
    let rest = vec((proptest::sample::select(names.to_vec()), plain()), 0..5);
    (any::<bool>(), rest, vec((0..2_usize, any::<bool>()), 0..4)).prop_map(|(is_group, rest, references)| {
        let kind = if is_group { ResourceKind::Group } else { ResourceKind::User };
        let build = |id: fn(usize) -> String| {
            let mut body: Map<String, Value> =
                rest.iter().cloned().map(|(name, value)| (name.to_owned(), value)).collect();
            let element = |(name, bare): &(usize, bool)| {
                if *bare { Value::from(id(*name)) } else { json!({ "display": "bulkId:1", "value": id(*name) }) }
            };
            let elements: Vec<Value> = references.iter().map(element).collect();
            if is_group {
                body.insert("members".to_owned(), elements.into());
            } else if let Some(manager) = elements.into_iter().next() {
                body.insert(ENTERPRISE_URN.to_owned(), json!({ "department": "bulkId:0", "manager": manager }));
            }
            Value::Object(body)
        };
        (kind, build(|name| format!("bulkId:{name}")), build(|name| format!("id-{name}")))
    })
}

proptest! {
    #[test]
    fn each_is_tried_once_and_after_those_that_it_needs(needs in any_needs()) {
        let reaches = closure(&needs);
        let circular = |at: usize| reaches[at][at];
        let in_or_behind_a_circle = |at: usize| circular(at) || (0..needs.len()).any(|on| reaches[at][on] && circular(on));
        read(&request(&needs), |bulk| {
            let mut sorted = bulk.order.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..needs.len()), "{:?}", bulk.order);
            let turn: HashMap<usize, usize> = bulk.order.iter().enumerate().map(|(turn, at)| (*at, turn)).collect();
            for (at, operation) in bulk.operations.iter().enumerate() {
                assert_eq!(operation.wanted.is_err(), in_or_behind_a_circle(at));
                match &operation.wanted {
                    Ok(wanted) => assert!(wanted.needs.iter().all(|other| turn[other] < turn[&at])),
                    Err(error) => assert_eq!(error.status, 409),
                }
            }
            let free: Vec<&usize> = bulk.order.iter().filter(|at| needs[**at].is_empty()).collect();
            assert!(free.is_sorted(), "those that need nobody stay in their order: {:?}", bulk.order);
        });
    }

    #[test]
    fn what_is_in_order_stays_so(needs in needs_in_order()) {
        read(&request(&needs), |bulk| assert!(bulk.order.into_iter().eq(0..needs.len())));
    }

    #[test]
    fn every_reference_is_replaced_and_nothing_else((kind, sent, expected) in resource()) {
        let other = |name: &str| json!({ "method": "POST", "path": "/Users", "bulkId": name, "data": {} });
        let operation = json!({ "method": "POST", "path": kind.endpoint(), "bulkId": "new", "data": sent });
        let ids = HashMap::from([("0".to_owned(), "id-0".to_owned()), ("1".to_owned(), "id-1".to_owned())]);
        read(&json!([other("0"), other("1"), operation]), |bulk| {
            let wanted = bulk.operations[2].wanted.as_ref().unwrap();
            let definition = if kind == ResourceKind::User { Definition::user() } else { Definition::group() };
            let data = wanted.data(&ids, &definition, &Limits::default()).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&data).unwrap(), expected);
            assert_eq!(wanted.needs.is_empty(), sent == expected);
        });
    }

    #[test]
    fn no_body_panics(body in "[{}\\[\\]\":,a-zA-Z0-9/ ]{0,80}") {
        let around = format!("{{\"schemas\":[\"{BULK_REQUEST_URN}\"],\"Operations\":[{body}]}}");
        for text in [body.as_str(), around.as_str()] {
            let read = Bulk::read(text.as_bytes(), &Definition::user(), &Definition::group(), &Limits::default());
            if let Err(error) = read {
                prop_assert!(matches!(error.status, 400 | 413));
            }
        }
    }
}
