//! OneLogin. Documented: the calls and that a template of the admin is the body (developers.onelogin.com/scim). The template
//! is a public one (doc.keepnetlabs.com) with macros that stand between quotes: booleans are texts, the manager has the name of
//! SCIM 1.1. Seen: the empty user agent, plain JSON accepted, PATCH as `application/scim+json` (goauthentik/authentik, issue
//! 11249). Inferred: an empty macro is an empty text, and what is in a PATCH.

use serde_json::{Value, json};

use super::client::{Call, Crew, ENTERPRISE, Person, Speaks, USER, find, get, post, put, with};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct OneLogin;

pub async fn onelogin(app: &App) {
    let idp = Idp::new(app, OneLogin).await;
    cycle::replay(&idp).await;
    what_a_template_leaves_empty_is_no_value(&idp).await;
    json_is_answered_to_who_asks_for_nothing(&idp).await;
    idp.has_sent_all();
}

impl Speaks for OneLogin {
    const DIALECT: &'static str = "onelogin";
    const HEADERS: &'static [(&'static str, &'static str)] = &[("User-Agent", ""), ("Accept", "application/json")];

    fn media_type(&self, method: &str) -> &'static str {
        if method == "PATCH" { "application/scim+json" } else { "application/json" }
    }

    /// Somebody who cannot exist.
    fn test(&self) -> Vec<Call> {
        vec![find("/Users", "userName eq \"0e7c8b14-no-such-user\""), get("/Groups")]
    }

    fn user(&self, person: &Person) -> Value {
        json!({
            ENTERPRISE: {
                "department": "",
                "manager": { "managerId": "", "displayName": " " },
            },
            "active": if person.active { "true" } else { "false" },
            "emails": [{ "value": person.email, "type": "work", "primary": true }],
            "meta": { "resourceType": "User" },
            "name": { "familyName": person.family, "givenName": person.given, "formatted": person.display() },
            "displayName": person.display(),
            "userName": person.user_name,
            "id": null,
            "schemas": ["urn:scim:schemas:core:1.0", USER],
        })
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), self.user(new))]
    }

    fn group(&self, crew: &Crew) -> Value {
        with(crew.body(), "externalId", Value::Null)
    }
}

async fn what_a_template_leaves_empty_is_no_value(idp: &Idp<'_, OneLogin>) {
    let mut body = idp.client.user(&Person::new("boss"));
    body["title"] = "Head".into();
    body[ENTERPRISE] = json!({ "department": "Ops", "manager": { "managerId": "4711", "displayName": "The Boss" } });
    let made = idp.send(post("/Users", body)).await.json();
    assert_eq!(made[ENTERPRISE], json!({ "department": "Ops", "manager": { "value": "4711" } }));
    let path = format!("/Users/{}", made["id"].as_str().expect("an id"));
    let mut body = idp.client.user(&Person::new("boss"));
    body["title"] = "".into();
    body["active"] = "".into();
    body["phoneNumbers"] = json!([{ "value": "", "type": "work", "primary": true }]);
    let user = idp.send(put(path, body)).await.json();
    assert_eq!(user["active"], true, "what is not said stays");
    for name in ["title", "phoneNumbers", ENTERPRISE] {
        assert!(user.get(name).is_none(), "{name} is cleared: {user}");
    }
}

/// Also where a request does not say what it accepts, and in errors.
async fn json_is_answered_to_who_asks_for_nothing(idp: &Idp<'_, OneLogin>) {
    let scim = idp.tenant.scim();
    for accept in [None, Some("*/*")] {
        let request = scim.request("GET", "/Users/none");
        let request = accept.into_iter().fold(request, |request, accept| request.header("Accept", accept));
        let answer = request.send().await.assert_scim_error(404, None);
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let asked = scim.request("GET", "/Users").header("Accept", "application/scim+json").send().await;
    assert_eq!(asked.assert_status(200).header("content-type"), "application/scim+json");
    let okta = idp.app.connection(&idp.tenant, "okta", usher_core::ConnectionKind::Okta).await;
    assert_eq!(okta.scim().get("/Users").await.header("content-type"), "application/scim+json");
}
