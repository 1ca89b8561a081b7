//! Bulk requests (RFC 7644 §3.7).

use serde_json::{Value, json};
use usher_core::ConnectionKind;

use crate::harness::{App, Client, PUBLIC_URL, bulk, group, patch, user};

on_both_backends!(
    users_and_their_group_are_made_in_one_request_whatever_comes_first,
    each_operation_is_what_it_would_be_alone,
    a_group_is_changed_with_people_of_the_same_request,
    a_manager_can_be_somebody_of_the_same_request,
    r63_circles_are_409_and_the_rest_is_done,
    the_rest_is_done_unless_enough_errors_end_it,
    who_needs_what_failed_is_told_so,
    an_old_version_is_412_in_its_result,
    the_same_request_twice_makes_nobody_twice,
    a_patch_has_the_status_that_the_client_gets_for_one_alone,
    switches_and_rules_count_for_each_operation,
    r63_a_thousand_operations_are_done_and_a_thousand_refusals_do_not_flood_the_log,
);

fn post(path: &str, bulk_id: &str, data: &Value) -> Value {
    json!({ "method": "POST", "path": path, "bulkId": bulk_id, "data": data })
}

/// A new user whose name is the `bulkId`.
fn person(bulk_id: &str) -> Value {
    post("/Users", bulk_id, &user(&format!("{bulk_id}@acme.example")))
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["status"].as_str().expect("a text")).collect()
}

/// The id at the end of a result's location.
fn id(result: &Value) -> String {
    let location = result["location"].as_str().expect("a location");
    location.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Checks the error in a result.
#[track_caller]
fn assert_refused(result: &Value, status: &str, scim_type: Option<&str>, words: &str) {
    let response = &result["response"];
    assert_eq!((&result["status"], &response["status"]), (&json!(status), &json!(status)), "{result}");
    assert_eq!(response["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(response["scimType"].as_str(), scim_type, "{result}");
    assert!(response["detail"].as_str().expect("a detail").contains(words), "{result}");
    assert!(result.get("version").is_none());
}

async fn users_and_their_group_are_made_in_one_request_whatever_comes_first(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let crew = post("/Groups", "crew", &group("Crew", &["bulkId:ada", "bulkId:bob"]));
    let results = scim.bulk(json!([crew, person("ada"), person("bob")])).await;
    assert_eq!(statuses(&results), ["201", "201", "201"]);
    let named: Vec<&Value> = results.iter().map(|result| &result["bulkId"]).collect();
    assert_eq!(named, ["crew", "ada", "bob"], "in the order of the request");
    for (result, path) in results.iter().zip(["Groups", "Users", "Users"]) {
        let there = scim.get(&format!("/{path}/{}", id(result))).await.assert_status(200);
        let location = format!("{PUBLIC_URL}/t/acme/scim/v2/{path}/{}", id(result));
        assert_eq!((&result["location"], &result["method"]), (&json!(location), &json!("POST")));
        assert!(result["version"].as_str().is_some_and(|version| there.header("etag").starts_with(&version[..4])));
        assert!(result.get("response").is_none());
    }
    let crew = scim.get(&format!("/Groups/{}", id(&results[0]))).await;
    assert_eq!(results[0]["version"], crew.header("etag"), "a user's changed with the group");
    let mut people = [id(&results[1]), id(&results[2])];
    people.sort();
    assert_eq!(scim.members(&id(&results[0])).await, people);
    app.deliver().await;
    assert_eq!(app.mails_to("ada@acme.example").len(), 1);
    assert_eq!((app.count(&acme, "user.invited").await, app.count(&acme, "group.created").await), (2, 1));
    let requests: Vec<Value> = app.events(&acme).await.iter().map(|event| event["request_id"].clone()).collect();
    let invited = requests.iter().filter(|id| !id.is_null()).collect::<std::collections::HashSet<_>>();
    assert_eq!(invited.len(), 1, "all of them are of one request");
}

async fn each_operation_is_what_it_would_be_alone(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let (ada, bob) = (scim.create_user("ada@acme.example").await, scim.create_user("bob@acme.example").await);
    let (crew, team) = (scim.create_group("Crew", &[&ada]).await, scim.create_group("Team", &[]).await);
    let mut renamed = user("ada@acme.example");
    renamed["displayName"] = "Ada".into();
    let title = patch(json!([{ "op": "replace", "path": "title", "value": "Boss" }]));
    let results = scim
        .bulk(json!([
            { "method": "put", "path": format!("Users/{ada}/"), "data": renamed },
            { "method": "PATCH", "path": format!("/Users/{bob}"), "bulkId": "b", "data": title },
            { "method": "PUT", "path": format!("/Groups/{crew}"), "data": group("Crew", &[&bob]) },
            { "method": "PATCH", "path": format!("/Groups/{team}"), "data": patch(json!([{ "op": "add", "path": "members", "value": [{ "value": "bulkId:b" }] }])) },
            { "method": "DELETE", "path": format!("/Users/{ada}") },
            { "method": "DELETE", "path": format!("/Groups/{crew}"), "data": null },
            { "method": "DELETE", "path": format!("/Users/{ada}") },
        ]))
        .await;
    assert_eq!(statuses(&results), ["200", "200", "200", "204", "204", "204", "404"]);
    let methods: Vec<&Value> = results.iter().map(|result| &result["method"]).collect();
    assert_eq!(methods, ["PUT", "PATCH", "PUT", "PATCH", "DELETE", "DELETE", "DELETE"]);
    let location = |kind: &str, id: &str| json!(format!("{PUBLIC_URL}/t/acme/scim/v2/{kind}/{id}"));
    assert_eq!((&results[4]["location"], results[4].get("version")), (&location("Users", &ada), None));
    assert_refused(&results[6], "404", None, "no such resource");
    assert_eq!(results[6]["location"], location("Users", &ada), "what failed has its address too");
    assert_eq!(results[3]["version"], scim.get(&format!("/Groups/{team}")).await.json()["meta"]["version"]);
    assert_eq!(scim.get(&format!("/Users/{bob}")).await.json()["title"], "Boss");
    assert_eq!(scim.members(&team).await, [bob]);
    for gone in [format!("/Users/{ada}"), format!("/Groups/{crew}")] {
        scim.get(&gone).await.assert_scim_error(404, None);
    }
}

async fn a_group_is_changed_with_people_of_the_same_request(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let old = scim.create_user("old@acme.example").await;
    let change =
        |operations: Value| json!({ "method": "PATCH", "path": "/Groups/bulkId:crew", "data": patch(operations) });
    let results = scim
        .bulk(json!([
            change(json!([
                { "op": "add", "path": "members", "value": [{ "value": "bulkId:ada" }, { "value": "bulkId:bob" }] },
                { "op": "add", "value": { "members": [{ "value": "bulkId:eve" }] } },
            ])),
            change(json!([{ "op": "remove", "path": "members[value eq \"bulkId:bob\"]" }])),
            change(json!([{ "op": "remove", "path": "members", "value": [{ "value": "bulkId:eve" }] }])),
            person("ada"),
            person("bob"),
            person("eve"),
            post("/Groups", "crew", &group("Crew", &[&old])),
        ]))
        .await;
    assert_eq!(statuses(&results), ["204", "204", "204", "201", "201", "201", "201"]);
    let mut expected = [old, id(&results[3])];
    expected.sort();
    assert_eq!(scim.members(&id(&results[6])).await, expected);
    assert_eq!(results[0]["location"], results[6]["location"]);
}

async fn a_manager_can_be_somebody_of_the_same_request(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let mut bob = user("bob@acme.example");
    bob[urn] = json!({ "manager": { "value": "bulkId:boss" } });
    bob["title"] = "bulkId:boss".into();
    let results = scim.bulk(json!([post("/Users", "bob", &bob), person("boss")])).await;
    assert_eq!(statuses(&results), ["201", "201"]);
    let bob = scim.get(&format!("/Users/{}", id(&results[0]))).await.json();
    assert_eq!(bob[urn]["manager"]["value"], id(&results[1]));
    assert_eq!(bob["title"], "bulkId:boss", "a title is no place for an id");
}

async fn r63_circles_are_409_and_the_rest_is_done(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let circle = |name: &str, other: &str| post("/Groups", name, &group(name, &[&format!("bulkId:{other}")]));
    let results = scim
        .bulk(json!([
            circle("one", "two"),
            person("ada"),
            circle("two", "one"),
            circle("behind", "two"),
            circle("self", "self")
        ]))
        .await;
    assert_eq!(statuses(&results), ["409", "201", "409", "409", "409"]);
    assert_refused(&results[0], "409", None, "\"one\" needs \"two\" needs \"one\"");
    assert_refused(&results[3], "409", None, "\"one\"");
    assert_refused(&results[4], "409", None, "\"self\" needs \"self\"");
    assert!(results[0].get("location").is_none());
    assert_eq!(scim.total("/Groups", "displayName ne \"Provision Managers\"").await, 0);
    let many: Vec<Value> = (0..1000).map(|n| circle(&n.to_string(), &((n + 1) % 1000).to_string())).collect();
    let results = scim.bulk(many.into()).await;
    assert_eq!(statuses(&results), vec!["409"; 1000]);
}

async fn the_rest_is_done_unless_enough_errors_end_it(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let wrong = || json!({ "method": "DELETE", "path": "/Users/none" });
    let operations = |name: &str| {
        json!([person(&format!("{name}1")), wrong(), person(&format!("{name}2")), wrong(), person(&format!("{name}3"))])
    };
    assert_eq!(statuses(&scim.bulk(operations("a")).await), ["201", "404", "201", "404", "201"]);
    for (name, limit, expected) in [
        ("b", 1, vec!["201", "404"]),
        ("c", 2, vec!["201", "404", "201", "404"]),
        ("d", 3, vec!["201", "404", "201", "404", "201"]),
    ] {
        let mut body = bulk(operations(name));
        body["failOnErrors"] = limit.into();
        let answer = scim.post("/Bulk", &body).await.assert_status(200).json();
        assert_eq!(statuses(answer["Operations"].as_array().expect("a list")), expected);
        let made = expected.iter().filter(|status| **status == "201").count();
        assert_eq!(scim.total("/Users", &format!("userName sw \"{name}\"")).await, made as u64);
    }
    let mut body =
        bulk(json!([post("/Groups", "g", &group("G", &["bulkId:late"])), { "method": "GET" }, person("late")]));
    body["failOnErrors"] = 1.into();
    let answer = scim.post("/Bulk", &body).await.assert_status(200).json();
    assert_eq!(answer["Operations"].as_array().map(Vec::len), Some(1), "only what was tried is told: {answer}");
    assert_eq!(answer["Operations"][0]["status"], "405");
}

async fn who_needs_what_failed_is_told_so(app: &App) {
    let scim = app.tenant("acme").await.scim();
    scim.create_user("ada@acme.example").await;
    let crew = post("/Groups", "crew", &group("Crew", &["bulkId:ada", "bulkId:bob"]));
    let rename = patch(json!([{ "op": "replace", "path": "displayName", "value": "Team" }]));
    let change = json!({ "method": "PATCH", "path": "/Groups/bulkId:crew", "data": rename });
    let ghost = post("/Groups", "x", &group("X", &["bulkId:ghost"]));
    let results = scim.bulk(json!([change, crew, person("ada"), person("bob"), ghost])).await;
    assert_eq!(statuses(&results), ["409", "409", "409", "201", "400"]);
    assert_refused(&results[0], "409", None, "\"crew\"");
    assert_refused(&results[1], "409", None, "\"ada\"");
    assert_refused(&results[2], "409", Some("uniqueness"), "userName");
    assert_refused(&results[4], "400", Some("invalidValue"), "\"ghost\"");
    assert!(results[..3].iter().all(|result| result.get("location").is_none()), "nobody knows an address");
    assert_eq!(scim.total("/Groups", "displayName ne \"Provision Managers\"").await, 0);
}

async fn an_old_version_is_412_in_its_result(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let path = format!("/Users/{}", scim.create_user("ada@acme.example").await);
    let version = scim.get(&path).await.header("etag").to_owned();
    let name = |value: &str| patch(json!([{ "op": "replace", "path": "title", "value": value }]));
    let results = scim
        .bulk(json!([
            { "method": "PATCH", "path": path, "version": version, "data": name("One") },
            { "method": "PATCH", "path": path, "version": version, "data": name("Two") },
            { "method": "DELETE", "path": path, "version": version },
            { "method": "PUT", "path": path, "version": "W/\"9\"", "data": user("ada@acme.example") },
        ]))
        .await;
    assert_eq!(statuses(&results), ["200", "412", "412", "412"]);
    assert_refused(&results[1], "412", None, "changed");
    let shown = scim.get(&path).await.assert_status(200);
    assert_eq!(
        (shown.json()["title"].as_str(), shown.header("etag")),
        (Some("One"), results[0]["version"].as_str().unwrap())
    );
}

async fn the_same_request_twice_makes_nobody_twice(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let operations = || json!([person("ada"), person("bob"), post("/Groups", "crew", &group("Crew", &["bulkId:ada"]))]);
    assert_eq!(statuses(&scim.bulk(operations()).await), ["201", "201", "201"]);
    let results = scim.bulk(operations()).await;
    assert_eq!(statuses(&results), ["409", "409", "409"]);
    assert_refused(&results[0], "409", Some("uniqueness"), "userName");
    assert_eq!(
        (
            scim.total("/Users", "userName pr").await,
            scim.total("/Groups", "displayName ne \"Provision Managers\"").await
        ),
        (2, 1)
    );
}

async fn a_patch_has_the_status_that_the_client_gets_for_one_alone(app: &App) {
    let scim = app.tenant_of("acme", ConnectionKind::Okta).await.scim();
    let ada = scim.create_user("ada@acme.example").await;
    let crew = scim.create_group("Crew", &[&ada]).await;
    for (path, expected) in [(format!("/Users/{ada}"), "200"), (format!("/Groups/{crew}"), "204")] {
        let rename = |name: &str| patch(json!([{ "op": "replace", "path": "displayName", "value": name }]));
        let alone = scim.patch(&path, &rename("One")).await.status.to_string();
        let results = scim.bulk(json!([{ "method": "PATCH", "path": path, "data": rename("Two") }])).await;
        assert_eq!((alone.as_str(), statuses(&results)), (expected, vec![expected]));
    }
}

async fn switches_and_rules_count_for_each_operation(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let ada = scim.create_user("ada@acme.example").await;
    let path = "/api/v1/tenants/acme/connections/first/settings";
    let off = json!({ "switches": { "create_groups": false, "deprovision_users": false } });
    app.api("PUT", path).json(&off).send().await.assert_status(200);
    let results = scim
        .bulk(json!([
            post("/Groups", "crew", &group("Crew", &[])),
            { "method": "DELETE", "path": format!("/Users/{ada}") },
            post("/Groups", "managers", &group("Provision Managers", &[])),
            person("bob"),
        ]))
        .await;
    assert_eq!(statuses(&results), ["403", "403", "403", "201"]);
    assert_refused(&results[0], "403", None, "switched off");
    assert_eq!(app.count(&acme, "refused.switched_off").await, 3);
    scim.get(&format!("/Users/{ada}")).await.assert_status(200);
}

async fn r63_a_thousand_operations_are_done_and_a_thousand_refusals_do_not_flood_the_log(app: &App) {
    let acme = app.tenant("acme").await;
    let scim: Client = acme.scim();
    let mut everybody: Vec<Value> = (0..999).map(|n| person(&format!("user{n}"))).collect();
    let members: Vec<String> = (0..999).map(|n| format!("bulkId:user{n}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    everybody.insert(0, post("/Groups", "all", &group("All", &members)));
    let results = scim.bulk(everybody.clone().into()).await;
    assert_eq!(statuses(&results), vec!["201"; 1000]);
    assert_eq!(scim.members(&id(&results[0])).await.len(), 999);
    assert_eq!(statuses(&scim.bulk(everybody.into()).await), vec!["409"; 1000]);
    let events = app.events(&acme).await;
    let refused = events.iter().filter(|event| event["kind"].as_str().is_some_and(|kind| kind.starts_with("refused.")));
    assert!(refused.count() <= 300);
}
