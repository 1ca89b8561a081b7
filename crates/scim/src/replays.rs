//! What identity providers send one after the other, on one user or group, from bytes to the rendered answer.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::json;
use crate::patch::{MemberOperation, Patch};
use crate::schema::{ENTERPRISE_URN as ENTERPRISE, GROUP_URN, USER_URN};
use crate::{Definition, Error, Filter, Limits, Map, Meta, member_values};

/// One stored resource.
struct Stored {
    definition: Definition,
    attributes: Map,
}

fn parsed(text: &str) -> Result<Value, Error> {
    json::parse(text.as_bytes(), &Limits::default())
}

impl Stored {
    fn create(definition: Definition, body: &Value) -> Self {
        let incoming = definition.read(parsed(&body.to_string()).unwrap(), &Limits::default()).unwrap();
        definition.check_required(&incoming.attributes).unwrap();
        Self { definition, attributes: incoming.attributes }
    }

    fn patch(&mut self, operations: &Value) {
        let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
        let patch = Patch::read(parsed(&body.to_string()).unwrap(), &self.definition, &Limits::default());
        let after = patch.and_then(|patch| patch.apply(&self.attributes, &self.definition, &Limits::default()));
        self.attributes = after.unwrap_or_else(|error| panic!("{operations}: {error}"));
    }

    fn put(&mut self, body: Value) {
        self.attributes = self.definition.read(body, &Limits::default()).unwrap().attributes;
        self.definition.check_required(&self.attributes).unwrap();
    }

    fn shown(&self) -> Value {
        let time = DateTime::UNIX_EPOCH;
        let meta = Meta {
            created: time,
            last_modified: time,
            version: "W/\"1\"".into(),
            location: "https://x.example/1".into(),
        };
        Value::Object(self.definition.render("id-1", &self.attributes, Some(vec![json!({ "value": "g" })]), &meta))
    }

    fn found_by(&self, filter: &str) -> bool {
        let filter = Filter::parse(filter, &self.definition, &Limits::default()).unwrap();
        filter.matches(self.shown().as_object().unwrap())
    }
}

fn entra_user() -> Stored {
    let body = json!({
        "schemas": [USER_URN, ENTERPRISE], "externalId": "0a21f0f2", "userName": "Test_User@example.com",
        "displayName": "givenName familyName", "active": true,
        "emails": [{ "primary": true, "type": "work", "value": "Test_User@example.com" }], "meta": { "resourceType": "User" },
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" }, "roles": [],
    });
    Stored::create(Definition::user(), &body)
}

#[test]
fn entra_in_its_default_dialect() {
    let mut user = entra_user();
    user.patch(&json!([
        { "op": "Replace", "path": "displayName", "value": "Pvlo" },
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com" },
        { "op": "Replace", "path": "name.familyName", "value": "Pkqf" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "2" },
        { "op": "Add", "path": "addresses[type eq \"work\"].streetAddress", "value": "1 Main St" },
        { "op": "Add", "path": "addresses[type eq \"work\"].country", "value": "DE" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:employeeNumber"), "value": "Eqpj" },
        { "op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "boss" },
        { "op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Admin" },
        { "op": "Replace", "path": "active", "value": "False" },
    ]));
    let shown = user.shown();
    assert_eq!(shown["schemas"], json!([USER_URN, ENTERPRISE]));
    assert_eq!((&shown["active"], &shown["displayName"]), (&json!(false), &json!("Pvlo")));
    assert_eq!(shown["emails"], json!([{ "primary": true, "type": "work", "value": "new@example.com" }]));
    assert_eq!(
        shown["name"],
        json!({ "formatted": "givenName familyName", "familyName": "Pkqf", "givenName": "givenName" })
    );
    assert_eq!(shown["addresses"], json!([{ "type": "work", "streetAddress": "1 Main St", "country": "DE" }]));
    assert_eq!(shown[ENTERPRISE], json!({ "employeeNumber": "Eqpj", "manager": { "value": "boss" } }));
    assert_eq!(shown.get("roles"), None);
    assert!(user.found_by("id eq \"id-1\" and manager eq \"boss\""));
    assert!(!user.found_by("id eq \"id-1\" and manager eq \"other\""));
    user.patch(&json!([{ "op": "Remove", "path": format!("{ENTERPRISE}:manager") },
                       { "op": "Remove", "path": "phoneNumbers[type eq \"mobile\"].value" },
                       { "op": "Remove", "path": format!("{ENTERPRISE}:employeeNumber") }]));
    let shown = user.shown();
    assert_eq!((shown.get(ENTERPRISE), shown.get("phoneNumbers")), (None, None));
    assert_eq!(shown["schemas"], json!([USER_URN]));
}

#[test]
fn entra_with_its_flag() {
    let mut user = entra_user();
    user.patch(&json!([
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "flag@example.com" },
        { "op": "replace", "value": { "displayName": "Bjfe", "name.givenName": "Kkom", "name.familyName": "Unua",
                                      format!("{ENTERPRISE}:employeeNumber"): "Aklq", "active": false } },
    ]));
    let shown = user.shown();
    assert_eq!((&shown["name"]["givenName"], &shown["name"]["familyName"]), (&json!("Kkom"), &json!("Unua")));
    assert_eq!((&shown["active"], &shown[ENTERPRISE]["employeeNumber"]), (&json!(false), &json!("Aklq")));
    assert_eq!(shown.get("name.givenName"), None);
}

#[test]
fn entra_finds_its_users() {
    let user = entra_user();
    for filter in [
        "userName eq \"tEST_uSER@EXAMPLE.COM\"",
        "externalId eq \"0a21f0f2\"",
        "emails[type eq \"work\"].value eq \"test_user@example.com\"",
    ] {
        assert!(user.found_by(filter), "{filter}");
    }
    assert!(!user.found_by("externalId eq \"0A21F0F2\""));
    assert!(!user.found_by("userName eq \"6b2b1a0e\""));
}

#[test]
fn okta_puts_back_what_it_fetched() {
    let body = json!({
        "schemas": [USER_URN], "userName": "test@example.com", "name": { "givenName": "Test", "familyName": "User" },
        "emails": [{ "primary": true, "value": "test@example.com", "type": "work" }], "displayName": "Test User",
        "locale": "en-US", "externalId": "00u1", "groups": [], "password": "1mz050nq", "active": true,
    });
    let mut user = Stored::create(Definition::user(), &body);
    let mut fetched = user.shown();
    assert_eq!(fetched.get("password"), None);
    let before = user.attributes.clone();
    user.put(fetched.clone());
    assert_eq!(user.attributes, before);
    fetched["active"] = json!(false);
    fetched["name"]["middleName"] = json!("Excited");
    user.put(fetched);
    assert_eq!(crate::resource::changed_attributes(&before, &user.attributes), ["active", "name.middleName"]);
    user.patch(&json!([{ "op": "replace", "value": { "active": true, "password": "New-Passw0rd-1" } }]));
    assert_eq!(crate::resource::changed_attributes(&before, &user.attributes), ["name.middleName"]);
}

#[test]
fn okta_and_authentik_push_groups() {
    let body = json!({ "schemas": [GROUP_URN, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
                       "displayName": "Ops", "members": [{ "value": "a", "display": "A" }], "meta": { "resourceType": "Group" } });
    let mut group = Stored::create(Definition::group(), &body);
    assert_eq!(member_values(&mut group.attributes, &Limits::default()), Ok(Some(vec!["a".to_owned()])));
    let rename = json!([{ "op": "replace", "value": { "schemas": [GROUP_URN], "id": "id-1", "externalId": "e", "displayName": "New" } },
                        { "op": "remove", "path": "members[value eq \"a\"]" },
                        { "op": "add", "path": "members", "value": [{ "value": "b", "display": "B" }] }]);
    let patch = Patch::read(json!({ "Operations": rename }), &group.definition, &Limits::default()).unwrap();
    let (rest, members) = patch.split_members().unwrap();
    let expected = [MemberOperation::Remove(vec!["a".to_owned()]), MemberOperation::Add(vec!["b".to_owned()])];
    assert_eq!(members, expected);
    group.attributes = rest.apply(&group.attributes, &group.definition, &Limits::default()).unwrap();
    let shown = group.shown();
    assert_eq!(
        (&shown["displayName"], &shown["externalId"], &shown["members"]),
        (&json!("New"), &json!("e"), &json!([]))
    );
    assert!(group.found_by("displayName eq \"NEW\""));
}

#[test]
fn keycloak_and_onelogin_create_users_in_their_own_way() {
    let keycloak = json!({ "schemas": [USER_URN], "externalId": "k", "userName": "ada", "displayName": "Ada", "name": {},
                           "emails": [{ "value": "ada@example.com" }], "active": true, "roles": [{ "value": "r" }] });
    let mut user = Stored::create(Definition::user(), &keycloak);
    user.patch(&json!([{ "op": "replace", "path": "active", "value": "false" }]));
    assert_eq!(user.shown()["active"], false);
    let onelogin = json!({ "schemas": ["urn:scim:schemas:core:1.0", ENTERPRISE], "id": null, "userName": "ada", "active": "true",
                           ENTERPRISE: { "manager": { "managerId": "7" }, "department": "IT" } });
    let shown = Stored::create(Definition::user(), &onelogin).shown();
    assert_eq!((&shown["active"], &shown[ENTERPRISE]), (&json!(true), &json!({ "department": "IT" })));
}

#[test]
fn microsofts_second_example_is_taken() {
    let body = json!({ "schemas": [USER_URN, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"], "userName": "ada",
                       "addresses": null, "phoneNumbers": null, "preferredLanguage": null, "title": null, "department": null, "manager": null });
    assert_eq!(Stored::create(Definition::user(), &body).attributes.len(), 1);
}

#[test]
fn a_large_body_of_strange_names_is_read_in_linear_time() {
    // a quadratic search for repeated names would take minutes here
    let names = (0..40_000).map(|n| format!("\"unknown{n}\":{{}}")).collect::<Vec<_>>().join(",");
    let body = parsed(&format!("{{\"userName\":\"ada\",{names}}}")).unwrap();
    let incoming = Definition::user().read(body, &Limits::default()).unwrap();
    assert_eq!((incoming.attributes.len(), incoming.ignored.len()), (1, 100));
}
