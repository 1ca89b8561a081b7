//! Facts: from effects to events, and from events to what readers see.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use usher_core::{ConnectionId, EventId, UserId};
use usher_lifecycle::Effect;
use usher_scim::Map;
use usher_storage::{Actor, EventRecord, NewEvent, Subject};

use crate::Provisioner;

/// Who does something, and in which request.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) actor: Actor,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) request_id: Option<String>,
}

/// One event.
pub(crate) fn fact(
    provisioner: &Provisioner,
    context: &Context,
    kind: &str,
    subject: Subject,
    data: Value,
) -> NewEvent {
    let now = provisioner.now();
    NewEvent {
        id: EventId::mint(now, provisioner.entropy()),
        at: now,
        kind: kind.to_owned(),
        actor: context.actor,
        connection: context.connection,
        request_id: context.request_id.clone(),
        subject,
        reason: None,
        data,
    }
}

/// The attributes around a decision.
pub(crate) struct Change<'a> {
    pub(crate) before: &'a Map,
    pub(crate) after: &'a Map,
    /// Names of attributes that no schema has.
    pub(crate) ignored: &'a [String],
}

/// The events of a decision over one user. The first of a new user carries all attributes.
pub(crate) fn of_effects(
    provisioner: &Provisioner,
    context: &Context,
    user: UserId,
    effects: &[Effect],
    change: &Change<'_>,
) -> Vec<NewEvent> {
    let mut events = Vec::with_capacity(effects.len());
    for (index, effect) in effects.iter().enumerate() {
        let mut data = data_of(effect, change);
        if index == 0 && change.before.is_empty() && !change.after.is_empty() {
            data["after"] = Value::Object(change.after.clone());
        }
        if index == 0 && !change.ignored.is_empty() {
            data["ignored"] = change.ignored.into();
        }
        let mut event = fact(provisioner, context, effect.kind(), Subject::User(user), data);
        if let Effect::Staged { reason } = effect {
            event.reason = Some(reason.as_str().to_owned());
        }
        events.push(event);
    }
    events
}

fn data_of(effect: &Effect, change: &Change<'_>) -> Value {
    match effect {
        Effect::Invited { issue, expires_at } => json!({ "issue": issue, "expires_at": expires_at }),
        Effect::InvitationWithdrawn { issue } | Effect::Confirmed { issue } => json!({ "issue": issue }),
        Effect::Suspended { accepted } => json!({ "accepted": accepted }),
        Effect::Updated { changed } => {
            json!({ "changed": changed, "before": part(change.before, changed), "after": part(change.after, changed) })
        }
        Effect::Registered
        | Effect::Staged { .. }
        | Effect::Matched
        | Effect::Reactivated
        | Effect::Delisted
        | Effect::Relisted
        | Effect::Deleted => json!({}),
    }
}

/// The values of some paths, as `resource::changed_attributes` writes them.
pub(crate) fn part(attributes: &Map, paths: &[String]) -> Value {
    let mut out = Map::new();
    for path in paths {
        if let Some(value) = value_at(attributes, path) {
            out.insert(path.clone(), value.clone());
        }
    }
    Value::Object(out)
}

fn value_at<'a>(attributes: &'a Map, path: &str) -> Option<&'a Value> {
    if let Some(value) = attributes.get(path) {
        return Some(value);
    }
    // `urn:…:User:department` is a member of the object under the URN, `name.givenName` one of `name`.
    let (outer, inner) = if path.contains(':') { path.rsplit_once(':')? } else { path.split_once('.')? };
    attributes.get(outer).and_then(|value| value.get(inner)).or_else(|| {
        let (inner, sub) = inner.split_once('.')?;
        attributes.get(outer)?.get(inner)?.get(sub)
    })
}

/// A fact of the log as readers see it.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Its place in the log: pass the last one seen to read on. Gaps mean nothing.
    pub position: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened, such as `user.confirmed`; refusals begin with `refused.`.
    pub kind: String,
    /// Who did it.
    pub actor: Party,
    /// Through which connection.
    pub connection: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// To whom.
    pub subject: Party,
    /// The reason code of a refusal or a state.
    pub reason: Option<String>,
    /// What else is to know.
    pub data: Value,
}

/// An actor or a subject.
#[derive(Clone, Debug, Serialize)]
pub struct Party {
    /// `token`, `person`, `operator`, `system`; `user`, `group`, `token`, `connection`, `tenant`.
    pub kind: &'static str,
    /// Its id, if it has one.
    pub id: Option<String>,
}

impl From<EventRecord> for Event {
    fn from(record: EventRecord) -> Self {
        let event = record.event;
        let actor = match event.actor {
            Actor::Token(id) => Party { kind: "token", id: Some(id.to_string()) },
            Actor::Person(id) => Party { kind: "person", id: Some(id.to_string()) },
            Actor::Operator => Party { kind: "operator", id: None },
            Actor::System => Party { kind: "system", id: None },
        };
        let subject = match event.subject {
            Subject::User(id) => Party { kind: "user", id: Some(id.to_string()) },
            Subject::Group(id) => Party { kind: "group", id: Some(id.to_string()) },
            Subject::Token(id) => Party { kind: "token", id: Some(id.to_string()) },
            Subject::Connection(id) => Party { kind: "connection", id: Some(id.to_string()) },
            Subject::Tenant => Party { kind: "tenant", id: None },
        };
        Self {
            id: event.id.to_string(),
            position: record.position,
            at: event.at,
            kind: event.kind,
            actor,
            connection: event.connection.map(|id| id.to_string()),
            request_id: event.request_id,
            subject,
            reason: event.reason,
            data: event.data,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use usher_scim::Map;

    use super::part;

    #[test]
    fn the_values_of_paths_are_found_in_extensions_and_parts() {
        let attributes: Map = serde_json::from_value(json!({
            "title": "Engineer",
            "name": { "givenName": "Ada" },
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Ops", "manager": { "value": "1" } },
        }))
        .unwrap();
        let paths = [
            "title",
            "name.givenName",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
            "nickName",
        ]
        .map(str::to_owned);
        let found = part(&attributes, &paths);
        assert_eq!(found[&paths[0]], "Engineer");
        assert_eq!(found[&paths[1]], "Ada");
        assert_eq!(found[&paths[2]], "Ops");
        assert_eq!(found[&paths[3]], json!({ "value": "1" }));
        assert_eq!(found.as_object().unwrap().len(), 4);
    }
}
