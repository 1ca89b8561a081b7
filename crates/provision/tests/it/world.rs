//! A fresh database, a clock that stands, and usher's use cases over both.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use usher_core::{Clock, ConnectionKind, Domain, Entropy, KeyRing, ManualClock, OsEntropy, TenantSlug};
use usher_provision::{NewTenant, NewToken, OperatorScope, Parts, Provisioner};
use usher_scim::Limits;
use usher_storage::{Options, Store};

use crate::tenant::Tenant;

/// Everything a test needs.
pub struct World {
    pub provisioner: Provisioner,
    pub clock: Arc<ManualClock>,
    pub chance: Arc<Chance>,
    pub url: String,
    pub folder: Option<Folder>,
}

/// Real randomness, until it is told to give the same bytes for ever: then two events get one id.
#[derive(Default)]
pub struct Chance(AtomicBool);

impl Chance {
    pub fn stick(&self, stuck: bool) {
        self.0.store(stuck, Ordering::SeqCst);
    }
}

impl Entropy for Chance {
    fn fill(&self, buffer: &mut [u8]) {
        if self.0.load(Ordering::SeqCst) { buffer.fill(7) } else { OsEntropy.fill(buffer) }
    }
}

pub struct Folder(pub PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the folder was made by this test");
    }
}

impl World {
    async fn on(url: String, folder: Option<Folder>) -> Self {
        usher_migrations::migrate(&url).await.expect("the database is migrated");
        let start = DateTime::from_timestamp_millis(1_790_000_000_000).unwrap();
        let (clock, chance) = (Arc::new(ManualClock::at(start)), Arc::new(Chance::default()));
        let provisioner = provisioner(open(&url).await, &clock, &chance);
        Self { provisioner, clock, chance, url, folder }
    }

    pub fn operator(&self) -> OperatorScope {
        self.provisioner.operator()
    }

    /// Another process on the same database, which remembers no token.
    pub async fn replica(&self) -> Provisioner {
        provisioner(open(&self.url).await, &self.clock, &self.chance)
    }

    /// Another process whose statements are told to `observer`.
    pub async fn watched(&self, observer: impl Fn(&str) + Send + Sync + 'static) -> Provisioner {
        let store = open(&self.url).await.observed(move |sql, _, _| observer(sql));
        provisioner(store, &self.clock, &self.chance)
    }

    /// One with other bounds.
    pub async fn bounded(&self, limits: Limits) -> Provisioner {
        bounded(open(&self.url).await, &self.clock, &self.chance, limits)
    }

    pub fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    pub fn now(&self) -> DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// A tenant with a connection of kind `generic` and a token.
    pub async fn tenant(&self, slug: &str) -> Tenant {
        self.tenant_with(slug, ConnectionKind::Generic, &[]).await
    }

    pub async fn tenant_with(&self, slug: &str, kind: ConnectionKind, domains: &[&str]) -> Tenant {
        let domains = domains.iter().map(|domain| Domain::parse(domain).unwrap()).collect();
        let new = NewTenant { slug: TenantSlug::parse(slug).unwrap(), name: None, domains };
        let tenant = self.operator().create_tenant(new).await.unwrap();
        self.connection(&tenant.id, slug, "main", kind).await
    }

    /// A token of a connection, which is made if it is not there.
    pub async fn connection(&self, id: &str, slug: &str, name: &str, kind: ConnectionKind) -> Tenant {
        let token = self.operator().create_token(slug, NewToken::of(name, kind)).await.unwrap();
        Tenant::enter(&self.provisioner, id, slug, name, &token).await
    }
}

fn provisioner(store: Store, clock: &Arc<ManualClock>, chance: &Arc<Chance>) -> Provisioner {
    bounded(store, clock, chance, Limits::default())
}

fn bounded(store: Store, clock: &Arc<ManualClock>, chance: &Arc<Chance>, limits: Limits) -> Provisioner {
    Provisioner::new(Parts {
        store,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::clone(chance) as Arc<dyn Entropy>,
        keys: KeyRing::new(["0123456789abcdef0123456789abcdef"]).unwrap(),
        public_url: "https://usher.example".to_owned(),
        base_domain: Some("usher.example".to_owned()),
        limits,
    })
}

pub fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Arc<World>) -> F) {
    run(async {
        let folder = Folder(std::env::temp_dir().join(format!("usher-provision-{}", unique())));
        let url = format!("sqlite://{}/usher.db", folder.0.display());
        test(Arc::new(World::on(url, Some(folder)).await)).await;
    });
}

pub fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Arc<World>) -> F) {
    run(async {
        let server = std::env::var("USHER_TEST_POSTGRES")
            .expect("USHER_TEST_POSTGRES names the PostgreSQL server for tests: run `cargo xtask test`");
        let name = format!("provision_{}", unique());
        let url = usher_migrations::create_database(&server, &name).await.expect("a new database");
        let world = Arc::new(World::on(url, None).await);
        test(Arc::clone(&world)).await;
        world.provisioner.store().clone().close().await;
    });
}

fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

async fn open(url: &str) -> Store {
    let options = Options { url: url.to_owned(), max_connections: 5, acquire_timeout: Duration::from_secs(30) };
    Store::open(&options).await.expect("the database opens")
}

/// No other test, of this process or another one, has the same.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
