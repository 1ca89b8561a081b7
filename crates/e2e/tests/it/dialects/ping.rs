//! Ping Identity. `PingOne`: the filter is a template of the admin, spelt as in Ping's examples ("SCIM filter expressions"); the
//! rest is inferred. `PingFederate`'s SCIM Provisioner: users have no PATCH, groups are found by reading all of them (its
//! "specifications", "User and group management"); the bodies are inferred.

use serde_json::{Value, json};

use super::client::{Call, Person, Speaks, find, get, put};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct PingOne;
struct PingFederate;

pub async fn pingone(app: &App) {
    let idp = Idp::new(app, PingOne).await;
    cycle::replay(&idp).await;
    idp.has_sent_all();
}

pub async fn pingfederate(app: &App) {
    let idp = Idp::new(app, PingFederate).await;
    cycle::replay(&idp).await;
    people_are_found_by_their_address(&idp).await;
    idp.has_sent_all();
}

impl Speaks for PingOne {
    const DIALECT: &'static str = "pingone";

    fn test(&self) -> Vec<Call> {
        vec![get("/Users?count=1"), get("/Groups?count=1")]
    }

    fn look_up(&self, person: &Person) -> Call {
        find("/Users", &format!("username Eq \"{}\"", person.user_name.to_uppercase()))
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), new.body_of(id))]
    }
}

impl Speaks for PingFederate {
    const DIALECT: &'static str = "pingfederate";

    fn test(&self) -> Vec<Call> {
        Vec::new()
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), new.body_of(id))]
    }

    fn look_up_group(&self, _: &str) -> Call {
        get("/Groups?startIndex=1&count=100")
    }
}

/// With the address as identifier, the filter compares `emails` as a whole ("SCIM provisioner settings reference").
async fn people_are_found_by_their_address(idp: &Idp<'_, PingFederate>) {
    let id = idp.tenant.scim().create_user("ada@acme.example").await;
    let found = idp.send(find("/Users", "emails eq \"ada@acme.example\"")).await.json();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(id)));
    assert_eq!(idp.send(find("/Users", "emails eq \"da@acme.example\"")).await.json()["totalResults"], 0);
}
