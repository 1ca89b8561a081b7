//! kill -9, SIGTERM, and a database that goes away: nothing acknowledged is lost.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::home::poll;
use crate::installation::{Backend, Installation, mail_server};
use crate::load::{self, Load};
use crate::postgres::{self, Cluster};

/// Kills in one test.
const ROUNDS: usize = 5;

/// A number below `bound`, another one in each run.
fn any_below(bound: u64) -> usize {
    usize::try_from(RandomState::new().hash_one(()) % bound).unwrap()
}

fn kills_lose_nothing(backend: Backend) {
    let installation = Installation::new(backend.home("killed"));
    let mut running = installation.serve("gateway");
    let group = installation.group();
    let mut all = Vec::new();
    for round in 0..ROUNDS {
        let load = Load::start(&installation, &group, round);
        load.wait_for(5 + any_below(80));
        running.kill();
        let people = load.end();
        running = installation.serve("gateway");
        load::assert_kept(&installation, &group, &people);
        all.push(people);
    }
    let before: Vec<_> = all.into_iter().flatten().filter(load::Person::is_complete).collect();
    load::assert_kept(&installation, &group, &before);
    assert_eq!(running.terminate().1, Some(0));
}

#[test]
fn r83_a_kill_loses_nothing_acknowledged_on_sqlite() {
    kills_lose_nothing(Backend::Sqlite);
}

#[test]
fn r83_a_kill_loses_nothing_acknowledged_on_postgresql() {
    kills_lose_nothing(Backend::Postgres);
}

fn a_stop_loses_nothing(backend: Backend) {
    let installation = Installation::new(backend.home("stopped").with("USHER__MAIL__URL", &mail_server()));
    let running = installation.serve("all");
    let group = installation.group();
    let load = Load::start(&installation, &group, 0);
    load.wait_for(20);
    let asked = Instant::now();
    assert_eq!(running.terminate(), (String::new(), Some(0)));
    assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?}", asked.elapsed());
    let people = load.end();
    let _running = installation.serve("gateway");
    load::assert_kept(&installation, &group, &people);
}

#[test]
fn a_stop_under_load_loses_nothing_on_sqlite() {
    a_stop_loses_nothing(Backend::Sqlite);
}

#[test]
fn a_stop_under_load_loses_nothing_on_postgresql() {
    a_stop_loses_nothing(Backend::Postgres);
}

/// A mail that was in the worker's hands was sent and noted: it does not go out again after its lease.
#[test]
fn a_stop_leaves_no_delivery_half_done() {
    let url = postgres::database("half-done");
    let home = Backend::Sqlite.home("half-done").with("USHER__DATABASE__URL", &url);
    let home = home.with("USHER__MAIL__URL", &mail_server()).with("USHER__WORKER__POLL_MILLISECONDS", "50");
    let installation = Installation::new(home);
    let group = {
        let _running = installation.serve("gateway");
        installation.group()
    };
    for round in 0..3 {
        let running = installation.serve("all");
        let load = Load::start(&installation, &group, round);
        load.wait_for(10 + any_below(20));
        assert_eq!(running.terminate(), (String::new(), Some(0)));
        load.finish();
        let half_done = "select count(*) from deliveries where state = 'pending' and attempts > 0";
        assert_eq!(postgres::query(&url, half_done), "0", "round {round}");
    }
}

#[test]
fn a_database_that_goes_away_and_comes_back_is_answered_503_and_no_other_way() {
    let mut cluster = Cluster::start("outage");
    let url = cluster.database("outage");
    let home = Backend::Sqlite.home("outage").with("USHER__DATABASE__URL", &url);
    let home = home.with("USHER__DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1").with("USHER__MAIL__URL", &mail_server());
    let installation = Installation::new(home);
    let _running = installation.serve("all");
    let group = installation.group();
    let load = Load::start(&installation, &group, 0);
    load.wait_for(20);
    // A restart, as for an update of PostgreSQL.
    cluster.stop();
    cluster.resume();
    load.wait_for(20);
    // An outage that lasts.
    cluster.stop();
    load.wait_for_refusals(8);
    let status = |path: &str| installation.client().ask("GET", path, &Value::Null).status;
    poll("not ready", Duration::from_secs(10), || (status("/readyz") == 503).then_some(()));
    assert_eq!(status("/healthz"), 200, "a restart of usher would not help");
    cluster.resume();
    load.wait_for(20);
    poll("ready again", Duration::from_secs(10), || (status("/readyz") == 200).then_some(()));
    let people = load.finish();
    load::assert_kept(&installation, &group, &people);
    // The worker came back too: nobody's mail waits, but what it had in its hands waits for the end of its lease.
    let waiting = "select count(*) from deliveries where state = 'pending' and attempts = 0";
    let unplanned = "select count(*) from events where kind = 'user.invited' and not exists \
                     (select 1 from deliveries where deliveries.event_id = events.event_id)";
    poll("all mails are sent", Duration::from_secs(20), || {
        [waiting, unplanned].iter().all(|count| postgres::query(&url, count) == "0").then_some(())
    });
}
