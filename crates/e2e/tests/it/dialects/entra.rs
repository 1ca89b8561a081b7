//! Microsoft Entra ID (MicrosoftDocs/entra-docs, `app-provisioning`: the tutorial's example requests, and the page about
//! compatibility for what the flag `aadOptscim062020` changes). Its `Accept` and `User-Agent` are not documented.

use serde_json::{Value, json};

use super::client::{Call, Crew, ENTERPRISE, GROUP, Person, Speaks, USER, change, find, get, post};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

const ADSCIM: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
const NOBODY: &str = "7c1e2e66-0000-4000-8000-3f0b6c7d8e9f";

/// Without the flag: capital verbs, one operation for each attribute, texts for booleans.
struct Patch2017;

/// With `aadOptscim062020`.
struct Compliant;

pub async fn entra_with_aad_optscim_062020(app: &App) {
    let idp = Idp::new(app, Compliant).await;
    cycle::replay(&idp).await;
    a_value_without_path_has_dotted_and_urn_keys(&idp).await;
    both(&idp).await;
    idp.has_sent_all();
}

pub async fn entra_by_default(app: &App) {
    let idp = Idp::new(app, Patch2017).await;
    cycle::replay(&idp).await;
    an_empty_list_of_members_is_nobody(&idp).await;
    both(&idp).await;
    idp.has_sent_all();
}

/// What both flavours do, but for how they write the verbs.
async fn both<C: Speaks>(idp: &Idp<'_, C>) {
    more_is_created_than_the_schemas_have(idp).await;
    every_attribute_is_patched_by_its_path(idp).await;
    a_manager_is_a_bare_id(idp).await;
}

fn verbs<C: Speaks>() -> [&'static str; 3] {
    if C::DIALECT == Patch2017::DIALECT { ["Add", "Replace", "Remove"] } else { ["add", "replace", "remove"] }
}

/// A filter with blanks as `+`.
fn plus(path: &str, filter: &str) -> Call {
    let filter = filter.replace(' ', "+").replace('"', "%22").replace('[', "%5B").replace(']', "%5D");
    get(format!("{path}filter={filter}"))
}

fn test() -> Vec<Call> {
    let filters =
        ["userName", "externalId", "emails[type eq \"work\"].value"].map(|name| format!("{name} eq \"{NOBODY}\""));
    let users = filters.iter().map(|filter| plus("/Users?", filter));
    users.chain([look_up_group(NOBODY)]).collect()
}

fn look_up_group(name: &str) -> Call {
    plus("/Groups?excludedAttributes=members&", &format!("displayName eq \"{name}\""))
}

fn user(person: &Person, active: impl Into<Value>) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": person.external,
        "userName": person.user_name,
        "active": active.into(),
        "displayName": person.display(),
        "emails": [{ "primary": true, "type": "work", "value": person.email }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": person.display(), "familyName": person.family, "givenName": person.given },
        "roles": [],
    })
}

/// Groups are made without members, which follow.
fn group(crew: &Crew) -> Value {
    json!({
        "schemas": [GROUP, ADSCIM],
        "externalId": crew.external,
        "displayName": crew.name,
        "meta": { "resourceType": "Group" },
    })
}

fn references(ids: &[String]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "$ref": null, "value": id })).collect()
}

impl Speaks for Patch2017 {
    const DIALECT: &'static str = "entra-patch-2017";
    const HEADERS: &'static [(&'static str, &'static str)] = &[];

    fn media_type(&self, _: &str) -> &'static str {
        "application/scim+json; charset=utf-8"
    }

    fn test(&self) -> Vec<Call> {
        test()
    }

    fn look_up(&self, person: &Person) -> Call {
        plus("/Users?", &format!("userName eq \"{}\"", person.user_name))
    }

    fn user(&self, person: &Person) -> Value {
        user(person, if person.active { "True" } else { "False" })
    }

    fn update(&self, id: &str, old: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let mut operations = Vec::new();
        let mut replace = |path: &str, before: &str, after: &str| {
            if before != after {
                operations.push(json!({ "op": "Replace", "path": path, "value": after }));
            }
        };
        replace("displayName", &old.display(), &new.display());
        replace("name.familyName", &old.family, &new.family);
        replace("emails[type eq \"work\"].value", &old.email, &new.email);
        let text = |active: bool| if active { "True" } else { "False" };
        replace("active", text(old.active), text(new.active));
        vec![change(format!("/Users/{id}"), json!(operations))]
    }

    fn look_up_group(&self, name: &str) -> Call {
        look_up_group(name)
    }

    fn group(&self, crew: &Crew) -> Value {
        group(crew)
    }

    fn after_create(&self, id: &str, crew: &Crew) -> Vec<Call> {
        self.members(id, crew, &crew.members, &[])
    }

    fn members(&self, id: &str, _: &Crew, add: &[String], remove: &[String]) -> Vec<Call> {
        let mut operations = Vec::new();
        for (op, ids) in [("Remove", remove), ("Add", add)] {
            if !ids.is_empty() {
                operations.push(json!({ "op": op, "path": "members", "value": references(ids) }));
            }
        }
        vec![change(format!("/Groups/{id}"), json!(operations))]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        vec![change(format!("/Groups/{id}"), json!([{ "op": "Replace", "path": "displayName", "value": crew.name }]))]
    }
}

impl Speaks for Compliant {
    const DIALECT: &'static str = "entra";
    const HEADERS: &'static [(&'static str, &'static str)] = &[];

    /// The flag stands in the address that the admin types; should it arrive, it is passed over.
    fn test(&self) -> Vec<Call> {
        let with_flag = plus("/Users?aadOptscim062020&", &format!("userName eq \"{NOBODY}\""));
        test().into_iter().chain([with_flag]).collect()
    }

    fn look_up(&self, person: &Person) -> Call {
        plus("/Users?", &format!("userName eq \"{}\"", person.user_name))
    }

    fn user(&self, person: &Person) -> Value {
        user(person, person.active)
    }

    fn update(&self, id: &str, old: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let mut operations = vec![json!({ "op": "replace", "value": {
            "displayName": new.display(), "name.givenName": new.given, "name.familyName": new.family, "active": new.active,
        } })];
        if old.email != new.email {
            operations.push(json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": new.email }));
        }
        vec![change(format!("/Users/{id}"), json!(operations))]
    }

    fn look_up_group(&self, name: &str) -> Call {
        look_up_group(name)
    }

    fn group(&self, crew: &Crew) -> Value {
        group(crew)
    }

    fn after_create(&self, id: &str, crew: &Crew) -> Vec<Call> {
        vec![change(
            format!("/Groups/{id}"),
            json!([{ "op": "add", "path": "members", "value": references(&crew.members) }]),
        )]
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        vec![change(format!("/Groups/{id}"), json!([{ "op": "replace", "value": { "displayName": crew.name } }]))]
    }
}

/// The tutorial's second example: nulls, attributes of the extension without their URN, a misspelt URN.
async fn more_is_created_than_the_schemas_have<C: Speaks>(idp: &Idp<'_, C>) {
    let mut body = idp.client.user(&Person::new("more"));
    body["schemas"] = json!([USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"]);
    for name in ["addresses", "phoneNumbers", "preferredLanguage", "title", "manager"] {
        body[name] = Value::Null;
    }
    body["department"] = "Physics".into();
    body[ENTERPRISE] = json!({ "employeeNumber": null });
    let made = idp.send(post("/Users", body)).await.json();
    assert_eq!((&made["active"], &made[ENTERPRISE]), (&json!(true), &json!({ "department": "Physics" })));
    assert!(["title", "department", "manager", "roles"].iter().all(|name| made.get(name).is_none()), "{made}");
    let id = made["id"].as_str().expect("an id");
    for filter in [
        "emails[type eq \"work\"].value eq \"MORE@acme.example\"".to_owned(),
        "externalId eq \"00u-more\"".to_owned(),
        format!("{ENTERPRISE}:department eq \"Physics\""),
        format!("{USER}:userName eq \"more@acme.example\""),
        format!("id eq \"{id}\" and active eq \"True\""),
    ] {
        assert_eq!(idp.send(plus("/Users?", &filter)).await.json()["Resources"][0]["id"], id, "{filter}");
    }
    assert_eq!(idp.tenant.scim().total("/Users", "externalId eq \"00U-MORE\"").await, 0, "externalId minds case");
}

async fn every_attribute_is_patched_by_its_path<C: Speaks>(idp: &Idp<'_, C>) {
    let [add, replace, remove] = verbs::<C>();
    let id = idp.send(post("/Users", json!({ "schemas": [USER], "userName": "bare" }))).await.id();
    let path = format!("/Users/{id}");
    let operations = json!([
        { "op": add, "path": "emails[type eq \"work\"].value", "value": "bare@acme.example" },
        { "op": replace, "path": "name.familyName", "value": "King" },
        { "op": add, "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 (555) 0100" },
        { "op": replace, "path": "addresses[type eq \"work\"].streetAddress", "value": "1 Main St" },
        { "op": add, "path": format!("{ENTERPRISE}:department"), "value": "Ops" },
        { "op": add, "path": "roles[primary eq \"True\"].value", "value": "{\"id\":\"18d14569\",\"value\":\"Admin\"}" },
        { "op": add, "path": "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag", "value": "x" },
        { "op": replace, "path": "active", "value": "False" },
    ]);
    let user = idp.send(change(path.as_str(), operations.clone())).await.json();
    assert_eq!(user["emails"], json!([{ "type": "work", "value": "bare@acme.example" }]));
    assert_eq!(user["phoneNumbers"], json!([{ "type": "mobile", "value": "+1 (555) 0100" }]), "as sent");
    assert_eq!(user["addresses"], json!([{ "type": "work", "streetAddress": "1 Main St" }]));
    assert_eq!((&user["name"]["familyName"], &user[ENTERPRISE]["department"]), (&json!("King"), &json!("Ops")));
    assert_eq!((&user["active"], user.get("roles")), (&json!(false), None), "S84");
    assert_eq!(idp.send(change(path.as_str(), operations)).await.json(), user, "a repetition changes nothing");
    let back = json!([{ "op": replace, "path": "active", "value": "true" },
                      { "op": remove, "path": "phoneNumbers[type eq \"mobile\"].value" }]);
    let user = idp.send(change(path, back)).await.json();
    assert_eq!((&user["active"], user.get("phoneNumbers")), (&json!(true), None));
}

/// Microsoft's fourth example asks for the manager first; its validator removes one by an empty text.
async fn a_manager_is_a_bare_id<C: Speaks>(idp: &Idp<'_, C>) {
    let [add, replace, remove] = verbs::<C>();
    let people = idp.tenant.scim();
    let (ada, boss) = (people.create_user("led@acme.example").await, people.create_user("boss@acme.example").await);
    let (path, manager) = (format!("/Users/{ada}"), format!("{ENTERPRISE}:manager"));
    let asked = || async {
        let query = find("/Users", &format!("id eq \"{ada}\" and manager eq \"{boss}\""));
        idp.send(get(format!("{}&attributes=id", query.path))).await.json()
    };
    assert_eq!(asked().await["Resources"], json!([]));
    for off in [json!({ "op": replace, "path": manager, "value": "" }), json!({ "op": remove, "path": manager })] {
        let set = json!([{ "op": add, "path": manager, "value": boss }]);
        let user = idp.send(change(path.as_str(), set)).await.json();
        assert_eq!(user[ENTERPRISE]["manager"]["value"], boss.as_str());
        let found = asked().await;
        assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(ada)));
        assert!(found["Resources"][0].get("userName").is_none());
        let user = idp.send(change(path.as_str(), json!([off]))).await.json();
        assert!(user.get(ENTERPRISE).is_none(), "{off}: {user}");
    }
}

async fn a_value_without_path_has_dotted_and_urn_keys(idp: &Idp<'_, Compliant>) {
    let id = idp.tenant.scim().create_user("ada@acme.example").await;
    let operations = json!([{ "op": "replace", "value": {
        "displayName": "Countess",
        "name.givenName": "Augusta",
        "name.familyName": "King",
        (format!("{ENTERPRISE}:employeeNumber")): "7",
        (format!("{ENTERPRISE}:department")): "Maths",
    } }, { "op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1" }]);
    let user = idp.send(change(format!("/Users/{id}"), operations)).await.json();
    assert_eq!(user["name"], json!({ "givenName": "Augusta", "familyName": "King" }));
    assert_eq!(user[ENTERPRISE], json!({ "employeeNumber": "7", "department": "Maths" }));
    assert_eq!((&user["displayName"], &user["active"]), (&json!("Countess"), &json!(true)));
    assert!(!user.to_string().contains("name.givenName"), "no literal keys: {user}");
}

async fn an_empty_list_of_members_is_nobody(idp: &Idp<'_, Patch2017>) {
    let scim = idp.tenant.scim();
    let mut ids = vec![scim.create_user("one@acme.example").await, scim.create_user("two@acme.example").await];
    ids.sort();
    let group = scim.create_group("Two", &[&ids[0], &ids[1]]).await;
    let path = format!("/Groups/{group}");
    for op in ["Remove", "Add"] {
        idp.send(change(path.as_str(), json!([{ "op": op, "path": "members", "value": [] }]))).await;
        assert_eq!(scim.members(&group).await, ids);
    }
    idp.send(change(path, json!([{ "op": "Remove", "path": "members" }]))).await;
    assert_eq!(scim.members(&group).await, Vec::<String>::new());
}
