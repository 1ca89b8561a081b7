//! What is done with the bytes, and what has to hold. Each answers whether the bytes were taken as a request.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use serde_json::{Value, json};
use usher_scim::list::Query;
use usher_scim::schema::{ResourceKind, Schema};
use usher_scim::{Bulk, Definition, Error, Filter, Limits, Map, Meta, Patch, PatchPath, SortBy, json as scim_json};

use crate::seeds;

static LIMITS: LazyLock<Limits> = LazyLock::new(Limits::default);
static USER: LazyLock<Definition> = LazyLock::new(|| {
    let own = Schema::read(serde_json::from_str(seeds::SCHEMAS[0]).unwrap()).unwrap();
    Definition::user().extended(own).unwrap()
});
static GROUP: LazyLock<Definition> = LazyLock::new(Definition::group);
static ADA: LazyLock<Map> = LazyLock::new(|| USER.read(parsed(seeds::BODIES[0]).unwrap(), &LIMITS).unwrap().attributes);

fn parsed(text: &str) -> Result<Value, Error> {
    scim_json::parse(text.as_bytes(), &LIMITS)
}

/// An error must be the client's, and must not repeat the whole request.
fn refused(error: &Error) -> bool {
    assert!(matches!(error.status, 400 | 403 | 413), "{} {error}", error.status);
    assert!(error.detail.len() < 2_000, "an error of {} bytes", error.detail.len());
    assert!(!error.detail.contains(['\r', '\n', '\0']), "{error:?}");
    false
}

fn as_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What is printed reads back as itself, and is not much longer than what was read.
fn reads_back<T: Display + PartialEq + std::fmt::Debug>(
    value: &T,
    text: &str,
    read: impl Fn(&str) -> Result<T, Error>,
) {
    let printed = value.to_string();
    // a name may come back with its URN, a character as an escape of six
    assert!(printed.len() <= text.len() * 6 + 200, "{} bytes made {}", text.len(), printed.len());
    match read(&printed) {
        Ok(again) => assert_eq!(&again, value, "{text} printed as {printed}"),
        // only the limit on its length may stand in the way
        Err(error) => assert!(printed.len() > LIMITS.filter_bytes, "{printed}: {error}"),
    }
}

pub fn json_text(bytes: &[u8]) -> bool {
    match scim_json::parse(bytes, &LIMITS) {
        Ok(value) => {
            let theirs: Value = serde_json::from_slice(bytes).expect("what we take is JSON");
            assert_eq!(value, theirs);
            true
        }
        Err(error) => refused(&error),
    }
}

pub fn filter(bytes: &[u8]) -> bool {
    let text = as_text(bytes);
    match Filter::parse(&text, &USER, &LIMITS) {
        Ok(filter) => {
            reads_back(&filter, &text, |text| Filter::parse(text, &USER, &LIMITS));
            let opposite = Filter::Not(Box::new(filter.clone()));
            for resource in [&*ADA, &Map::new()] {
                assert_ne!(filter.matches(resource), opposite.matches(resource), "{text}");
            }
            true
        }
        Err(error) => refused(&error),
    }
}

pub fn patch_path(bytes: &[u8]) -> bool {
    let text = as_text(bytes);
    match PatchPath::parse(&text, &USER, &LIMITS) {
        Ok(path) => {
            reads_back(&path, &text, |text| PatchPath::parse(text, &USER, &LIMITS));
            true
        }
        Err(error) => refused(&error),
    }
}

/// Whether `read` would give these attributes back as they are.
fn assert_canonical(definition: &Definition, attributes: &Map) {
    let again = definition.read(Value::Object(attributes.clone()), &LIMITS).expect("canonical attributes are read");
    assert_eq!((&again.attributes, again.ignored.len()), (attributes, 0));
}

pub fn patch_of_a_user(bytes: &[u8]) -> bool {
    let read = scim_json::parse(bytes, &LIMITS).and_then(|body| Patch::read(body, &USER, &LIMITS));
    let patch = match read {
        Ok(patch) => patch,
        Err(error) => return refused(&error),
    };
    match patch.apply(&ADA, &USER, &LIMITS) {
        Ok(after) => assert_canonical(&USER, &after),
        Err(error) => assert!(!refused(&error)),
    }
    true
}

pub fn patch_of_a_group(bytes: &[u8]) -> bool {
    let read = scim_json::parse(bytes, &LIMITS).and_then(|body| Patch::read(body, &GROUP, &LIMITS));
    let patch = match read.and_then(Patch::split_members) {
        Ok((patch, _)) => patch,
        Err(error) => return refused(&error),
    };
    match patch.apply(json!({ "displayName": "Ops" }).as_object().unwrap(), &GROUP, &LIMITS) {
        Ok(after) => assert_canonical(&GROUP, &after),
        Err(error) => assert!(!refused(&error)),
    }
    true
}

pub fn user(bytes: &[u8]) -> bool {
    let read = scim_json::parse(bytes, &LIMITS).and_then(|body| USER.read(body, &LIMITS));
    let attributes = match read {
        Ok(read) => read.attributes,
        Err(error) => return refused(&error),
    };
    assert_canonical(&USER, &attributes);
    let time = chrono::DateTime::UNIX_EPOCH;
    let meta = Meta {
        created: time,
        last_modified: time,
        version: "W/\"1\"".to_owned(),
        location: "https://x.example/1".to_owned(),
    };
    let shown = USER.render("1", &attributes, None, &meta);
    let again = USER.read(Value::Object(shown), &LIMITS).expect("an answer can be sent back");
    assert_eq!(again.attributes, attributes);
    true
}

pub fn query(bytes: &[u8]) -> bool {
    let text = as_text(bytes);
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decoded = pairs.map(|(name, value)| (name.to_owned(), value.replace('+', " ").replace("%22", "\"")));
    let query = match Query::from_pairs(decoded) {
        Ok(query) => query,
        Err(error) => return refused(&error),
    };
    let page = query.page(&LIMITS);
    assert!(page.start >= 1 && page.count <= LIMITS.page);
    match query.projection(&USER) {
        Ok(projection) => {
            let shown = projection.apply(ADA.clone(), &USER);
            assert!(shown.iter().all(|(key, _)| ADA.contains_key(key)));
            assert_eq!(projection.apply(shown.clone(), &USER), shown, "projecting twice is projecting once");
        }
        Err(error) => assert!(!refused(&error)),
    }
    if let Some(sort) = &query.sort_by {
        match SortBy::parse(sort, query.descending, &USER) {
            Ok(sort) => assert_eq!(sort.key(&ADA).cmp(&sort.key(&ADA)), std::cmp::Ordering::Equal),
            Err(error) => assert!(!refused(&error)),
        }
    }
    true
}

pub fn declared_schema(bytes: &[u8]) -> bool {
    let schema = match scim_json::parse(bytes, &LIMITS).and_then(Schema::read) {
        Ok(schema) => schema,
        Err(error) => return refused(&error),
    };
    match Definition::user().extended(schema) {
        Ok(definition) => {
            let read = definition.read(parsed(seeds::BODIES[2]).unwrap(), &LIMITS);
            match read {
                Ok(read) => assert_canonical(&definition, &read.attributes),
                Err(error) => assert!(!refused(&error)),
            }
        }
        Err(error) => assert!(!refused(&error)),
    }
    true
}

pub fn bulk(bytes: &[u8]) -> bool {
    let bulk = match Bulk::read(bytes, &USER, &GROUP, &LIMITS) {
        Ok(bulk) => bulk,
        Err(error) => return refused(&error),
    };
    assert!(bulk.fail_on_errors != Some(0) && bulk.operations.len() <= LIMITS.bulk_operations);
    let mut turns = vec![None; bulk.operations.len()];
    for (turn, place) in bulk.order.iter().enumerate() {
        assert_eq!(turns[*place].replace(turn), None, "each operation has one turn");
    }
    let names = bulk.operations.iter().filter_map(|operation| operation.bulk_id.clone());
    let ids: HashMap<String, String> = names.map(|name| (name, "an-id".to_owned())).collect();
    for (operation, turn) in bulk.operations.iter().zip(&turns) {
        assert!(turn.is_some());
        match &operation.wanted {
            Ok(wanted) => {
                assert!(wanted.needs.iter().all(|other| turns[*other] < *turn));
                let definition = if wanted.kind == ResourceKind::User { &*USER } else { &*GROUP };
                assert!(wanted.data(&ids, definition, &LIMITS).is_ok(), "what was read once can be read again");
            }
            Err(error) => {
                assert!(matches!(error.status, 400 | 404 | 405 | 409 | 501), "{error:?}");
                assert!(error.detail.len() < 2_000 && !error.detail.contains(['\r', '\n', '\0']), "{error:?}");
            }
        }
    }
    true
}
