//! Keycloak with the extension mitodl/keycloak-scim, as its source sends it (`UserAdapter`, `GroupAdapter`, `ScimClient`; its
//! HTTP client is SCIM-SDK's): PUT, or PATCH where the admin has switched that on for users and groups. An address that was typed
//! with a slash at its end makes two. And the bodies of suvera/keycloak-scim2-storage.

use serde_json::{Value, json};

use super::client::{Call, Crew, GROUP, Person, Speaks, USER, change, get, post, put, with};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct ByPut;
struct ByPatch;

pub async fn keycloak_by_put(app: &App) {
    let idp = Idp::new(app, ByPut).await;
    cycle::replay(&idp).await;
    another_extension_sends_what_keycloak_knows(&idp).await;
}

pub async fn keycloak_by_patch(app: &App) {
    let idp = Idp::new(app, ByPatch).await;
    cycle::replay(&idp).await;
    idp.has_sent_all();
}

fn user(person: &Person) -> Value {
    json!({
        "schemas": [USER],
        "externalId": person.external,
        "userName": person.user_name,
        "displayName": person.display(),
        "name": { "givenName": person.given, "familyName": person.family },
        "emails": [{ "value": person.email }],
        "active": person.active,
        "roles": [{ "value": "offline_access" }],
    })
}

fn group(crew: &Crew) -> Value {
    let member = |id: &String| json!({ "value": id, "type": "User", "$ref": format!("Users/{id}") });
    let mut body = json!({ "schemas": [GROUP], "externalId": crew.external, "displayName": crew.name });
    if !crew.members.is_empty() {
        body["members"] = crew.members.iter().map(member).collect();
    }
    body
}

impl Speaks for ByPut {
    const DIALECT: &'static str = "keycloak";
    const HEADERS: &'static [(&'static str, &'static str)] = &[];
    const BASE_END: &'static str = "/";
    const LOOKS_FIRST: bool = false;

    /// There is no test; an import reads once.
    fn test(&self) -> Vec<Call> {
        vec![get("/Users"), get("/Groups")]
    }

    /// An import reads everybody.
    fn look_up(&self, _: &Person) -> Call {
        get("/Users")
    }

    fn user(&self, person: &Person) -> Value {
        user(person)
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), with(user(new), "id", id))]
    }

    fn group(&self, crew: &Crew) -> Value {
        group(crew)
    }

    fn members(&self, id: &str, crew: &Crew, _: &[String], _: &[String]) -> Vec<Call> {
        vec![put(format!("/Groups/{id}"), with(group(crew), "id", id))]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        self.members(id, crew, &[], &[])
    }
}

impl Speaks for ByPatch {
    const DIALECT: &'static str = "keycloak";
    const HEADERS: &'static [(&'static str, &'static str)] = &[];
    const BASE_END: &'static str = "/";
    const LOOKS_FIRST: bool = false;
    const UPDATES_ALL: bool = false;

    fn test(&self) -> Vec<Call> {
        ByPut.test()
    }

    /// An import reads everybody.
    fn look_up(&self, _: &Person) -> Call {
        get("/Users")
    }

    fn user(&self, person: &Person) -> Value {
        user(person)
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let operations = json!([
            { "op": "replace", "path": "active", "value": new.active.to_string() },
            { "op": "replace", "path": "userName", "value": new.user_name },
            { "op": "replace", "path": "displayName", "value": new.display() },
        ]);
        vec![change(format!("/Users/{id}"), operations)]
    }

    fn group(&self, crew: &Crew) -> Value {
        group(crew)
    }

    /// All members each time; of an empty group they are removed without a list.
    fn members(&self, id: &str, crew: &Crew, _: &[String], _: &[String]) -> Vec<Call> {
        let member = |id: &String| json!({ "value": id, "type": "User" });
        let members = match crew.members.as_slice() {
            [] => json!({ "op": "remove", "path": "members" }),
            ids => json!({ "op": "replace", "path": "members", "value": ids.iter().map(member).collect::<Vec<_>>() }),
        };
        let operations = json!([
            members,
            { "op": "replace", "path": "displayName", "value": crew.name },
            { "op": "replace", "path": "externalId", "value": crew.external },
        ]);
        vec![change(format!("/Groups/{id}"), operations)]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        self.members(id, crew, &[], &[])
    }
}

/// suvera/keycloak-scim2-storage: groups and roles with Keycloak's own ids, and empty lists for everything else.
async fn another_extension_sends_what_keycloak_knows(idp: &Idp<'_, ByPut>) {
    let mut body = user(&Person::new("suvera"));
    body["groups"] = json!([{ "value": "f3a0c9b2", "display": "staff", "type": "direct" }]);
    body["roles"] = json!([{ "value": "9c1d", "display": "admin", "type": "direct" }]);
    for name in ["phoneNumbers", "ims", "photos", "addresses", "entitlements", "x509Certificates"] {
        body[name] = json!([]);
    }
    let made = idp.send(post("/Users", body.clone())).await.json();
    assert!(["groups", "roles", "phoneNumbers"].iter().all(|name| made.get(name).is_none()), "{made}");
    let path = format!("/Users/{}", made["id"].as_str().expect("an id"));
    idp.send(get(path.as_str())).await;
    assert_eq!(idp.send(put(path, with(body, "id", made["id"].clone()))).await.json(), made);
}
