//! What differs between two canonical resources, by name only.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Map;

/// The sorted names of what differs: `title`, `name.givenName`, `emails`, `urn:…:User:department`. Values stay out, so the
/// list may be logged and shown.
#[must_use]
pub fn changed_attributes(before: &Map, after: &Map) -> Vec<String> {
    let mut changed = BTreeSet::new();
    for key in keys(before, after) {
        let (old, new) = (before.get(key), after.get(key));
        if old == new {
            continue;
        }
        match (parts(old), parts(new)) {
            (Some(old), Some(new)) if !(old.is_empty() && new.is_empty()) => {
                let separator = if key.contains(':') { ':' } else { '.' };
                let differ = keys(old, new).into_iter().filter(|part| old.get(*part) != new.get(*part));
                changed.extend(differ.map(|part| format!("{key}{separator}{part}")));
            }
            _ => {
                changed.insert(key.to_owned());
            }
        }
    }
    changed.into_iter().collect()
}

fn keys<'a>(before: &'a Map, after: &'a Map) -> Vec<&'a str> {
    let added = after.keys().filter(|key| !before.contains_key(*key));
    before.keys().chain(added).map(String::as_str).collect()
}

/// The object to look into; an absent one counts as empty, so that a new `name` is told by its parts too.
fn parts(value: Option<&Value>) -> Option<&Map> {
    static NOTHING: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::new);
    match value {
        None => Some(&NOTHING),
        Some(value) => value.as_object(),
    }
}
