//! Mail over a real SMTP server, and what happens when there is none.

use chrono::TimeDelta;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use usher_worker::mailer::Mailer;

use crate::harness::{App, link_in, mails_in_maildir, smtp_url, work};

on_both_backends!(
    an_invitation_goes_through_a_real_mail_server_to_a_confirmed_user,
    mail_waits_while_the_server_is_away_and_leaves_once,
    a_worker_that_dies_after_handing_over_costs_one_copy_at_most,
    two_workers_send_each_mail_once,
    a_crowd_is_mailed_at_once_though_connections_are_few,
);

/// An address that no other test mails to.
fn address(app: &App, name: &str) -> String {
    let backend = if app.database.folder().is_some() { "sqlite" } else { "postgres" };
    format!("{name}-{backend}-{}@acme.example", app.address.port())
}

async fn an_invitation_goes_through_a_real_mail_server_to_a_confirmed_user(app: &App) {
    let acme = app.tenant("acme").await;
    let to = address(app, "ada");
    let id = acme.scim().create_user(&to).await;
    let worker = app.worker(Mailer::smtp(&smtp_url()).expect("an address"));
    work(&worker).await;
    let mails = mails_in_maildir(&to);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("From: Vault <no-reply@vault.example.com>"), "{}", mails[0]);
    assert!(mails[0].contains("Auto-Submitted: auto-generated") && mails[0].contains("multipart/alternative"));
    let link = link_in(&mails[0]);
    app.get(&link).await.assert_status(200);
    app.post(&link).await.assert_status(200);
    assert_eq!(app.state_of(&acme, &id).await["state"], "active");
    work(&worker).await;
    work(&worker).await;
    assert_eq!(mails_in_maildir(&to).len(), 2, "one that invites and one that confirms");
}

async fn mail_waits_while_the_server_is_away_and_leaves_once(app: &App) {
    let acme = app.tenant("acme").await;
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let away = format!("smtp://{}", closed.local_addr().expect("a bound socket"));
    drop(closed);
    let (away, back) = (
        app.worker(Mailer::smtp(&away).expect("an address")),
        app.worker(Mailer::smtp(&smtp_url()).expect("an address")),
    );
    let to: Vec<String> = ["one", "two", "three"].map(|name| address(app, name)).to_vec();
    for address in &to {
        acme.scim().create_user(address).await;
    }
    for _ in 0..6 {
        work(&away).await;
        app.clock.advance(TimeDelta::hours(1));
    }
    for _ in 0..2 {
        app.clock.advance(TimeDelta::hours(4));
        work(&back).await;
        for address in &to {
            assert_eq!(mails_in_maildir(address).len(), 1, "{address}");
        }
    }
}

/// A mail server that takes one mail and never says that it has it; answers the mail's text.
async fn silent_server() -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("smtp://{}", listener.local_addr().expect("a bound socket"));
    let (taken, mail) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let (reader, mut writer) = stream.into_split();
        writer.write_all(b"220 here\r\n").await.expect("a client that listens");
        let mut lines = BufReader::new(reader).lines();
        let (mut text, mut inside) = (String::new(), false);
        while let Ok(Some(line)) = lines.next_line().await {
            if inside && line == "." {
                break;
            }
            if inside {
                text.extend([&line, "\n"]);
                continue;
            }
            inside = line == "DATA";
            let answer: &[u8] = if inside { b"354 go on\r\n" } else { b"250 ok\r\n" };
            writer.write_all(answer).await.expect("a client that listens");
        }
        taken.send(text).expect("the test waits for it");
        // The connection stays open without an answer until the client goes.
        while let Ok(Some(_)) = lines.next_line().await {}
    });
    (url, mail)
}

async fn a_worker_that_dies_after_handing_over_costs_one_copy_at_most(app: &App) {
    let acme = app.tenant("acme").await;
    let to = address(app, "ada");
    acme.scim().create_user(&to).await;
    let (url, mail) = silent_server().await;
    let dying = app.worker(Mailer::smtp(&url).expect("an address"));
    let first = tokio::select! {
        mail = mail => mail.expect("a mail"),
        () = work(&dying) => panic!("the server never said that it has the mail"),
    };
    drop(dying);
    app.deliver().await;
    assert!(app.mails_to(&to).is_empty(), "the lease has not ended");
    app.clock.advance(TimeDelta::minutes(2));
    for _ in 0..3 {
        app.deliver().await;
        app.clock.advance(TimeDelta::hours(5));
    }
    let second = app.mails_to(&to);
    assert_eq!(second.len(), 1);
    assert!(first.contains(&format!("Message-ID: <{}@vault.example.com>", second[0].id)), "{first}");
    assert!(first.replace("=\n", "").contains(&link_in(&second[0].text)), "both carry the same link");
}

async fn two_workers_send_each_mail_once(app: &App) {
    let acme = app.tenant("acme").await;
    let to: Vec<String> = (0..12).map(|n| address(app, &format!("user{n}"))).collect();
    for address in &to {
        acme.scim().create_user(address).await;
    }
    let replica = app.replica(crate::harness::Setup::default()).await;
    let workers = [
        app.worker(Mailer::smtp(&smtp_url()).expect("an address")),
        replica.worker(Mailer::smtp(&smtp_url()).expect("an address")),
    ];
    tokio::join!(work(&workers[0]), work(&workers[1]));
    work(&workers[0]).await;
    for address in &to {
        assert_eq!(mails_in_maildir(address).len(), 1, "{address}");
    }
    replica.stop().await;
}

/// The tests' pool has five connections; the mails of a round are many more.
async fn a_crowd_is_mailed_at_once_though_connections_are_few(app: &App) {
    let acme = app.tenant("acme").await;
    let crowd: Vec<String> = (0..20).map(|n| format!("crowd{n}@acme.example")).collect();
    for address in &crowd {
        acme.scim().create_user(address).await;
    }
    app.deliver().await;
    for address in &crowd {
        assert_eq!(app.mails_to(address).len(), 1, "{address}");
    }
}
