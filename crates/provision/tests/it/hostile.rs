//! no text of a client becomes trouble of the database.

use std::sync::Arc;

use serde_json::{Value, json};
use usher_provision::Error;

use crate::tenant::{id, op, person};
use crate::world::World;

on_both!(
    r69_hostile_names_are_kept_whole_or_refused,
    r69_hostile_filters_are_answered_or_refused,
    r69_names_at_the_limit_fit_the_index,
    r65_text_that_looks_like_a_template_comes_back_as_it_went_in,
);

fn no_trouble<T: std::fmt::Debug>(result: &Result<T, Error>, what: &str) {
    let refused = matches!(result, Err(Error::Scim(error)) if error.status == 400);
    assert!(result.is_ok() || refused, "{what:.60}: {result:?}");
}

fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\0",
        "a\0b",
        "\u{1}",
        "\r\n",
        "\u{7f}",
        "\u{202e}abc",
        "\u{feff}",
        "\u{fffe}",
        "'; drop table users; --",
        "\\",
        "\"",
        "%",
        "\u{1F469}\u{200D}\u{1F4BB}",
        "\u{10ffff}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.extend(["x".repeat(12_000), "é".repeat(3000), "\u{fdfa}".repeat(341), "a\u{0301}".repeat(400)]);
    texts
}

async fn r69_hostile_names_are_kept_whole_or_refused(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    for (number, text) in hostile().into_iter().enumerate() {
        for attribute in ["userName", "displayName", "externalId", "title"] {
            let mut body = person(&format!("user-{number}-{attribute}"), "x@acme.example");
            body[attribute] = text.clone().into();
            let made = acme.create(body).await;
            no_trouble(&made, &text);
            if let Ok(made) = made {
                assert_eq!(made.resource[attribute], Value::from(text.clone()), "kept whole: {text:.60}");
                assert_eq!(acme.get(&id(&made)).await.unwrap().resource[attribute], Value::from(text.clone()));
                acme.delete(&id(&made)).await.unwrap();
            }
            no_trouble(&acme.patch(&ada, vec![op("replace", attribute, text.clone())]).await, &text);
        }
        let mail = json!({ "userName": format!("mail-{number}"), "emails": [{ "value": text.clone() }] });
        no_trouble(&acme.create(mail).await, &text);
        no_trouble(&acme.create_group(&text, &[]).await, &text);
        no_trouble(&acme.create_group(&format!("group {number}"), &[&text]).await, &text);
    }
}

async fn r69_hostile_filters_are_answered_or_refused(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    acme.user("ada", "ada@acme.example").await;
    let mut filters: Vec<String> = Vec::new();
    for text in hostile() {
        let literal = json!(text);
        for path in ["userName", "displayName", "externalId", "id", "emails.value", "groups.value", "title"] {
            filters.push(format!("{path} eq {literal}"));
        }
        filters.push(format!("userName eq \"{text}\""));
        filters.push(format!("meta.lastModified ge {literal}"));
        filters.push(text);
    }
    for date in [
        "9999-12-31T23:59:59Z",
        "+262142-01-01T00:00:00Z",
        "-9999-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "2026-13-01",
    ] {
        filters.extend([">", "ge", "gt", "lt"].map(|op| format!("meta.lastModified {op} \"{date}\"")));
    }
    filters.push(vec!["userName eq \"x\""; 100].join(" or "));
    filters.push(vec!["userName eq \"x\""; 300].join(" or "));
    filters.push(vec!["emails.value eq \"x\""; 100].join(" and "));
    filters.push(format!("{}userName pr{}", "(".repeat(20), ")".repeat(20)));
    filters.push(format!("{}userName pr{}", "(".repeat(3000), ")".repeat(3000)));
    for filter in filters {
        no_trouble(&acme.find(&filter).await, &filter);
    }
}

/// Names of 1,024 bytes that neither fold nor compress into less, in every column that has an index.
async fn r69_names_at_the_limit_fit_the_index(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let mut state = 1_u64;
    let mut noise = || {
        let mut text = String::new();
        while text.len() < 1024 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push(char::from(b'!' + u8::try_from((state >> 33) % 94).unwrap()));
        }
        text
    };
    let body = json!({ "userName": noise(), "displayName": noise(), "externalId": noise() });
    let made = acme.create(body.clone()).await.unwrap();
    assert_eq!(made.resource["externalId"], body["externalId"]);
    acme.create_group(&noise(), &[]).await.unwrap();
    let filter = format!("externalId eq {}", body["externalId"]);
    assert_eq!(acme.find(&filter).await.unwrap(), [body["userName"].as_str().unwrap()]);
}

async fn r65_text_that_looks_like_a_template_comes_back_as_it_went_in(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    for text in ["${7*7}", "{{7*7}}", "<%= 7*7 %>", "#{7*7}", "=HYPERLINK(\"https://evil.example\")"] {
        let mut body = person(text, "ada@acme.example");
        body["title"] = text.into();
        let made = acme.create(body).await.unwrap();
        assert_eq!((&made.resource["userName"], &made.resource["title"]), (&json!(text), &json!(text)));
        acme.delete(&id(&made)).await.unwrap();
    }
}
