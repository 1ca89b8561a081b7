//! SailPoint. Documented: configuration, resource types and schemas are read first, everybody and all groups are read
//! regularly. Reported: each change of a membership is a request of its own (gravitational/teleport, issue 61511). Inferred: the
//! bodies, in the form of RFC 7644; PATCH for users, as `IdentityIQ` sends it where `usePatch` is set.

use serde_json::{Value, json};

use super::client::{Call, Crew, ENTERPRISE, Person, Speaks, USER, change, get, post, values};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct SailPoint;

pub async fn sailpoint(app: &App) {
    let idp = Idp::new(app, SailPoint).await;
    cycle::replay(&idp).await;
    a_replace_makes_what_was_not_there(&idp).await;
    idp.has_sent_all();
}

impl Speaks for SailPoint {
    const DIALECT: &'static str = "sailpoint";

    fn test(&self) -> Vec<Call> {
        ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/ResourceTypes/User", "/ResourceTypes/Group"]
            .map(get)
            .into_iter()
            .chain([get("/Users?startIndex=1&count=100"), get("/Groups?startIndex=1&count=100")])
            .collect()
    }

    fn update(&self, id: &str, old: &Person, new: &Person, _: &Value) -> Vec<Call> {
        let path = format!("/Users/{id}");
        if old.active != new.active {
            return vec![change(path, json!([{ "op": "replace", "path": "active", "value": new.active }]))];
        }
        let operations = json!([
            { "op": "replace", "path": "displayName", "value": new.display() },
            { "op": "replace", "path": "name", "value": { "givenName": new.given, "familyName": new.family } },
            { "op": "replace", "path": "emails[type eq \"work\"].value", "value": new.email },
        ]);
        vec![change(path, operations)]
    }

    fn members(&self, id: &str, _: &Crew, add: &[String], remove: &[String]) -> Vec<Call> {
        let path = format!("/Groups/{id}");
        let out = remove.iter().map(|id| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") }));
        let into =
            add.iter().map(|id| json!({ "op": "add", "path": "members", "value": values(std::slice::from_ref(id)) }));
        out.chain(into).map(|operation| change(path.as_str(), json!([operation]))).collect()
    }
}

/// A replace with path on a single complex attribute is meant as an add (a work-around in Captain-P-Goldfish/SCIM-SDK bears
/// SailPoint's name): what is there stays, what is not is made.
async fn a_replace_makes_what_was_not_there(idp: &Idp<'_, SailPoint>) {
    let made = idp.send(post("/Users", json!({ "schemas": [USER], "userName": "plain" }))).await.id();
    let path = format!("/Users/{made}");
    let name = json!([{ "op": "replace", "path": "name", "value": { "givenName": "Plain" } }]);
    idp.send(change(path.as_str(), name)).await;
    let rest = json!([{ "op": "replace", "path": "name", "value": { "familyName": "Jane" } },
                      { "op": "replace", "path": format!("{ENTERPRISE}:manager"), "value": { "value": made } }]);
    let user = idp.send(change(path, rest)).await.json();
    assert_eq!(user["name"], json!({ "givenName": "Plain", "familyName": "Jane" }));
    assert_eq!(user[ENTERPRISE]["manager"], json!({ "value": made }));
}
