//! Labels and read-only fields choose nothing, and a password goes nowhere.

use std::sync::Arc;

use serde_json::json;

use crate::tenant::{id, op, person, status};
use crate::world::{World, on_sqlite};

on_both!(
    r01_an_external_id_is_a_label_whatever_it_says,
    r09_id_meta_schemas_groups_and_tenant_in_a_body_choose_nothing,
    r07_a_password_is_accepted_and_dropped_and_never_searched,
    r02_a_changed_address_of_a_confirmed_user_is_told_with_old_and_new,
);

async fn r01_an_external_id_is_a_label_whatever_it_says(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let victim = acme.active_user("victim", "victim@acme.example").await;
    let before = acme.row(&victim).await;
    let labels = ["1", "0", "-1", "admin", "null", "true", "../Users", "%", "' or 1=1 --", victim.as_str()];
    for (number, label) in labels.into_iter().enumerate() {
        let mut body = person(&format!("user-{number}"), &format!("user-{number}@acme.example"));
        body["externalId"] = label.into();
        let made = acme.create(body).await.unwrap();
        assert_ne!(id(&made), victim);
        assert_eq!(made.resource["externalId"], label);
        if label != victim {
            assert_eq!(status(acme.get(label).await), 404, "{label}");
            assert_eq!(status(acme.delete(label).await), 404, "{label}");
        }
        let found = acme.find(&format!("externalId eq {}", json!(label))).await.unwrap();
        assert_eq!(found, [format!("user-{number}")], "{label}");
    }
    assert_eq!(acme.row(&victim).await, before);
    assert_eq!(acme.find(&format!("id eq \"{victim}\"")).await.unwrap(), ["victim"]);
}

async fn r09_id_meta_schemas_groups_and_tenant_in_a_body_choose_nothing(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let victim = acme.active_user("victim", "victim@acme.example").await;
    let team = acme.group("Team", &[]).await;
    let before = acme.row(&victim).await;
    let mut body = person("eve", "eve@acme.example");
    body["id"] = victim.clone().into();
    body["meta"] =
        json!({ "created": "1970-01-01T00:00:00Z", "version": "W/\"9\"", "location": "https://evil.example" });
    body["groups"] = json!([{ "value": team }]);
    body["tenant"] = globex.id.clone().into();
    body["tenantId"] = globex.id.clone().into();
    let made = acme.create(body.clone()).await.unwrap();
    let eve = id(&made);
    assert_ne!(eve, victim);
    assert_eq!(made.resource["meta"]["location"], format!("https://usher.example/scim/v2/Users/{eve}"));
    assert_eq!(made.resource.get("groups"), None);

    body["userName"] = "eve2".into();
    let put = acme.put(&eve, body).await.unwrap();
    assert_eq!((id(&put), &put.resource["userName"]), (eve.clone(), &json!("eve2")));
    assert_eq!(acme.row(&victim).await, before);
    assert_eq!(acme.members(&team).await, Vec::<String>::new());
    assert!(globex.find("userName pr").await.unwrap().is_empty());
    for path in ["id", "meta.version", "groups", "meta"] {
        let operations = vec![op("replace", path, victim.clone())];
        assert_eq!(status(acme.patch(&eve, operations).await), 400, "{path}");
    }
}

async fn r07_a_password_is_accepted_and_dropped_and_never_searched(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut body = person("ada", "ada@acme.example");
    body["password"] = "c4nary-Secret".into();
    let made = acme.create(body.clone()).await.unwrap();
    assert_eq!(made.resource.get("password"), None);
    let ada = id(&made);
    acme.put(&ada, body).await.unwrap();
    acme.patch(&ada, vec![op("replace", "password", "c4nary-Secret")]).await.unwrap();
    let events = serde_json::to_string(&acme.events().await).unwrap();
    assert!(!events.contains("c4nary"));
    assert!(!format!("{:?}", acme.row(&ada).await).contains("c4nary"));
    assert_eq!(status(acme.find("password eq \"c4nary-Secret\"").await), 403);
    assert_eq!(status(acme.find("userName eq \"ada\" and password pr").await), 403);
}

#[test]
fn r07_no_byte_of_a_password_or_token_reaches_the_file() {
    on_sqlite(|world| async move {
        let acme = world.tenant("acme").await;
        let mut body = person("visible-name", "ada@acme.example");
        body["password"] = "c4nary-Secret".into();
        acme.create(body).await.unwrap();
        let secret = acme.token[26..].to_owned();
        let folder = &world.folder.as_ref().unwrap().0;
        let (mut seen, mut files) = (false, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            seen |= holds("visible-name");
            files += 1;
            assert!(!holds("c4nary") && !holds(&secret) && !holds(&acme.token));
        }
        assert!(seen && files >= 2, "the database and its log were read");
    });
}

async fn r02_a_changed_address_of_a_confirmed_user_is_told_with_old_and_new(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.active_user("ada", "ada@acme.example").await;
    acme.patch(&ada, vec![op("replace", "emails[type eq \"work\"].value", "eve@acme.example")]).await.unwrap();
    let event = acme.last_event().await;
    assert_eq!(event.kind, "user.updated");
    assert_eq!(event.data["before"]["emails"][0]["value"], "ada@acme.example");
    assert_eq!(event.data["after"]["emails"][0]["value"], "eve@acme.example");
    acme.patch(&ada, vec![op("replace", "userName", "eve")]).await.unwrap();
    let event = acme.last_event().await;
    assert_eq!(
        (&event.data["before"], &event.data["after"]),
        (&json!({ "userName": "ada" }), &json!({ "userName": "eve" }))
    );
}
