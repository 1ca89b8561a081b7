//! JumpCloud. Documented: activation makes a test user and a test group, changes both and deletes them. Seen by receivers
//! (ssoready `scim.go`, uni-moni): renames without path, members one at a time, removals as a list of values. Inferred: the
//! headers, and PUT for users.

use serde_json::{Value, json};

use super::client::{Call, Crew, Person, Speaks, change, delete, find, get, post, put, values, with};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct JumpCloud;

pub async fn jumpcloud(app: &App) {
    let idp = Idp::new(app, JumpCloud).await;
    activation(&idp).await;
    cycle::replay(&idp).await;
    a_deactivated_test_user_does_not_stop_a_second_activation(&idp).await;
    idp.has_sent_all();
}

impl Speaks for JumpCloud {
    const DIALECT: &'static str = "jumpcloud";

    fn test(&self) -> Vec<Call> {
        vec![get("/Users?startIndex=1&count=1")]
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), new.body_of(id))]
    }

    fn group(&self, crew: &Crew) -> Value {
        with(crew.body(), "members", json!([]))
    }

    fn after_create(&self, id: &str, crew: &Crew) -> Vec<Call> {
        self.members(id, crew, &crew.members, &[])
    }

    fn members(&self, id: &str, _: &Crew, add: &[String], remove: &[String]) -> Vec<Call> {
        let one = |op: &str, member: &String| {
            let operations = json!([{ "op": op, "path": "members", "value": values(std::slice::from_ref(member)) }]);
            change(format!("/Groups/{id}"), operations)
        };
        let out = remove.iter().map(|member| one("remove", member));
        out.chain(add.iter().map(|member| one("add", member))).collect()
    }

    fn rename(&self, id: &str, crew: &Crew) -> Vec<Call> {
        vec![change(format!("/Groups/{id}"), json!([{ "op": "replace", "value": { "displayName": crew.name } }]))]
    }
}

/// The button "Activate": everything once, and away again.
async fn activation(idp: &Idp<'_, JumpCloud>) {
    let mut tester = Person::new("scim-test");
    let crew = Crew { name: "JumpCloud test".to_owned(), external: "test".to_owned(), members: Vec::new() };
    let user = idp.send(post("/Users", idp.client.user(&tester))).await.id();
    "Changed".clone_into(&mut tester.family);
    idp.send(put(format!("/Users/{user}"), tester.body_of(&user))).await;
    let group = idp.send(post("/Groups", idp.client.group(&crew))).await.id();
    idp.send_all(idp.client.members(&group, &crew, std::slice::from_ref(&user), &[])).await;
    idp.send(delete(format!("/Groups/{group}"))).await;
    idp.send(delete(format!("/Users/{user}"))).await;
    assert_eq!(idp.tenant.scim().total("/Users", "userName pr").await, 0);
    assert_eq!(idp.state(&user).await.0, "suspended", "the invitation is dead");
    let groups = idp.send(find("/Groups", "displayName eq \"JumpCloud test\"")).await.json();
    assert_eq!(groups["totalResults"], 0);
}

/// It would be deactivated if DELETE did not work; then the next activation finds it.
async fn a_deactivated_test_user_does_not_stop_a_second_activation(idp: &Idp<'_, JumpCloud>) {
    let tester = Person::new("again");
    let user = idp.send(post("/Users", idp.client.user(&tester))).await.id();
    idp.send_all(idp.client.update(&user, &tester, &Person { active: false, ..tester.clone() }, &Value::Null)).await;
    assert_eq!(idp.send(post("/Users", idp.client.user(&tester))).await.id(), user);
}
