//! Entity tags and conditions (RFC 7644 §3.14), and where resources are.

use serde_json::json;

use crate::harness::{App, PUBLIC_URL, Request, Setup, group, patch, user};

on_both_backends!(
    s128_a_write_with_an_old_version_is_412_and_with_the_present_one_done,
    a_read_of_a_known_version_is_304,
    s134_meta_is_whole_and_leads_back_through_the_door_that_was_used,
);

async fn s128_a_write_with_an_old_version_is_412_and_with_the_present_one_done(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let ada = scim.create_user("ada@acme.example").await;
    let crew = scim.create_group("Crew", &[]).await;
    for (path, put) in
        [(format!("/Users/{ada}"), user("ada@acme.example")), (format!("/Groups/{crew}"), group("Crew", &[]))]
    {
        let first = scim.get(&path).await.header("etag").to_owned();
        assert!(first.starts_with("W/\""), "{first}");
        assert_eq!(scim.get(&path).await.json()["meta"]["version"], first.as_str());
        let name = |value: &str| patch(json!([{ "op": "replace", "path": "displayName", "value": value }]));
        let send = async |method: &str, tag: &str, body: &serde_json::Value| {
            let request = scim.request(method, &path).header("If-Match", tag);
            if body.is_null() { request.send().await } else { request.scim(body).send().await }
        };
        assert!(matches!(send("PATCH", &first, &name("One")).await.status, 200 | 204));
        let second = scim.get(&path).await.header("etag").to_owned();
        assert_ne!(first, second);
        let before = scim.get(&path).await.text();
        send("PATCH", &first, &name("Two")).await.assert_scim_error(412, None);
        send("PUT", &first, &put).await.assert_scim_error(412, None);
        send("DELETE", &first, &serde_json::Value::Null).await.assert_scim_error(412, None);
        send("PATCH", "W/\"999\", \"x\"", &name("Two")).await.assert_scim_error(412, None);
        assert_eq!(scim.get(&path).await.text(), before);
        assert!(matches!(send("PATCH", &format!("\"x\", {second}"), &name("Three")).await.status, 200 | 204));
        assert_eq!(send("PUT", "*", &put).await.status, 200);
        let present = scim.get(&path).await.header("etag").to_owned();
        let unless = async |tag: &str| scim.request("PUT", &path).header("If-None-Match", tag).scim(&put).send().await;
        unless("*").await.assert_scim_error(412, None);
        unless(&format!("\"x\", {present}")).await.assert_scim_error(412, None);
        unless(&first).await.assert_status(200);
        let last = scim.get(&path).await.header("etag").to_owned();
        assert_eq!(send("DELETE", last.trim_start_matches("W/"), &serde_json::Value::Null).await.status, 204);
    }
}

async fn a_read_of_a_known_version_is_304(app: &App) {
    let scim = app.tenant("acme").await.scim();
    let path = format!("/Users/{}", scim.create_user("ada@acme.example").await);
    let tag = scim.get(&path).await.header("etag").to_owned();
    let ask = async |tag: &str| scim.request("GET", &path).header("If-None-Match", tag).send().await;
    for known in [tag.as_str(), tag.trim_start_matches("W/"), "*", &format!("\"x\", {tag}")] {
        let answer = ask(known).await.assert_status(304);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), tag);
    }
    ask("W/\"x\"").await.assert_status(200);
}

async fn s134_meta_is_whole_and_leads_back_through_the_door_that_was_used(app: &App) {
    let acme = app.tenant("acme").await;
    let named = app.replica(Setup { base_domain: Some("scim.example.com".to_owned()), ..Setup::default() }).await;
    let by_id = format!("/t/{}/scim/v2", acme.id);
    let doors = [
        (app.address, "/t/acme/scim/v2", None, format!("{PUBLIC_URL}/t/acme/scim/v2")),
        (app.address, by_id.as_str(), None, format!("{PUBLIC_URL}{by_id}")),
        (app.address, "/scim/v2", None, format!("{PUBLIC_URL}/scim/v2")),
        (named.address, "/scim/v2", Some("acme.scim.example.com"), "https://acme.scim.example.com/scim/v2".to_owned()),
        (
            named.address,
            "/scim/v2",
            Some("ACME.scim.example.com:443"),
            "https://acme.scim.example.com/scim/v2".to_owned(),
        ),
        (named.address, "/scim/v2", Some("other.example.com"), format!("{PUBLIC_URL}/scim/v2")),
    ];
    for (n, (address, door, host, base)) in doors.into_iter().enumerate() {
        let ask = |method: &str, path: &str| {
            let request = Request::new(address, method, &format!("{door}{path}")).bearer(&acme.token);
            host.iter().fold(request, |request, host| request.header("Host", host))
        };
        let made = ask("POST", "/Users").scim(&user(&format!("user{n}@acme.example"))).send().await.assert_status(201);
        let meta = made.json()["meta"].clone();
        let location = format!("{base}/Users/{}", made.id());
        assert_eq!((made.header("location"), meta["location"].as_str()), (location.as_str(), Some(location.as_str())));
        assert_eq!((&meta["resourceType"], &meta["created"]), (&json!("User"), &meta["lastModified"]));
        assert_eq!(made.header("etag"), meta["version"]);
        let listed = ask("GET", "/Users?sortBy=userName").send().await.assert_status(200).json();
        let links = listed["Resources"].as_array().expect("a list").iter();
        assert!(links.clone().all(|one| one["meta"]["location"].as_str().is_some_and(|link| link.starts_with(&base))));
        assert!(links.count() == n + 1);
        let config = ask("GET", "/ServiceProviderConfig").send().await.assert_status(200).json();
        assert_eq!(config["meta"]["location"], format!("{base}/ServiceProviderConfig"));
    }
    named.stop().await;
}
