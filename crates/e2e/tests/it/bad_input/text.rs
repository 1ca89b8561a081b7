//! Text that is dangerous elsewhere is text here.

use serde_json::json;

use crate::harness::{App, PUBLIC_URL, encode, patch, user};

on_both_backends!(
    r65_templates_and_markup_in_names_come_back_as_they_went_in,
    r47_line_ends_in_ids_and_names_make_no_header,
    r46_a_hostile_host_leaves_no_trace_in_answers_or_mail,
    r07_a_password_is_taken_and_never_seen_again,
    hostile_names_cannot_reach_an_address,
    attribute_names_of_a_megabyte_are_passed_over_or_refused_and_never_repeated,
);

async fn r65_templates_and_markup_in_names_come_back_as_they_went_in(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let hostile = [
        "${7*7}",
        "{{7*7}}",
        "<%= 7*7 %>",
        "#{7*7}",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "=HYPERLINK(\"http://evil.example\")",
        "%s%n%x",
        "'; drop table users; --",
        "\u{202e}gnp.exe",
        "{0}",
        "\\",
        "a\tb",
    ];
    for (n, name) in hostile.into_iter().enumerate() {
        let address = format!("user{n}@acme.example");
        let mut body = user(&address);
        body["displayName"] = name.into();
        body["title"] = name.into();
        body["name"]["givenName"] = name.into();
        let made = scim.post("/Users", &body).await;
        if made.status == 400 {
            made.assert_scim_error(400, Some("invalidValue"));
            assert!(name.contains(['\t', '\u{202e}']), "{name} is plain text");
            continue;
        }
        let shown = made.assert_status(201).json();
        assert_eq!((&shown["displayName"], &shown["title"]), (&json!(name), &json!(name)));
        let found = scim.find("/Users", &format!("displayName eq {}", json!(name))).await;
        assert_eq!(found["Resources"][0]["name"]["givenName"], name);
        let link = app.link_of(&address).await;
        let mail = app.mails_to(&address).pop().expect("a mail");
        let page = app.get(&link).await.assert_status(200).text();
        for html in [&mail.html, &page] {
            assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        }
        if !name.contains(['\\', '\t', '\u{202e}', '<', '"', '\'']) {
            assert!(mail.text.contains(name) && page.contains(name), "{name} in {}", mail.text);
        }
    }
}

async fn r47_line_ends_in_ids_and_names_make_no_header(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    for id in ["x%0d%0aX-Evil:%201", "%0aSet-Cookie:%20a=b", "%0d%0a%0d%0a%3Chtml%3E", "x%00y", "x%e2%80%a8y"] {
        for path in [format!("/Users/{id}"), format!("/Groups/{id}"), format!("/Schemas/{id}"), format!("/{id}")] {
            let answer = scim.get(&path).await.assert_scim_error(404, None);
            let names: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
            assert!(!names.contains(&"x-evil") && !names.contains(&"set-cookie"), "{path}: {names:?}");
        }
        let join = app.get(&format!("/join/{id}")).await.assert_status(404);
        assert!(join.header("x-evil").is_empty());
    }
    let mut body = user("ada@acme.example");
    body["userName"] = "ada\r\nX-Evil: 1".into();
    body["externalId"] = "00u\r\nX-Evil: 1".into();
    body["displayName"] = "Ada\r\nBcc: eve@evil.example".into();
    let answer = scim.post("/Users", &body).await;
    assert!(answer.header("x-evil").is_empty());
    if answer.status == 201 {
        app.deliver().await;
        assert!(app.mails_to("eve@evil.example").is_empty());
        let mail = app.mails_to("ada@acme.example").pop().expect("a mail");
        assert!(!mail.subject.contains(['\r', '\n']));
    } else {
        answer.assert_scim_error(400, Some("invalidValue"));
    }
}

async fn r46_a_hostile_host_leaves_no_trace_in_answers_or_mail(app: &App) {
    let acme = app.tenant("acme").await;
    let hostile = |request: crate::harness::Request| {
        request
            .header("Host", "evil.example")
            .header("X-Forwarded-Host", "evil.example")
            .header("X-Forwarded-Proto", "evil")
            .header("X-Original-URL", "/evil.example")
            .header("X-Forwarded-Prefix", "/evil.example")
            .header("Forwarded", "host=evil.example;proto=evil")
            .header("X-Request-Id", "evil.example")
    };
    for (client, door) in [(acme.scim(), "/t/acme/scim/v2"), (acme.shared(), "/scim/v2")] {
        let address = format!("user{}@acme.example", door.len());
        let made = hostile(client.request("POST", "/Users").scim(&user(&address))).send().await.assert_status(201);
        let location = format!("{PUBLIC_URL}{door}/Users/{}", made.id());
        assert_eq!((made.header("location"), &made.json()["meta"]["location"]), (location.as_str(), &json!(location)));
        let paths = [
            "/Users".to_owned(),
            format!("/Users/{}", made.id()),
            "/Schemas".to_owned(),
            "/ServiceProviderConfig".to_owned(),
            "/ResourceTypes".to_owned(),
            "/nowhere".to_owned(),
        ];
        for path in paths {
            let answer = hostile(client.request("GET", &path)).send().await;
            assert!(!format!("{:?}{}", answer.headers, answer.text()).contains("evil"), "{path}");
        }
        app.deliver().await;
        let mail = app.mails_to(&address).pop().expect("a mail");
        assert!(!format!("{}{}{}", mail.subject, mail.text, mail.html).contains("evil"));
        let link = app.link_of(&address).await;
        let page = hostile(crate::harness::Request::new(app.address, "POST", &link)).send().await.assert_status(200);
        assert!(!format!("{:?}{}", page.headers, page.text()).contains("evil"));
    }
    let log = serde_json::to_string(&app.events(&acme).await).expect("JSON");
    assert!(!log.contains("evil"));
}

async fn r07_a_password_is_taken_and_never_seen_again(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let mut body = user("ada@acme.example");
    body["password"] = "correct horse".into();
    let made = scim.post("/Users", &body).await.assert_status(201);
    let path = format!("/Users/{}", made.id());
    let operation = patch(json!([{ "op": "replace", "path": "password", "value": "correct horse" }]));
    let mut seen = made.text();
    seen += &scim.put(&path, &body).await.assert_status(200).text();
    seen += &scim.patch(&path, &operation).await.assert_status(200).text();
    seen += &scim
        .patch(&path, &patch(json!([{ "op": "add", "value": { "password": "correct horse" } }])))
        .await
        .assert_status(200)
        .text();
    seen += &scim.get(&format!("{path}?attributes=password,userName")).await.assert_status(200).text();
    seen += &serde_json::to_string(&app.events(&acme).await).expect("JSON");
    assert!(!seen.contains("correct horse") && !seen.contains("\"password\":"), "{seen}");
}

async fn hostile_names_cannot_reach_an_address(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    for (n, address) in [
        "a@b@c.example",
        "a b@c.example",
        "a\n@c.example",
        "<a@c.example>",
        "a@c.example, d@e.example",
        "a@",
        "@c.example",
        "a@[127.0.0.1]\r\nRCPT",
        "mailto:a@c.example",
        "\"a\"@c.example\u{0}",
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = user(&format!("user{n}"));
        body["emails"][0]["value"] = address.into();
        let answer = scim.post("/Users", &body).await;
        if answer.status == 201 {
            let state = app.state_of(&acme, &answer.id()).await;
            assert_eq!((&state["state"], &state["reason"]), (&json!("staged"), &json!("no_address")), "{address}");
        } else {
            answer.assert_scim_error(400, Some("invalidValue"));
        }
        assert!(scim.get(&format!("/Users?filter={}", encode("userName pr"))).await.status == 200);
    }
    app.deliver().await;
    app.get("/dev/mailbox").await.assert_status(200);
    assert_eq!(app.get("/dev/mailbox").await.json(), json!([]));
}

async fn attribute_names_of_a_megabyte_are_passed_over_or_refused_and_never_repeated(app: &App) {
    let acme = app.tenant("acme").await;
    let scim = acme.scim();
    let long = "n".repeat(900_000);
    let mut body = user("ada@acme.example");
    body[&long] = json!("x");
    let made = scim.post("/Users", &body).await.assert_status(201);
    assert!(made.body.len() < 2_000, "an unknown name is ignored (RFC 7644 §3.3)");
    let path = format!("/Users/{}", made.id());
    let inside = patch(json!([{ "op": "replace", "value": { &long: "x", "title": "Dr" } }]));
    assert_eq!(scim.patch(&path, &inside).await.assert_status(200).json()["title"], "Dr");
    let before = scim.get(&path).await.text();
    for (operation, kind) in [
        (json!({ "op": "replace", "path": long, "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": format!("emails[{long} eq 1].value"), "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": format!("urn:{long}:User:tag"), "value": "x" }), "invalidPath"),
        (json!({ "op": long, "path": "title" }), "invalidSyntax"),
    ] {
        let refused = scim.patch(&path, &patch(json!([operation]))).await.assert_scim_error(400, Some(kind));
        assert!(refused.body.len() < 1_000, "{} bytes", refused.body.len());
    }
    let filter =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": format!("{long} pr") });
    scim.post("/Users/.search", &filter).await.assert_scim_error(400, Some("invalidFilter"));
    let names = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "attributes": [long] });
    assert!(scim.post("/Users/.search", &names).await.assert_status(200).body.len() < 2_000);
    assert_eq!(scim.get(&path).await.text(), before);
    assert!(app.events(&acme).await.iter().all(|event| event.to_string().len() < 20_000), "nor in the log");
}
