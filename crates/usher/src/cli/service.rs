//! A process that runs until it is told to stop.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};
use usher_gateway::GatewayOptions;
use usher_provision::{DevMailbox, Provisioner};
use usher_worker::mailer::Mailer;
use usher_worker::{Worker, WorkerOptions};

use super::failure::Failure;
use crate::config::Config;

/// What a stop may take beyond `server.shutdown_seconds`, for closing what the parts leave behind.
const MARGIN: Duration = Duration::from_secs(5);

/// What runs.
pub struct Service {
    /// The use cases, with the database under them.
    pub provisioner: Provisioner,
    /// The settings.
    pub config: Config,
    /// Where requests come in; `None` when this process answers none.
    pub listener: Option<TcpListener>,
    /// Where mail goes when it stays in the house.
    pub mailbox: Option<Arc<DevMailbox>>,
    /// Whether this process delivers.
    pub delivers: bool,
    /// What asks for a stop.
    pub signals: Signals,
}

/// Takes the port, before anything else is done or said.
///
/// # Errors
/// When the address cannot be listened on.
pub fn bind(config: &Config) -> Result<TcpListener, Failure> {
    let listen = config.server.listen;
    usher_gateway::bind(&listen.to_string()).map_err(|error| {
        let message = if error.kind() == ErrorKind::AddrInUse {
            format!(
                "cannot listen on {listen}: the port is taken; is usher running already? Stop it, or set \
                 USHER__SERVER__LISTEN to another address"
            )
        } else {
            error.to_string()
        };
        Failure::new("listen", message)
    })
}

impl Service {
    /// Runs until SIGTERM or Ctrl-C, lets what is under way finish, and closes the database. A second signal, or a stop
    /// that takes longer than `server.shutdown_seconds` allows, ends it at once.
    ///
    /// # Errors
    /// When a part cannot go on, or what was under way had to be cut.
    pub async fn run(self) -> Result<(), Failure> {
        let signals = &self.signals;
        let worker = self.worker()?;
        let parts = async {
            let (working, worker_ended) = oneshot::channel::<()>();
            let worker = async {
                if let Some(worker) = worker {
                    worker.run(signals.told(1)).await;
                }
                drop(working);
                Ok(())
            };
            // The worker ends first: database connections that the gateway's threads have opened die with those threads,
            // and a mail that was sent must still be noted.
            let gateway_stop = async {
                signals.told(1).await;
                let _ = worker_ended.await;
            };
            let (serving, gateway_ended) = oneshot::channel::<()>();
            let gateway = async {
                let ended = self.gateway(gateway_stop).await;
                drop(serving);
                ended
            };
            // Until the last request has been answered, there is something to count.
            let counts = async {
                self.provisioner.keep_counts(async { drop(gateway_ended.await) }).await;
                Ok(())
            };
            tokio::try_join!(gateway, worker, counts).map(|_| ())
        };
        let overdue = async {
            signals.told(1).await;
            tokio::select! {
                () = signals.told(2) => {}
                () = tokio::time::sleep(self.config.server.shutdown() + MARGIN) => {}
            }
        };
        let ended = tokio::select! {
            ended = parts => ended,
            () = overdue => Err(Failure::new("cut", "stopped before everything under way was finished")),
        };
        self.provisioner.store().clone().close().await;
        ended
    }

    async fn gateway(&self, stop: impl Future<Output = ()>) -> Result<(), Failure> {
        let Some(listener) = &self.listener else {
            stop.await;
            return Ok(());
        };
        let trouble = |error| Failure::new("internal", format!("cannot answer requests: {error}"));
        let Config { server, mail, .. } = &self.config;
        let options = GatewayOptions {
            workers: usize::try_from(server.workers).unwrap_or_default(),
            body_timeout: server.body_timeout(),
            shutdown: server.shutdown(),
            base_domain: server.base_domain.as_ref().map(|domain| domain.as_str().to_owned()),
            dev_mailbox: self.mailbox.clone(),
            product: mail.product.to_string(),
            start_url: mail.start_url.as_ref().map(ToString::to_string),
        };
        let listener = listener.try_clone().map_err(trouble)?;
        usher_gateway::run(self.provisioner.clone(), listener, options, stop).await.map_err(trouble)
    }

    /// The worker, when mail has somewhere to go.
    fn worker(&self) -> Result<Option<Worker>, Failure> {
        let Config { mail, worker, .. } = &self.config;
        let mailer = match (&self.mailbox, &mail.url) {
            _ if !self.delivers => return Ok(None),
            (Some(mailbox), _) => Mailer::Outbox(Arc::clone(mailbox)),
            (None, Some(url)) => Mailer::smtp(url.expose()).map_err(|error| Failure::new("configuration", error))?,
            (None, None) => return Ok(None),
        };
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let options = WorkerOptions {
            mailer,
            from: mail.from.mailbox()?,
            product: mail.product.to_string(),
            start_url: mail.start_url.as_ref().map(ToString::to_string),
            poll: Duration::from_millis(worker.poll_milliseconds),
            batch: count(worker.batch),
            lease: Duration::from_secs(worker.lease_seconds),
            attempts: count(worker.max_attempts),
        };
        Ok(Some(Worker::new(self.provisioner.clone(), options)))
    }
}

/// How often the process was told to stop, by SIGTERM or Ctrl-C.
pub struct Signals(watch::Receiver<u8>);

impl Signals {
    /// Begins to hear them, before the process says that it is ready: until then a signal ends it at once.
    ///
    /// # Errors
    /// When the system does not let them be heard.
    pub fn hear() -> Result<Self, Failure> {
        let open =
            |kind| signal(kind).map_err(|error| Failure::new("internal", format!("cannot hear signals: {error}")));
        let (mut terminate, mut interrupt) = (open(SignalKind::terminate())?, open(SignalKind::interrupt())?);
        let (sender, receiver) = watch::channel(0_u8);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                tracing::info!("stopping: requests and deliveries under way are finished first");
                sender.send_modify(|count| *count = count.saturating_add(1));
            }
        });
        Ok(Self(receiver))
    }

    /// Ends when the process was told to stop so many times.
    async fn told(&self, times: u8) {
        // An error means that nobody listens for signals any more, which is a stop as well.
        let _ = self.0.clone().wait_for(|count| *count >= times).await;
    }
}
