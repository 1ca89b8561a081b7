//! The worker's rounds.

use std::future::Future;
use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use usher_core::DeliveryId;
use usher_provision::Provisioner;
use usher_storage::{DeliveryKind, DeliveryRecord, EventRecord, NewDelivery, Outcome, StorageError, Subject};

use crate::mailer::{Mailbox, Mailer};

/// The name of the mail reader's cursor in the log.
const READER: &str = "mail";
/// Events numbered, and read, in one step.
const STEP: u32 = 500;
/// Ends of deliveries noted in one transaction at most.
const TOGETHER: usize = 64;

/// How a worker works.
pub struct WorkerOptions {
    /// Where mail goes.
    pub mailer: Mailer,
    /// From whom mail comes.
    pub from: Mailbox,
    /// The name of the operator's product in mails.
    pub product: String,
    /// Where a confirmed person begins, if anywhere.
    pub start_url: Option<String>,
    /// How long to wait for news at most before looking again.
    pub poll: Duration,
    /// Deliveries leased, and carried out, at once.
    pub batch: u32,
    /// How long a lease lasts; longer than any attempt takes.
    pub lease: Duration,
    /// Attempts before a delivery is given up.
    pub attempts: u32,
}

/// Carries out what events cause.
pub struct Worker {
    pub(crate) provisioner: Provisioner,
    pub(crate) options: WorkerOptions,
}

impl Worker {
    /// A worker over the use cases.
    #[must_use]
    pub const fn new(provisioner: Provisioner, options: WorkerOptions) -> Self {
        Self { provisioner, options }
    }

    /// Works until `stop` is ready; what is leased by then is finished first. Trouble with the database is logged and
    /// waited out.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let wake = self.provisioner.wake();
        let mut stop = std::pin::pin!(stop);
        loop {
            let news = wake.notified();
            let pause = match self.round().await {
                Ok(0) => self.options.poll,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "the worker could not finish its round");
                    self.options.poll.max(Duration::from_secs(1))
                }
            };
            tokio::select! {
                () = &mut stop => return,
                () = news => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round: number what was committed, plan what it causes, send what is due. Answers how much there was to do.
    ///
    /// # Errors
    /// [`StorageError`] of the database; nothing is lost by it.
    pub async fn round(&self) -> Result<usize, StorageError> {
        let system = self.provisioner.store().system();
        let numbered = system.number_events(STEP).await?;
        let now = self.provisioner.now();
        let planned = system.plan_deliveries(READER, STEP, now, |event| self.plan(event)).await?;
        let lease = TimeDelta::from_std(self.options.lease).unwrap_or(TimeDelta::minutes(1));
        let due = system.lease_deliveries(self.options.batch, now, lease).await?;
        let sent = due.len();
        self.carry_out(due).await;
        Ok(usize::try_from(numbered).unwrap_or(usize::MAX).saturating_add(planned).saturating_add(sent))
    }

    /// All at once: none of them waits for its turn while its lease runs out. What has ended together is noted together.
    ///
    /// The notes are written while the other attempts go on. An attempt that nobody polls could hold the very connection that
    /// the note waits for, and both would stand still until the pool gives up.
    async fn carry_out(&self, due: Vec<DeliveryRecord>) {
        let attempts: FuturesUnordered<_> = due.into_iter().map(|delivery| self.deliver(delivery)).collect();
        let mut ended = attempts.ready_chunks(TOGETHER);
        let mut notes = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(chunk) = ended.next() => notes.push(self.note(chunk.into_iter().flatten().collect())),
                Some(()) = notes.next() => {}
                else => return,
            }
        }
    }

    async fn note(&self, ended: Vec<(DeliveryRecord, Outcome)>) {
        let system = self.provisioner.store().system();
        // The other attempts go on: to drop them would cut mails in the middle.
        if let Err(error) = system.finish_deliveries(&ended, self.provisioner.now()).await {
            tracing::error!(%error, "how deliveries ended could not be written down: they will be tried again");
        }
    }

    /// What an event causes: an invitation one mail, a confirmation another, nothing else any (S39, S40, S47).
    fn plan(&self, event: &EventRecord) -> Option<NewDelivery> {
        let kind = match event.event.kind.as_str() {
            "user.invited" => DeliveryKind::InvitationMail,
            "user.confirmed" => DeliveryKind::ConfirmedMail,
            _ => return None,
        };
        let Subject::User(user) = event.event.subject else { return None };
        Some(NewDelivery { id: DeliveryId::mint(self.provisioner.now(), self.provisioner.entropy()), kind, user })
    }
}
