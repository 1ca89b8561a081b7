//! miniOrange, and Workday behind it. Documented are the screens: six attributes that are required, and that somebody who is
//! taken out of the group is removed. No request was seen: PUT for users and PATCH for groups are inferred.

use serde_json::{Value, json};

use super::client::{Call, Person, Speaks, USER, get, post, put, with};
use super::cycle;
use super::idp::Idp;
use crate::harness::App;

struct MiniOrange;
struct Workday;

pub async fn miniorange(app: &App) {
    let idp = Idp::new(app, MiniOrange).await;
    cycle::replay(&idp).await;
    each_of_the_six_is_required(&idp).await;
    idp.has_sent_all();
}

pub async fn workday_through_miniorange(app: &App) {
    let idp = Idp::new(app, Workday).await;
    cycle::replay(&idp).await;
    somebody_hired_waits_for_a_work_address(&idp).await;
    idp.has_sent_all();
}

impl Speaks for MiniOrange {
    const DIALECT: &'static str = "miniorange";

    fn test(&self) -> Vec<Call> {
        vec![get("/Users?startIndex=1&count=1")]
    }

    fn update(&self, id: &str, _: &Person, new: &Person, _: &Value) -> Vec<Call> {
        vec![put(format!("/Users/{id}"), new.body_of(id))]
    }
}

impl Speaks for Workday {
    const DIALECT: &'static str = "workday-through-miniorange";

    fn test(&self) -> Vec<Call> {
        MiniOrange.test()
    }

    fn update(&self, id: &str, old: &Person, new: &Person, fetched: &Value) -> Vec<Call> {
        MiniOrange.update(id, old, new, fetched)
    }
}

async fn each_of_the_six_is_required(idp: &Idp<'_, MiniOrange>) {
    let whole = Person::new("six").body();
    let lacking = [
        ("userName", with(whole.clone(), "userName", Value::Null)),
        ("name.givenName", with(whole.clone(), "name", json!({ "familyName": "Example" }))),
        ("name.familyName", with(whole.clone(), "name", json!({ "givenName": "six" }))),
        ("emails", with(whole.clone(), "emails", json!([{ "value": "six@acme.example", "type": "home" }]))),
        ("displayName", with(whole.clone(), "displayName", Value::Null)),
        ("active", with(whole.clone(), "active", Value::Null)),
    ];
    for (name, body) in lacking {
        let refused = idp.attempt(&post("/Users", body)).await.assert_scim_error(400, Some("invalidValue"));
        assert!(refused.text().contains(name), "{name}: {}", refused.text());
    }
    idp.send(post("/Users", whole)).await;
    let schema = idp.send(get(format!("/Schemas/{USER}"))).await.json();
    let attributes = schema["attributes"].as_array().expect("attributes");
    let required = |name: &str| attributes.iter().any(|one| one["name"] == name && one["required"] == true);
    assert!(["userName", "name", "emails", "displayName", "active"].into_iter().all(required));
}

async fn somebody_hired_waits_for_a_work_address(idp: &Idp<'_, Workday>) {
    let hired = Person::new("hired");
    let without = with(hired.body(), "emails", json!([]));
    let refused = idp.attempt(&post("/Users", without)).await.assert_scim_error(400, Some("invalidValue"));
    assert!(refused.text().contains("emails"), "{}", refused.text());
    let id = idp.send(post("/Users", hired.body())).await.id();
    assert_eq!((idp.state(&id).await.0.as_str(), idp.mails(&hired.email).await), ("invited", 1));
}
