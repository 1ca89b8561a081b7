//! A whole server for each test.

mod app;
mod database;
mod http;
mod maildir;
mod people;
mod tenant;

pub use app::{App, PUBLIC_URL, Setup, link_in, work};
pub use database::Database;
pub use http::{Answer, Request, encode};
pub use maildir::{mails_in_maildir, smtp_url};
pub use people::{bulk, group, patch, user};
pub use tenant::{Client, Tenant};

/// Runs a test over a new SQLite file.
pub fn on_sqlite(test: impl AsyncFnOnce(&App)) {
    run(async {
        let app = App::start(Database::sqlite().await, Setup::default()).await;
        test(&app).await;
        app.stop().await;
    });
}

/// Runs a test over a new PostgreSQL database.
pub fn on_postgres(test: impl AsyncFnOnce(&App)) {
    run(async {
        let app = App::start(Database::postgres().await, Setup::default()).await;
        test(&app).await;
        app.stop().await;
    });
}

fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}
