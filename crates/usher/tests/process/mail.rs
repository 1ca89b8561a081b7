//! A worker is killed between mails: everybody gets their invitation, nobody more than two.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::home::poll;
use crate::installation::{Backend, Installation, mail_server, variable};
use crate::postgres;

const PEOPLE: usize = 12;
/// Mails that the worker has in its hands at once, and so the most that can go out twice.
const BATCH: usize = 4;

fn address(number: usize) -> String {
    format!("person-{}-{number}@acme.example", std::process::id())
}

/// The Message-IDs of the mails to each person.
fn arrived() -> Vec<Vec<String>> {
    let mut arrived = vec![Vec::new(); PEOPLE];
    let mails = std::fs::read_dir(PathBuf::from(variable("USHER_TEST_MAILDIR")).join("new")).into_iter().flatten();
    // A mail of another test may be cleared away in between.
    for text in mails.flatten().filter_map(|mail| std::fs::read_to_string(mail.path()).ok()) {
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
        let to = header("To:");
        for (number, mails) in arrived.iter_mut().enumerate() {
            if to.contains(&address(number)) {
                mails.push(header("Message-ID:"));
            }
        }
    }
    arrived
}

#[test]
fn a_worker_killed_between_mails_leaves_nobody_without_and_nobody_with_three() {
    let url = postgres::database("mail");
    let home = Backend::Sqlite.home("mail").with("USHER__DATABASE__URL", &url);
    let home = home.with("USHER__MAIL__URL", &mail_server());
    let home = home.with("USHER__WORKER__BATCH", &BATCH.to_string()).with("USHER__WORKER__POLL_MILLISECONDS", "50");
    let installation = Installation::new(home);
    let _gateway = installation.serve("gateway");
    for number in 0..PEOPLE {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": address(number),
            "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "emails": [{ "value": address(number), "type": "work", "primary": true }], "active": true
        });
        assert_eq!(installation.client().ask("POST", "/scim/v2/Users", &user).status, 201);
    }
    assert_eq!(arrived().concat(), Vec::<String>::new(), "a gateway sends no mail");

    let worker = installation.serve("worker");
    poll("the first mail", Duration::from_secs(10), || arrived().iter().any(|mails| !mails.is_empty()).then_some(()));
    worker.kill();
    // What the dead worker had taken is given back after `worker.lease_seconds`, 30 at least: that time is over.
    postgres::query(&url, "update deliveries set due_at = due_at - 3600000 where state = 'pending'");

    let _worker = installation.serve("worker");
    let sent = "select count(*) from deliveries where state = 'sent'";
    poll("all are sent", Duration::from_secs(20), || (postgres::query(&url, sent) == PEOPLE.to_string()).then_some(()));
    let arrived = arrived();
    for mails in &arrived {
        assert!((1..=2).contains(&mails.len()), "{arrived:?}");
        assert_eq!(mails.iter().collect::<HashSet<_>>().len(), 1, "a second copy can be told by its id: {arrived:?}");
    }
    assert!(arrived.concat().len() <= PEOPLE + BATCH, "{arrived:?}");
}
