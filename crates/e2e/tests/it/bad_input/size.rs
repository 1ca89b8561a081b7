//! Bodies that are too large or too slow.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Untouched, refusals};
use crate::harness::{Answer, App, Setup, user};

on_both_backends!(
    r67_a_body_beyond_1_mib_is_413_however_it_comes,
    r68_slow_bodies_are_cut_while_others_are_served,
    a_body_that_breaks_off_changes_nothing,
);

async fn r67_a_body_beyond_1_mib_is_413_however_it_comes(app: &App) {
    let there = Untouched::new(app).await;
    let scim = there.tenant.scim();
    let request = |body: Vec<u8>| scim.request("POST", "/Users").bytes("application/scim+json", body);
    let limit = 1 << 20;
    let mut fits = user("eve@acme.example").to_string().replace("\"active\":true", "\"active\":\"perhaps\"");
    fits.push_str(&" ".repeat(limit - fits.len()));
    request(fits.clone().into_bytes()).send().await.assert_scim_error(400, Some("invalidValue"));
    request(fits.clone().into_bytes()).chunked().send().await.assert_scim_error(400, Some("invalidValue"));
    fits.push(' ');
    request(fits.clone().into_bytes()).send().await.assert_scim_error(413, None);
    request(fits.into_bytes()).chunked().send().await.assert_scim_error(413, None);
    request(vec![b' '; 20 << 20]).send().await.assert_scim_error(413, None);
    request(vec![b' '; 20 << 20]).chunked().send().await.assert_scim_error(413, None);
    request(Vec::new()).header("Content-Length", "9999999999").send().await.assert_scim_error(413, None);
    let zipped = request(vec![0x1f; 20 << 20]).header("Content-Encoding", "gzip").chunked();
    zipped.send().await.assert_scim_error(415, None);
    there.check().await;
    let reasons = refusals(app, &there.tenant).await;
    assert_eq!(reasons.iter().filter(|reason| *reason == "body_too_large").count(), 5, "{reasons:?}");
}

/// The head of a request and half of its body.
async fn half(app: &App, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.expect("the server listens");
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{\"userName\":\"slow@acme.example\""
    );
    stream.write_all(head.as_bytes()).await.expect("it is taken");
    stream
}

async fn r68_slow_bodies_are_cut_while_others_are_served(app: &App) {
    let there = Untouched::new(app).await;
    let setup = Setup { body_timeout: Duration::from_millis(300), ..Setup::default() };
    let quick = app.replica(setup).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        slow.push(half(&quick, &there.tenant.token).await);
    }
    let others = there.tenant.through(quick.address);
    let served = tokio::time::timeout(Duration::from_secs(2), others.get("/Users")).await;
    served.expect("others do not wait").assert_status(200);
    for mut stream in slow {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut bytes)).await;
        read.expect("it was cut").expect("it ended in order");
        let answer = Answer::parse(&bytes).assert_scim_error(408, None);
        assert!(answer.text().contains("in time"));
    }
    there.check().await;
    quick.stop().await;
}

async fn a_body_that_breaks_off_changes_nothing(app: &App) {
    let there = Untouched::new(app).await;
    for _ in 0..5 {
        drop(half(app, &there.tenant.token).await);
    }
    there.check().await;
    assert_eq!(there.tenant.scim().total("/Users", "userName sw \"slow\"").await, 0);
}
