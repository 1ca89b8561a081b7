//! What a client sends: the part of a replay that differs from vendor to vendor.

use serde_json::{Value, json};

use crate::harness::{encode, patch};

/// The core User schema.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core Group schema.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Somebody as the directory knows them.
#[derive(Clone)]
pub struct Person {
    pub user_name: String,
    pub given: String,
    pub family: String,
    pub email: String,
    pub external: String,
    pub active: bool,
}

impl Person {
    pub fn new(name: &str) -> Self {
        let address = format!("{name}@acme.example");
        Self {
            user_name: address.clone(),
            given: name.to_owned(),
            family: "Example".to_owned(),
            email: address,
            external: format!("00u-{name}"),
            active: true,
        }
    }

    pub fn display(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// The attributes that most clients send, in the form of RFC 7643 §8.1.
    pub fn body(&self) -> Value {
        json!({
            "schemas": [USER],
            "externalId": self.external,
            "userName": self.user_name,
            "name": { "givenName": self.given, "familyName": self.family },
            "displayName": self.display(),
            "emails": [{ "value": self.email, "type": "work", "primary": true }],
            "active": self.active,
        })
    }

    /// The same with the `id` of the server, as a PUT carries it.
    pub fn body_of(&self, id: &str) -> Value {
        with(self.body(), "id", id)
    }
}

/// A group as the directory knows it; members are ids of the server.
#[derive(Clone)]
pub struct Crew {
    pub name: String,
    pub external: String,
    pub members: Vec<String>,
}

impl Crew {
    pub fn body(&self) -> Value {
        json!({
            "schemas": [GROUP],
            "externalId": self.external,
            "displayName": self.name,
            "members": values(&self.members),
        })
    }
}

/// One request.
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub body: Value,
}

pub fn get(path: impl Into<String>) -> Call {
    Call { method: "GET", path: path.into(), body: Value::Null }
}

pub fn post(path: impl Into<String>, body: Value) -> Call {
    Call { method: "POST", path: path.into(), body }
}

pub fn put(path: impl Into<String>, body: Value) -> Call {
    Call { method: "PUT", path: path.into(), body }
}

/// A PATCH of these operations.
pub fn change(path: impl Into<String>, operations: Value) -> Call {
    Call { method: "PATCH", path: path.into(), body: patch(operations) }
}

pub fn delete(path: impl Into<String>) -> Call {
    Call { method: "DELETE", path: path.into(), body: Value::Null }
}

/// A look-up by a filter.
pub fn find(resources: &str, filter: &str) -> Call {
    get(format!("{resources}?filter={}", encode(filter)))
}

/// Ids as members are written.
pub fn values(ids: &[String]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "value": id })).collect()
}

/// A body with one attribute set.
pub fn with(mut body: Value, name: &str, value: impl Into<Value>) -> Value {
    body[name] = value.into();
    body
}

/// One client. What is left as it is here is what RFC 7644 shows.
pub trait Speaks {
    /// The name of its dialect.
    const DIALECT: &'static str;
    /// Headers of each request, besides `Authorization` and `Content-Type`.
    const HEADERS: &'static [(&'static str, &'static str)] = &[("Accept", "application/scim+json")];
    /// What stands between the address of the tenant and a path that begins with a slash.
    const BASE_END: &'static str = "";
    /// Whether it looks somebody up before it creates them, and updates whom it finds.
    const LOOKS_FIRST: bool = true;
    /// Whether an update begins with a GET.
    const READS_FIRST: bool = false;
    /// Whether an update carries given and family name, and the address.
    const UPDATES_ALL: bool = true;

    /// `Content-Type` of a request.
    fn media_type(&self, _method: &str) -> &'static str {
        "application/scim+json"
    }

    /// The requests behind the button "test connection", or the first ones of a synchronisation.
    fn test(&self) -> Vec<Call>;

    fn look_up(&self, person: &Person) -> Call {
        find("/Users", &format!("userName eq \"{}\"", person.user_name))
    }

    fn user(&self, person: &Person) -> Value {
        person.body()
    }

    /// How somebody is changed; `fetched` is null unless [`READS_FIRST`](Self::READS_FIRST).
    fn update(&self, id: &str, old: &Person, new: &Person, fetched: &Value) -> Vec<Call>;

    fn look_up_group(&self, name: &str) -> Call {
        find("/Groups", &format!("displayName eq \"{name}\""))
    }

    fn group(&self, crew: &Crew) -> Value {
        crew.body()
    }

    /// What follows the create of a group.
    fn after_create(&self, _id: &str, _crew: &Crew) -> Vec<Call> {
        Vec::new()
    }

    /// Members come and go; `crew` is how it is afterwards.
    fn members(&self, id: &str, _crew: &Crew, add: &[String], remove: &[String]) -> Vec<Call> {
        let mut operations: Vec<Value> =
            remove.iter().map(|id| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") })).collect();
        if !add.is_empty() {
            operations.push(json!({ "op": "add", "path": "members", "value": values(add) }));
        }
        vec![change(format!("/Groups/{id}"), json!(operations))]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        let rename = json!([{ "op": "replace", "path": "displayName", "value": crew.name }]);
        vec![change(format!("/Groups/{id}"), rename)]
    }
}
