//! No secret is kept, and no log names one or a person.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use usher_worker::mailer::Mailer;

use crate::harness::{App, Request, encode, patch, user, work};

on_both_backends!(r40_r42_no_secret_is_stored_and_no_log_names_a_secret_or_a_person);

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: AtomicUsize = AtomicUsize::new(0);

struct Memory;

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From here on everything of this process is logged, down to TRACE. Other tests' lines do no harm.
fn listen() {
    static START: Once = Once::new();
    START.call_once(|| {
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_span_events(FmtSpan::FULL);
        let on = dynamic_filter_fn(|_, _| LISTENING.load(Ordering::SeqCst) > 0);
        tracing_subscriber::registry().with(lines.with_writer(|| Memory).with_filter(on)).init();
    });
    LISTENING.fetch_add(1, Ordering::SeqCst);
}

/// A text in the forms in which it could slip out.
fn forms(text: &str) -> Vec<String> {
    let hex = |upper: bool| -> String {
        text.bytes().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
    };
    let base64 = STANDARD_NO_PAD.encode(text);
    // The last character of a group depends on what follows.
    vec![text.to_owned(), hex(false), hex(true), base64[..base64.len() - 2].to_owned()]
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn r40_r42_no_secret_is_stored_and_no_log_names_a_secret_or_a_person(app: &App) {
    listen();
    let (acme, globex) = (app.tenant("acme").await, app.tenant("globex").await);
    let name = format!("nell{}", app.address.port());
    let address = format!("{name}@acme.example");
    let password = format!("correct horse {}", app.address.port());
    let scim = acme.scim();
    let mut body = user(&address);
    body["password"] = password.as_str().into();
    let id = scim.post("/Users", &body).await.assert_status(201).id();
    let path = format!("/Users/{id}");
    scim.put(&path, &body).await.assert_status(200);
    scim.post("/Users", &body).await.assert_status(409);
    scim.patch(&path, &patch(json!([{ "op": "replace", "path": "password", "value": password }])))
        .await
        .assert_status(200);
    scim.patch(&path, &patch(json!([{ "op": "replace", "path": "emails", "value": address.repeat(99) }]))).await;
    for filter in
        [format!("userName eq \"{address}\""), format!("emails.value co \"{name}\""), format!("x eq \"{address}\"")]
    {
        scim.get(&format!("/Users?filter={}", encode(&filter))).await;
    }
    scim.get(&format!("/Users/{}", encode(&address))).await.assert_status(404);
    scim.get(&format!("/{}", encode(&address))).await.assert_status(404);
    let mut foreign = globex.scim();
    foreign.token.clone_from(&acme.token);
    foreign.get("/Users").await.assert_status(401);
    for damaged in 1..20 {
        let token = &acme.token[..acme.token.len() - damaged];
        Request::new(app.address, "GET", "/scim/v2/Users").bearer(token).send().await.assert_status(401);
    }
    Request::new(app.address, "GET", &format!("/nowhere/{}?token={}", acme.token, acme.token)).send().await;
    let away = app.worker(Mailer::smtp("smtp://127.0.0.1:9").expect("an address"));
    work(&away).await;
    app.clock.advance(chrono::TimeDelta::hours(1));
    let link = app.link_of(&address).await;
    let secret = link.replace("/join/", "");
    app.get(&link).await.assert_status(200);
    app.post(&format!("{link}?ask=new")).await.assert_status(200);
    app.post(&link).await.assert_status(200);
    app.get(&format!("{link}x")).await.assert_status(404);
    let accepted = json!({ "secret": secret });
    app.api("POST", "/api/v1/invitations/accept").json(&accepted).send().await.assert_status(200);
    app.deliver().await;
    let operator = app.operator_token();

    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
    LISTENING.fetch_sub(1, Ordering::SeqCst);
    assert!(holds(&log, "answered") && holds(&log, &acme.id), "the log was heard");
    let stored = app.database.bytes().await;
    assert!(holds(&stored, &address), "the database was read");
    let events = serde_json::to_vec(&app.events(&acme).await).expect("JSON");
    for text in [&acme.token, &secret, &password, &operator] {
        for form in forms(text) {
            assert!(!holds(&log, &form), "{form} is in the log");
            assert!(!holds(&stored, &form), "{form} is in the database");
            assert!(!holds(&events, &form), "{form} is in the events");
        }
    }
    // Not more of the token than its public beginning, the tenant's id.
    assert!(!holds(&log, &acme.token[30..50]) && !holds(&log, &secret[44..60]));
    for form in [name.clone(), encode(&address), format!("{name} Example")] {
        assert!(!holds(&log, &form), "{form} is in the log");
    }
}
