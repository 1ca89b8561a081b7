//! Serving: the application, its socket, its end.

use std::future::Future;
use std::net::{TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::{NormalizePath, from_fn};
use actix_web::{App, HttpServer, web};
use usher_provision::{DevMailbox, Provisioner};

use crate::health::Readiness;
use crate::{routes, trace};

/// How the gateway serves.
pub struct GatewayOptions {
    /// Threads that serve; 0 means one for each core.
    pub workers: usize,
    /// How long a request's body may take to arrive.
    pub body_timeout: Duration,
    /// How long requests under way may take to end at shutdown.
    pub shutdown: Duration,
    /// The host name below which each tenant has one of its own, if any.
    pub base_domain: Option<String>,
    /// The built-in mailbox, shown at `/dev/mailbox`; only `usher dev` has one.
    pub dev_mailbox: Option<Arc<DevMailbox>>,
    /// The name of the operator's product on pages.
    pub product: String,
    /// Where a confirmed person begins, if anywhere.
    pub start_url: Option<String>,
}

/// What the handlers of one thread share.
pub(crate) struct Shared {
    pub(crate) provisioner: Provisioner,
    pub(crate) options: Arc<GatewayOptions>,
    pub(crate) readiness: Readiness,
}

/// Takes the socket, so that a taken port is found before anything else happens.
///
/// # Errors
/// What the system says, with the address in the text.
pub fn bind(listen: &str) -> std::io::Result<TcpListener> {
    let explain =
        |error: std::io::Error| std::io::Error::new(error.kind(), format!("cannot listen on {listen}: {error}"));
    let address = listen.to_socket_addrs().map_err(explain)?.next();
    let address = address.ok_or_else(|| explain(std::io::ErrorKind::AddrNotAvailable.into()))?;
    let listener = TcpListener::bind(address).map_err(explain)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until `stop` is ready; requests under way are finished then.
///
/// # Errors
/// What the system says about the socket.
pub async fn run(
    provisioner: Provisioner,
    listener: TcpListener,
    options: GatewayOptions,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let (workers, shutdown) = (options.workers, options.shutdown);
    let options = Arc::new(options);
    // Called once on each thread that serves.
    let server = HttpServer::new(move || {
        let shared = Shared {
            provisioner: provisioner.for_thread(),
            options: Arc::clone(&options),
            readiness: Readiness::default(),
        };
        let shared = web::Data::new(shared);
        App::new()
            .app_data(shared.clone())
            .wrap(from_fn(trace::request))
            .wrap(NormalizePath::trim())
            .configure(|config| routes::configure(config, shared.options.dev_mailbox.is_some()))
    });
    let server = if workers == 0 { server } else { server.workers(workers) };
    let server = server.disable_signals().shutdown_timeout(shutdown.as_secs()).listen(listener)?.run();
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    let ended = |done: Result<std::io::Result<()>, tokio::task::JoinError>| {
        done.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    };
    tokio::select! {
        // It should not end by itself; if it does, nobody waits for a signal.
        done = &mut serving => return ended(done),
        () = stop => {}
    }
    handle.stop(true).await;
    ended(serving.await)
}
