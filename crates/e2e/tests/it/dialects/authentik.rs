//! authentik, as `authentik/providers/scim/clients/` sends it: the configuration first; PUT for users; groups without members,
//! which follow with one operation each, as many in a request as `bulk.maxOperations` says; updates without path, after which the
//! group is read and compared.

use serde_json::{Value, json};

use super::client::{Call, Crew, GROUP, Person, Speaks, USER, change, delete, get, post, put, values, with};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct Authentik;

pub async fn authentik(app: &App) {
    let idp = Idp::new(app, Authentik).await;
    cycle::replay(&idp).await;
    a_request_has_as_many_operations_as_the_configuration_says(&idp).await;
    a_put_that_finds_nobody_is_followed_by_a_create(&idp).await;
    idp.has_sent_all();
}

fn one(op: &str, member: &String) -> Value {
    json!({ "op": op, "path": "members", "value": values(std::slice::from_ref(member)) })
}

impl Speaks for Authentik {
    const DIALECT: &'static str = "authentik";
    const LOOKS_FIRST: bool = false;

    fn test(&self) -> Vec<Call> {
        vec![get("/ServiceProviderConfig"), get("/Users"), get("/Groups")]
    }

    /// Discovery reads everybody.
    fn look_up(&self, _: &Person) -> Call {
        get("/Users")
    }

    fn user(&self, person: &Person) -> Value {
        json!({
            "schemas": [USER],
            "userName": person.user_name,
            "externalId": person.external,
            "name": { "formatted": person.display(), "givenName": person.given, "familyName": person.family },
            "displayName": person.display(),
            "active": person.active,
            "emails": [{ "value": person.email, "type": "other", "primary": true }],
        })
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), with(self.user(new), "id", id))]
    }

    fn group(&self, crew: &Crew) -> Value {
        json!({ "schemas": [GROUP], "externalId": crew.external, "displayName": crew.name })
    }

    fn after_create(&self, id: &str, crew: &Crew) -> Vec<Call> {
        self.members(id, crew, &crew.members, &[])
    }

    fn members(&self, id: &str, _: &Crew, add: &[String], remove: &[String]) -> Vec<Call> {
        let all = add.iter().map(|member| one("add", member));
        let all: Vec<Value> = all.chain(remove.iter().map(|member| one("remove", member))).collect();
        vec![change(format!("/Groups/{id}"), json!(all)), get(format!("/Groups/{id}"))]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        let value = with(self.group(crew), "id", id);
        let path = format!("/Groups/{id}");
        vec![change(path.as_str(), json!([{ "op": "replace", "value": value }])), get(path)]
    }
}

/// One operation for each member, up to the limit that authentik reads out of the configuration.
async fn a_request_has_as_many_operations_as_the_configuration_says(idp: &Idp<'_, Authentik>) {
    let most =
        idp.send(get("/ServiceProviderConfig")).await.json()["bulk"]["maxOperations"].as_u64().expect("a number");
    let scim = idp.tenant.scim();
    let mut ids = Vec::new();
    for n in 0..10 {
        ids.push(scim.create_user(&format!("many{n}@acme.example")).await);
    }
    ids.sort();
    let group = idp.send(post("/Groups", json!({ "schemas": [GROUP], "displayName": "Many" }))).await.id();
    let operations: Vec<Value> = ids.iter().cycle().zip(0..most).map(|(id, _)| one("add", id)).collect();
    assert_eq!(operations.len() as u64, most);
    idp.send(change(format!("/Groups/{group}"), json!(operations))).await;
    assert_eq!(scim.members(&group).await, ids);
}

/// A 404 makes authentik forget its link and create the person again.
async fn a_put_that_finds_nobody_is_followed_by_a_create(idp: &Idp<'_, Authentik>) {
    let person = Person::new("gone");
    let id = idp.send(post("/Users", idp.client.user(&person))).await.id();
    idp.send(delete(format!("/Users/{id}"))).await;
    for call in idp.client.update(&id, &person, &person, &Value::Null) {
        idp.attempt(&call).await.assert_scim_error(404, None);
    }
    assert_eq!(idp.send(post("/Users", idp.client.user(&person))).await.id(), id);
}
