//! What Microsoft Entra ID sends (MicrosoftDocs/entra-docs, `app-provisioning`), in both of its dialects.

use serde_json::{Value, json};
use usher_core::ConnectionKind;

use crate::harness::{App, Client, encode, patch};

on_both_backends!(
    entra_finds_nobody_for_a_random_name,
    entra_creates_a_user_with_more_than_the_schemas_have,
    entra_patches_each_attribute_with_capital_operations,
    entra_patches_with_dotted_and_urn_keys_and_no_path,
    entra_sets_and_removes_a_manager_by_bare_id,
    entra_changes_members_by_value_lists_and_by_filter,
);

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn entra(app: &App) -> Client {
    app.tenant_of("acme", ConnectionKind::Entra).await.scim()
}

fn person() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": "jyoung",
        "userName": "ada@acme.example",
        "active": "True",
        "displayName": "Ada Lovelace",
        "emails": [{ "type": "work", "value": "ada@acme.example", "primary": true }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada" },
        "roles": [],
        "title": null,
        "department": "Maths",
        ENTERPRISE: { "employeeNumber": null },
    })
}

async fn entra_finds_nobody_for_a_random_name(app: &App) {
    let scim = entra(app).await;
    for filter in [
        "userName eq \"7c1e2e66\"",
        "externalId eq \"7c1e2e66\"",
        "emails[type eq \"work\"].value eq \"x@acme.example\"",
    ] {
        for spelling in
            [encode(filter), filter.replace(' ', "+").replace('"', "%22").replace('[', "%5B").replace(']', "%5D")]
        {
            let answer = scim.get(&format!("/Users?filter={spelling}")).await.assert_status(200).json();
            assert_eq!((&answer["totalResults"], &answer["Resources"]), (&json!(0), &json!([])), "{spelling}");
        }
    }
    let groups = scim.get("/Groups?excludedAttributes=members&filter=displayName+eq+%22x%22").await.assert_status(200);
    assert_eq!(groups.json()["Resources"], json!([]));
}

async fn entra_creates_a_user_with_more_than_the_schemas_have(app: &App) {
    let scim = entra(app).await;
    let made = scim.post("/Users", &person()).await.assert_status(201).json();
    assert_eq!((&made["active"], &made[ENTERPRISE]["department"]), (&json!(true), &json!("Maths")));
    assert!(made.get("title").is_none() && made.get("department").is_none() && made.get("roles").is_none());
    let id = made["id"].as_str().expect("an id");
    for filter in [
        "emails[type eq \"work\"].value eq \"ADA@acme.example\"".to_owned(),
        "externalId eq \"jyoung\"".to_owned(),
        format!("{ENTERPRISE}:department eq \"Maths\""),
        "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ada@acme.example\"".to_owned(),
        format!("id eq \"{id}\" and active eq \"True\""),
    ] {
        assert_eq!(scim.find("/Users", &filter).await["Resources"][0]["id"], id, "{filter}");
    }
    assert_eq!(scim.total("/Users", "externalId eq \"JYOUNG\"").await, 0, "externalId minds case");
}

async fn entra_patches_each_attribute_with_capital_operations(app: &App) {
    let scim = entra(app).await;
    let id = scim.post("/Users", &json!({ "userName": "ada", "active": true })).await.assert_status(201).id();
    let path = format!("/Users/{id}");
    let change = patch(json!([
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@acme.example" },
        { "op": "Replace", "path": "name.familyName", "value": "King" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 (555) 0100" },
        { "op": "Replace", "path": "addresses[type eq \"work\"].streetAddress", "value": "1 Main St" },
        { "op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Ops" },
        { "op": "Replace", "path": "active", "value": "False" },
    ]));
    let user = scim.patch(&path, &change).await.assert_status(200).json();
    assert_eq!(user["emails"], json!([{ "type": "work", "value": "ada@acme.example" }]));
    assert_eq!(user["phoneNumbers"][0]["value"], "+1 (555) 0100", "as sent");
    assert_eq!(
        (&user["addresses"][0]["streetAddress"], &user["name"]["familyName"]),
        (&json!("1 Main St"), &json!("King"))
    );
    assert_eq!((&user[ENTERPRISE]["department"], &user["active"]), (&json!("Ops"), &json!(false)));
    assert_eq!(scim.patch(&path, &change).await.assert_status(200).json(), user, "a repetition changes nothing");
    let back = patch(
        json!([{ "op": "Replace", "path": "active", "value": "true" }, { "op": "Remove", "path": "phoneNumbers[type eq \"mobile\"].value" }]),
    );
    let user = scim.patch(&path, &back).await.assert_status(200).json();
    assert_eq!((&user["active"], user["phoneNumbers"][0].get("value")), (&json!(true), None));
}

async fn entra_patches_with_dotted_and_urn_keys_and_no_path(app: &App) {
    let scim = entra(app).await;
    let id = scim.create_user("ada@acme.example").await;
    let change = patch(json!([{ "op": "replace", "value": {
        "displayName": "Countess",
        "name.givenName": "Augusta",
        "name.familyName": "King",
        (format!("{ENTERPRISE}:employeeNumber")): "7",
        (format!("{ENTERPRISE}:department")): "Maths",
    } }, { "op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1" }]));
    let user = scim.patch(&format!("/Users/{id}"), &change).await.assert_status(200).json();
    assert_eq!(user["name"], json!({ "givenName": "Augusta", "familyName": "King" }));
    assert_eq!(user[ENTERPRISE], json!({ "employeeNumber": "7", "department": "Maths" }));
    assert_eq!((&user["displayName"], &user["active"]), (&json!("Countess"), &json!(true)));
    assert!(!user.to_string().contains("name.givenName"), "no literal keys: {user}");
}

async fn entra_sets_and_removes_a_manager_by_bare_id(app: &App) {
    let scim = entra(app).await;
    let (ada, boss) = (scim.create_user("ada@acme.example").await, scim.create_user("boss@acme.example").await);
    let path = format!("/Users/{ada}");
    let manager = format!("{ENTERPRISE}:manager");
    let set = patch(json!([{ "op": "Add", "path": manager, "value": boss }]));
    assert_eq!(scim.patch(&path, &set).await.assert_status(200).json()[ENTERPRISE]["manager"]["value"], boss.as_str());
    let query =
        format!("/Users?filter={}&attributes=id", encode(&format!("id eq \"{ada}\" and {manager} eq \"{boss}\"")));
    let found = scim.get(&query).await.assert_status(200).json();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(ada)));
    assert!(found["Resources"][0].get("userName").is_none());
    for off in [json!({ "op": "Replace", "path": manager, "value": "" }), json!({ "op": "Remove", "path": manager })] {
        scim.patch(&path, &set).await.assert_status(200);
        let user = scim.patch(&path, &patch(json!([off]))).await.assert_status(200).json();
        assert!(user[ENTERPRISE].get("manager").is_none(), "{off}: {user}");
    }
}

async fn entra_changes_members_by_value_lists_and_by_filter(app: &App) {
    let scim = entra(app).await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(scim.create_user(&format!("user{n}@acme.example")).await);
    }
    ids.sort();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0", "displayName": "Crew", "meta": { "resourceType": "Group" },
    });
    let group = scim.post("/Groups", &body).await.assert_status(201);
    assert_eq!(group.json()["members"], json!([]), "an empty list is there");
    let path = format!("/Groups/{}", group.id());
    let all: Vec<Value> = ids.iter().map(|id| json!({ "$ref": null, "value": id })).collect();
    let change = async |operation: Value| {
        assert!(scim.patch(&path, &patch(json!([operation]))).await.assert_status(204).body.is_empty());
        scim.members(&group.id()).await
    };
    assert_eq!(change(json!({ "op": "Add", "path": "members", "value": all })).await, ids);
    assert_eq!(change(json!({ "op": "Add", "path": "members", "value": all })).await, ids);
    assert_eq!(
        change(json!({ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": ids[0] }] })).await,
        ids[1..]
    );
    assert_eq!(change(json!({ "op": "Remove", "path": format!("members[value eq \"{}\"]", ids[1]) })).await, ids[2..]);
    assert_eq!(change(json!({ "op": "Remove", "path": "members", "value": [] })).await, ids[2..]);
    assert_eq!(change(json!({ "op": "Add", "path": "members", "value": [] })).await, ids[2..]);
    let without = scim.get(&format!("{path}?excludedAttributes=members")).await.assert_status(200).json();
    assert!(without.get("members").is_none() && without["displayName"] == "Crew");
    assert_eq!(change(json!({ "op": "Remove", "path": "members" })).await, Vec::<String>::new());
}
