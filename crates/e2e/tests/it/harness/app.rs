//! The server: gateway and worker over one database, with a clock that stands still.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use usher_core::{ConnectionKind, KeyRing, ManualClock, OsEntropy, TenantSlug};
use usher_gateway::GatewayOptions;
use usher_provision::{DevMailbox, NewTenant, NewToken, OperatorScope, Parts, Provisioner, StoredMail};
use usher_scim::Limits;
use usher_worker::mailer::Mailer;
use usher_worker::{Worker, WorkerOptions};

use super::http::{Answer, Request};
use super::{Database, Tenant};

/// The address under which the world is said to reach the server.
pub const PUBLIC_URL: &str = "https://usher.example.com";
/// When every test begins.
const START: i64 = 1_795_348_800;
const KEY: &str = "a key of thirty-two bytes or more, for tests";

/// What a test may set.
#[derive(Clone)]
pub struct Setup {
    pub body_timeout: Duration,
    pub base_domain: Option<String>,
    pub development: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { body_timeout: Duration::from_secs(10), base_domain: None, development: true }
    }
}

/// A running server.
pub struct App {
    pub address: SocketAddr,
    pub provisioner: Provisioner,
    pub clock: Arc<ManualClock>,
    pub database: Database,
    mailbox: Arc<DevMailbox>,
    worker: Worker,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl App {
    pub async fn start(database: Database, setup: Setup) -> Self {
        let start = DateTime::from_timestamp(START, 0).expect("a time");
        Self::serve(database, setup, Arc::new(ManualClock::at(start)), Arc::new(DevMailbox::new())).await
    }

    /// A second server over the same database, with the same clock and mailbox.
    pub async fn replica(&self, setup: Setup) -> Self {
        Self::serve(self.database.clone(), setup, Arc::clone(&self.clock), Arc::clone(&self.mailbox)).await
    }

    async fn serve(database: Database, setup: Setup, clock: Arc<ManualClock>, mailbox: Arc<DevMailbox>) -> Self {
        let provisioner = Provisioner::new(Parts {
            store: database.open().await,
            clock: Arc::<ManualClock>::clone(&clock),
            entropy: Arc::new(OsEntropy),
            keys: KeyRing::new([KEY]).expect("a key"),
            public_url: PUBLIC_URL.to_owned(),
            base_domain: setup.base_domain.clone(),
            limits: Limits::default(),
        });
        let listener = usher_gateway::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let options = GatewayOptions {
            workers: 1,
            body_timeout: setup.body_timeout,
            shutdown: Duration::from_secs(1),
            base_domain: setup.base_domain,
            dev_mailbox: setup.development.then(|| Arc::clone(&mailbox)),
            product: "Vault".to_owned(),
            start_url: Some("https://vault.example.com/start".to_owned()),
        };
        let (stop, stopped) = oneshot::channel();
        let gateway = usher_gateway::run(provisioner.clone(), listener, options, async {
            // A dropped sender is a stop as well.
            let _ = stopped.await;
        });
        let serving = tokio::spawn(gateway);
        let worker = worker(&provisioner, Mailer::Outbox(Arc::clone(&mailbox)));
        Self { address, provisioner, clock, database, mailbox, worker, stop, serving }
    }

    pub async fn stop(self) {
        self.stop.send(()).expect("the server waits for it");
        self.serving.await.expect("the server did not panic").expect("the server stopped cleanly");
        self.provisioner.store().clone().close().await;
    }

    pub fn operator(&self) -> OperatorScope {
        self.provisioner.operator()
    }

    /// A tenant with one connection as for Okta.
    pub async fn tenant(&self, slug: &str) -> Tenant {
        self.tenant_of(slug, ConnectionKind::Okta).await
    }

    pub async fn tenant_of(&self, slug: &str, kind: ConnectionKind) -> Tenant {
        let new = NewTenant { slug: TenantSlug::parse(slug).expect("a slug"), name: None, domains: Vec::new() };
        let tenant = self.operator().create_tenant(new).await.expect("a new tenant");
        let token = self.operator().create_token(slug, NewToken::of("first", kind)).await.expect("a token");
        Tenant::new(self.address, slug, &tenant.id, &token)
    }

    /// Another connection of a tenant.
    pub async fn connection(&self, tenant: &Tenant, name: &str, kind: ConnectionKind) -> Tenant {
        let token = self.operator().create_token(&tenant.slug, NewToken::of(name, kind)).await.expect("a token");
        Tenant::new(self.address, &tenant.slug, &tenant.id, &token)
    }

    pub fn operator_token(&self) -> String {
        usher_gateway::operator_token(self.provisioner.keys(), self.provisioner.now(), TimeDelta::hours(1))
            .expect("an operator token")
    }

    /// A request to the operator API.
    pub fn api(&self, method: &str, path: &str) -> Request {
        Request::new(self.address, method, path).bearer(&self.operator_token())
    }

    /// A user as the operator's application sees them.
    pub async fn state_of(&self, tenant: &Tenant, user: &str) -> Value {
        let path = format!("/api/v1/tenants/{}/users/{user}", tenant.slug);
        self.api("GET", &path).send().await.assert_status(200).json()
    }

    /// The tenant's log.
    pub async fn events(&self, tenant: &Tenant) -> Vec<Value> {
        let path = format!("/api/v1/tenants/{}/events?limit=1000", tenant.slug);
        let body = self.api("GET", &path).send().await.assert_status(200).json();
        body["events"].as_array().expect("a list").clone()
    }

    /// How often each kind of event stands in the tenant's log.
    pub async fn count(&self, tenant: &Tenant, kind: &str) -> usize {
        self.events(tenant).await.iter().filter(|event| event["kind"] == kind).count()
    }

    pub fn get(&self, path: &str) -> impl Future<Output = Answer> {
        Request::new(self.address, "GET", path).send()
    }

    pub fn post(&self, path: &str) -> impl Future<Output = Answer> {
        Request::new(self.address, "POST", path).send()
    }

    /// A worker over this database with a mailer of its own.
    pub fn worker(&self, mailer: Mailer) -> Worker {
        worker(&self.provisioner, mailer)
    }

    /// Lets the worker finish all that is due.
    pub async fn deliver(&self) {
        work(&self.worker).await;
    }

    /// The mails to an address, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<StoredMail> {
        self.mailbox.list().into_iter().rev().filter(|mail| mail.to == address).collect()
    }

    /// The path of the link in the last mail to an address, after delivering.
    pub async fn link_of(&self, address: &str) -> String {
        self.deliver().await;
        link_in(&self.mails_to(address).last().expect("a mail").text)
    }
}

fn worker(provisioner: &Provisioner, mailer: Mailer) -> Worker {
    let options = WorkerOptions {
        mailer,
        from: "Vault <no-reply@vault.example.com>".parse().expect("an address"),
        product: "Vault".to_owned(),
        start_url: Some("https://vault.example.com/start".to_owned()),
        poll: Duration::from_secs(1),
        batch: 20,
        lease: Duration::from_mins(1),
        attempts: 12,
    };
    Worker::new(provisioner.clone(), options)
}

/// Rounds until there is nothing to do.
pub async fn work(worker: &Worker) {
    while worker.round().await.expect("a round") > 0 {}
}

/// The path of the invitation's link in a mail's text.
pub fn link_in(text: &str) -> String {
    let (_, rest) = text.split_once(PUBLIC_URL).expect("a link");
    rest.split_whitespace().next().expect("a path").to_owned()
}
