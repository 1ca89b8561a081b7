//! Okta, as its reference shows the requests and as its FAQ tells which applications send which ("SCIM 2.0 protocol
//! reference", developer.okta.com; headers as captured in oktadeveloper/okta-blog-archive, pull request 1956).

use serde_json::{Value, json};

use super::client::{Call, Crew, GROUP, Person, Speaks, USER, change, get, put, with};
use super::cycle;
use super::idp::{Idp, listed};
use crate::harness::{App, encode};

const TYPE: &str = "application/scim+json; charset=utf-8";
const HEADERS: &[(&str, &str)] = &[
    ("User-Agent", "Okta SCIM Client 1.0.0"),
    ("Accept", "application/scim+json"),
    ("Accept-Charset", "utf-8"),
    ("Accept-Encoding", "gzip,deflate"),
];

/// An application of the wizard: GET and PUT of the whole resource, for users and groups.
struct Wizard;

/// An application of the catalogue: PUT for attributes, PATCH for activation and for groups.
struct Catalogue;

pub async fn okta_wizard_application(app: &App) {
    let idp = Idp::new(app, Wizard).await;
    cycle::replay(&idp).await;
    idp.has_sent_all();
}

pub async fn okta_catalogue_application(app: &App) {
    let idp = Idp::new(app, Catalogue).await;
    cycle::replay(&idp).await;
    an_empty_group_is_pushed_and_a_foreign_id_chooses_nothing(&idp).await;
    idp.has_sent_all();
}

fn test() -> Vec<Call> {
    vec![get("/Users?startIndex=1&count=2"), get("/Groups?startIndex=1&count=100")]
}

fn look_up(resources: &str, filter: &str) -> Call {
    get(format!("{resources}?filter={}&startIndex=1&count=100", encode(filter)))
}

fn user(person: &Person) -> Value {
    json!({
        "schemas": [USER],
        "userName": person.user_name,
        "name": { "givenName": person.given, "familyName": person.family },
        "emails": [{ "primary": true, "value": person.email, "type": "work" }],
        "displayName": person.display(),
        "locale": "en-US",
        "externalId": person.external,
        "groups": [],
        "password": "1mz050nq",
        "active": person.active,
    })
}

fn members(ids: &[String]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "value": id, "display": format!("{id}@acme.example") })).collect()
}

fn group(crew: &Crew) -> Value {
    json!({ "schemas": [GROUP], "displayName": crew.name, "members": members(&crew.members) })
}

impl Speaks for Wizard {
    const DIALECT: &'static str = "okta";
    const HEADERS: &'static [(&'static str, &'static str)] = HEADERS;
    const READS_FIRST: bool = true;

    fn media_type(&self, _: &str) -> &'static str {
        TYPE
    }

    fn test(&self) -> Vec<Call> {
        test()
    }

    fn look_up(&self, person: &Person) -> Call {
        look_up("/Users", &format!("userName eq \"{}\"", person.user_name))
    }

    fn user(&self, person: &Person) -> Value {
        user(person)
    }

    /// What was read, with `id`, `meta` and `groups`, and what changed.
    fn update(&self, id: &str, _: &Person, new: &Person, fetched: &Value) -> Vec<Call> {
        let mut body = fetched.clone();
        for name in ["name", "emails", "displayName", "active"] {
            body[name] = user(new)[name].clone();
        }
        vec![put(format!("/Users/{id}"), body)]
    }

    fn look_up_group(&self, name: &str) -> Call {
        look_up("/Groups", &format!("displayName eq \"{name}\""))
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

impl Speaks for Catalogue {
    const DIALECT: &'static str = "okta";
    const HEADERS: &'static [(&'static str, &'static str)] = HEADERS;

    fn media_type(&self, _: &str) -> &'static str {
        TYPE
    }

    fn test(&self) -> Vec<Call> {
        test()
    }

    fn look_up(&self, person: &Person) -> Call {
        look_up("/Users", &format!("userName eq \"{}\"", person.user_name))
    }

    fn user(&self, person: &Person) -> Value {
        user(person)
    }

    fn update(&self, id: &str, old: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let path = format!("/Users/{id}");
        if old.active == new.active {
            return vec![put(path, with(user(new), "id", id))];
        }
        vec![change(path, json!([{ "op": "replace", "value": { "active": new.active } }]))]
    }

    fn look_up_group(&self, name: &str) -> Call {
        look_up("/Groups", &format!("displayName eq \"{name}\""))
    }

    fn group(&self, crew: &Crew) -> Value {
        group(crew)
    }

    /// The name comes along with every change; leavers each with a filter, joiners in one list.
    fn members(&self, id: &str, crew: &Crew, add: &[String], remove: &[String]) -> Vec<Call> {
        let mut operations = vec![json!({ "op": "replace", "value": { "id": id, "displayName": crew.name } })];
        operations
            .extend(remove.iter().map(|id| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") })));
        if !add.is_empty() {
            operations.push(json!({ "op": "add", "path": "members", "value": members(add) }));
        }
        vec![change(format!("/Groups/{id}"), json!(operations))]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        vec![change(
            format!("/Groups/{id}"),
            json!([{ "op": "replace", "value": { "id": id, "displayName": crew.name } }]),
        )]
    }
}

/// "Push now" sends all members, also when there are none (Captain-P-Goldfish/SCIM-SDK, issue 757).
async fn an_empty_group_is_pushed_and_a_foreign_id_chooses_nothing(idp: &Idp<'_, Catalogue>) {
    let one = idp.tenant.scim().create_user("one@acme.example").await;
    let id = idp.tenant.scim().create_group("Pushed", &[]).await;
    let path = format!("/Groups/{id}");
    for wanted in [vec![one.clone()], vec![]] {
        let push = json!([{ "op": "replace", "path": "members", "value": members(&wanted) }]);
        idp.send(change(path.as_str(), push)).await;
        assert_eq!(idp.tenant.scim().members(&id).await, wanted);
    }
    let other = json!([{ "op": "replace", "value": { "id": one, "displayName": "Pulled" } }]);
    idp.attempt(&change(path.as_str(), other)).await.assert_scim_error(400, Some("mutability"));
    let groups = idp.send(look_up("/Groups", "displayName eq \"PUSHED\"")).await.json();
    assert_eq!(listed(&groups, "displayName", "Pushed").expect("the group")["id"], id.as_str());
}
