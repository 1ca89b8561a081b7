//! What belongs to another tenant does not exist.

use serde_json::json;
use usher_gateway::routes::SCIM;

use super::{filled, has_body};
use crate::harness::{App, Client, Tenant, encode, group, patch, user};

on_both_backends!(
    r20_a_foreign_id_is_answered_as_one_that_never_existed_on_every_route,
    r20_a_foreign_user_is_no_member,
    r20_a_bulk_request_reaches_nobody_of_another_tenant,
    r22_nothing_of_another_tenant_is_in_a_list,
    r21_r06_names_and_addresses_of_another_tenant_are_free,
    r09_ids_and_tenants_in_a_body_choose_nothing,
    r01_an_external_id_is_a_label_only,
);

const NEVER: &str = "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e";

async fn r20_a_foreign_id_is_answered_as_one_that_never_existed_on_every_route(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let ada = acme.scim().create_user("ada@acme.example").await;
    let crew = acme.scim().create_group("Crew", &[&ada]).await;
    let gone = acme.scim().create_user("gone@acme.example").await;
    acme.scim().delete(&format!("/Users/{gone}")).await.assert_status(204);
    let all = async || {
        (
            acme.scim().get(&format!("/Users/{ada}")).await.text(),
            acme.scim().get(&format!("/Groups/{crew}")).await.text(),
        )
    };
    let before = all().await;
    for route in SCIM.iter().filter(|route| route.path.contains("{id}")) {
        let body = match (route.method.as_str(), route.path) {
            ("PUT", "/Users/{id}") => user("eve@globex.example"),
            ("PUT", _) => group("Mine", &[]),
            _ => patch(json!([{ "op": "replace", "path": "displayName", "value": "Mine" }])),
        };
        let ask = async |client: Client, id: &str| {
            let request = client.request(route.method.as_str(), &filled(route.path, "", id));
            let request = if has_body(route.method.as_str()) { request.scim(&body) } else { request };
            request.send().await
        };
        for client in [globex.scim(), globex.shared()] {
            let never = ask(client.clone(), NEVER).await.assert_scim_error(404, None).essence();
            for id in
                [&ada, &crew, &gone, &acme.id, "1", "no-id", "%00", "%2e%2e", "..%2f", "%ff", "a".repeat(3000).as_str()]
            {
                let answer = ask(client.clone(), id).await;
                assert_eq!(answer.essence(), never, "{} {} with {id}", route.method, route.path);
            }
        }
    }
    assert_eq!(all().await, before);
    let ours = app.events(&globex).await;
    assert!(ours.iter().all(|event| event["subject"]["kind"] != "user" && event["subject"]["kind"] != "group"));
}

async fn r20_a_foreign_user_is_no_member(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let ada = acme.scim().create_user("ada@acme.example").await;
    let own = globex.scim().create_user("own@globex.example").await;
    let crew = globex.scim().create_group("Crew", &[&own]).await;
    for body in [
        patch(json!([{ "op": "add", "path": "members", "value": [{ "value": ada }] }])),
        patch(json!([{ "op": "replace", "path": "members", "value": [{ "value": ada }] }])),
        patch(json!([{ "op": "replace", "value": { "members": [{ "value": ada }] } }])),
    ] {
        let never = serde_json::from_str(&body.to_string().replace(&ada, NEVER)).expect("JSON");
        let path = format!("/Groups/{crew}");
        let foreign = globex.scim().patch(&path, &body).await.assert_scim_error(400, Some("invalidValue"));
        let unknown = globex.scim().patch(&path, &never).await.assert_scim_error(400, Some("invalidValue"));
        assert_eq!(foreign.text().replace(&ada, NEVER), unknown.text());
    }
    globex.scim().post("/Groups", &group("New", &[&ada])).await.assert_scim_error(400, Some("invalidValue"));
    globex.scim().put(&format!("/Groups/{crew}"), &group("Crew", &[&own, &ada])).await.assert_status(400);
    assert_eq!(globex.scim().members(&crew).await, [own]);
    assert_eq!(globex.scim().total("/Groups", "displayName eq \"New\"").await, 0);
}

async fn r20_a_bulk_request_reaches_nobody_of_another_tenant(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let ada = acme.scim().create_user("ada@acme.example").await;
    let crew = acme.scim().create_group("Crew", &[&ada]).await;
    let before = (acme.scim().get(&format!("/Users/{ada}")).await.text(), acme.scim().members(&crew).await);
    let change = patch(json!([{ "op": "replace", "path": "displayName", "value": "Mine" }]));
    let operations = |user_id: &str, group_id: &str| {
        json!([
            { "method": "PUT", "path": format!("/Users/{user_id}"), "data": user("eve@globex.example") },
            { "method": "PATCH", "path": format!("/Users/{user_id}"), "data": change },
            { "method": "DELETE", "path": format!("/Users/{user_id}") },
            { "method": "PUT", "path": format!("/Groups/{group_id}"), "data": group("Mine", &[]) },
            { "method": "PATCH", "path": format!("/Groups/{group_id}"), "data": change },
            { "method": "DELETE", "path": format!("/Groups/{group_id}") },
            { "method": "POST", "path": "/Groups", "bulkId": "new", "data": group("New", &[user_id]) },
        ])
    };
    let foreign = globex.scim().bulk(operations(&ada, &crew)).await;
    let never = globex.scim().bulk(operations(NEVER, NEVER)).await;
    let statuses: Vec<&str> = foreign.iter().filter_map(|result| result["status"].as_str()).collect();
    assert_eq!(statuses, ["404", "404", "404", "404", "404", "404", "400"]);
    let shown = serde_json::to_string(&foreign).expect("JSON").replace(&ada, NEVER).replace(&crew, NEVER);
    assert_eq!(shown, serde_json::to_string(&never).expect("JSON"));
    assert_eq!((acme.scim().get(&format!("/Users/{ada}")).await.text(), acme.scim().members(&crew).await), before);
    assert_eq!(globex.scim().total("/Groups", "displayName eq \"New\"").await, 0);
}

async fn r22_nothing_of_another_tenant_is_in_a_list(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    for tenant in [&acme, &globex] {
        fill(tenant).await;
    }
    let canary = globex.scim().find("/Users", "userName sw \"canary\"").await;
    let canary_id = canary["Resources"][0]["id"].as_str().expect("globex has it").to_owned();
    let questions = [
        "?count=200".to_owned(),
        "?startIndex=1&count=1000000".to_owned(),
        "?sortBy=userName".to_owned(),
        "?sortBy=displayName&sortOrder=descending".to_owned(),
        "?sortBy=meta.created".to_owned(),
        format!("?filter={}", encode("userName sw \"canary\" or displayName co \"globex\"")),
        format!("?filter={}", encode("userName eq \"canary@globex.example\"")),
        format!("?filter={}", encode("displayName eq \"canary globex\"")),
        format!("?filter={}", encode("externalId eq \"canary-globex\"")),
        format!("?filter={}", encode("emails.value eq \"canary@globex.example\"")),
        format!("?filter={}", encode(&format!("id eq \"{canary_id}\""))),
        format!("?filter={}", encode(&format!("members[value eq \"{canary_id}\"]"))),
        format!("?filter={}", encode("not (displayName eq \"x\")")),
        format!("?filter={}", encode("id pr")),
        format!("?filter={}", encode("meta.lastModified gt \"2000-01-01T00:00:00Z\"")),
        "?attributes=id,userName,displayName,emails,groups,members".to_owned(),
    ];
    for client in [acme.scim(), acme.shared()] {
        for resources in ["/Users", "/Groups"] {
            for question in &questions {
                let text = client.get(&format!("{resources}{question}")).await.text();
                assert!(!text.contains("globex") && !text.contains(&canary_id), "{resources}{question}: {text}");
            }
            let search = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": "displayName co \"canary\"", "count": 200,
            });
            let found = client.post(&format!("{resources}/.search"), &search).await.assert_status(200);
            assert_eq!(found.json()["totalResults"], 1, "its own canary");
            assert!(!found.text().contains("globex"));
        }
    }
    let log = serde_json::to_string(&app.events(&acme).await).expect("JSON");
    assert!(!log.contains("globex") && !log.contains(&canary_id));
}

async fn fill(tenant: &Tenant) {
    let mut body = user(&format!("canary@{}.example", tenant.slug));
    body["displayName"] = format!("canary {}", tenant.slug).into();
    body["externalId"] = format!("canary-{}", tenant.slug).into();
    let id = tenant.scim().post("/Users", &body).await.assert_status(201).id();
    tenant.scim().create_group(&format!("canary {}", tenant.slug), &[&id]).await;
}

async fn r21_r06_names_and_addresses_of_another_tenant_are_free(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let mut body = user("ada@example.com");
    body["externalId"] = "00u1".into();
    let first = acme.scim().post("/Users", &body).await.assert_status(201).id();
    acme.scim().create_group("Crew", &[&first]).await;
    let before = acme.scim().get(&format!("/Users/{first}")).await.text();
    let second = globex.scim().post("/Users", &body).await.assert_status(201).id();
    globex.scim().create_group("Crew", &[&second]).await;
    assert_ne!(first, second);
    globex
        .scim()
        .patch(&format!("/Users/{second}"), &patch(json!([{ "op": "replace", "value": { "active": false } }])))
        .await;
    assert_eq!(acme.scim().get(&format!("/Users/{first}")).await.text(), before);
    assert_eq!(app.state_of(&acme, &first).await["state"], "invited");
    acme.scim().post("/Users", &body).await.assert_scim_error(409, Some("uniqueness"));
}

async fn r09_ids_and_tenants_in_a_body_choose_nothing(app: &App) {
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let victim = acme.scim().create_user("victim@acme.example").await;
    let own = acme.scim().create_user("own@acme.example").await;
    let before = acme.scim().get(&format!("/Users/{victim}")).await.text();
    let mut body = user("own@acme.example");
    body["title"] = "Engineer".into();
    for (key, value) in [
        ("id", json!(victim)),
        ("tenant", json!("acme")),
        ("tenant_id", json!(acme.id)),
        ("groups", json!([{ "value": victim }])),
        ("meta", json!({ "location": format!("/Users/{victim}") })),
    ] {
        let mut evil = body.clone();
        evil[key] = value;
        let answer = acme.scim().put(&format!("/Users/{own}"), &evil).await;
        if answer.status == 200 {
            assert_eq!(answer.id(), own, "{key}");
        }
        evil["userName"] = format!("{key}@globex.example").into();
        evil["emails"][0]["value"] = format!("{key}@globex.example").into();
        let made = globex.scim().post("/Users", &evil).await.assert_status(201).json();
        assert_ne!(made["id"], victim.as_str(), "{key}");
        assert!(made["meta"]["location"].as_str().unwrap().contains("/t/globex/"), "{key}");
        assert!(made.get("groups").is_none_or(|groups| groups == &json!([])), "{key}");
    }
    assert_eq!(acme.scim().get(&format!("/Users/{victim}")).await.text(), before);
}

async fn r01_an_external_id_is_a_label_only(app: &App) {
    let acme = app.tenant("acme").await;
    let victim = acme.scim().create_user("victim@acme.example").await;
    let before = acme.scim().get(&format!("/Users/{victim}")).await.text();
    for (n, label) in ["1", "0", "-1", "admin", "null", "../Groups", &victim].into_iter().enumerate() {
        let mut body = user(&format!("user{n}@acme.example"));
        body["externalId"] = label.into();
        let made = acme.scim().post("/Users", &body).await.assert_status(201);
        assert_ne!(made.id(), victim);
        if label != victim {
            acme.scim().get(&format!("/Users/{}", encode(label))).await.assert_scim_error(404, None);
        }
        let found = acme.scim().find("/Users", &format!("externalId eq \"{label}\"")).await;
        assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(made.id())));
    }
    assert_eq!(acme.scim().get(&format!("/Users/{victim}")).await.text(), before);
}
