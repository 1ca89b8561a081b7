//! What is measured once: start, warm authentication, acceptance, memory.

use super::{CLIENTS, INVITED, Place};
use crate::database::Database;
use crate::http::Connection;
use crate::report::{Against, Figure, Report};
use crate::requests::{self, Door};
use crate::server::{KEY, Serving};
use crate::{fill, machine};
use anyhow::{Context, Result, ensure};
use std::time::Duration;
use usher_core::{InvitationSecret, KeyRing, TenantId, UserId};
use uuid::Uuid;

pub(super) const START: &str = "cold start to ready";
pub(super) const AUTHENTICATION: &str = "warm authentication";
pub(super) const ACCEPT: &str = "accept to confirmed";
pub(super) const MEMORY: &str = "memory, 10 000 tenants seen";

const STARTS: usize = 5;
const ACCEPTING: u32 = 16;
const TENANTS: u32 = 10_000;
const MEGABYTE: u64 = 1_000_000;

impl Place<'_> {
    /// The median of some starts; a start of the server on a filled database with an up-to-date schema.
    pub(super) fn cold_start(&self, report: &mut Report) -> Result<()> {
        if !self.wants(START) {
            return Ok(());
        }
        let mut times = Vec::new();
        for _ in 0..STARTS {
            times.push(self.load.block_on(self.usher.serve())?.ready_after);
        }
        times.sort_unstable();
        let median = times[STARTS / 2];
        let (budget, most) = match self.database {
            Database::Sqlite(_) => ("< 1 s", Duration::from_secs(1)),
            Database::Postgres(_) => ("< 2 s", Duration::from_secs(2)),
        };
        self.figure(report, START, format!("{} ms", median.as_millis()), budget, median < most);
        Ok(())
    }

    /// A request that needs a valid token and no row.
    pub(super) fn warm_authentication(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(AUTHENTICATION) {
            return Ok(());
        }
        for clients in CLIENTS {
            let request = self.doors.small.discovery();
            let source = |_| {
                let request = request.clone();
                move || Some(request.clone())
            };
            let measured = self.ask(serving, 200, (0..clients).map(source).collect())?;
            self.add(report, AUTHENTICATION, clients, measured, Against::Nothing);
        }
        Ok(())
    }

    /// Each invitation is accepted once, by the button of its page.
    pub(super) fn joins(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(ACCEPT) {
            return Ok(());
        }
        let keys = KeyRing::new([KEY])?;
        let tenant = TenantId::from_uuid(self.doors.invited.tenant);
        let source = |client: u32| {
            let (keys, mut number) = (keys.clone(), client);
            move || {
                let user = UserId::from_uuid(fill::user_id(number));
                let is_left = number < INVITED;
                number += ACCEPTING;
                is_left.then(|| requests::join(InvitationSecret::derive(&keys, tenant, user, 1).expose()))
            }
        };
        let measured = self.ask(serving, 200, (0..ACCEPTING).map(source).collect())?;
        self.add(report, ACCEPT, ACCEPTING, measured, Against::Percentile(Duration::from_millis(50)));
        Ok(())
    }

    /// What a fresh server holds after one request of each of very many tenants.
    pub(super) fn memory(&self, report: &mut Report) -> Result<()> {
        if !self.wants(MEMORY) {
            return Ok(());
        }
        let tokens = self.driver.block_on(async {
            let database = Database::open_for_filling(&self.usher.database).await?;
            let tokens = fill::tenants(&database, TENANTS).await;
            database.close().await;
            tokens
        })?;
        let bytes = self.load.block_on(async {
            let serving = self.usher.serve().await?;
            let mut connection = Connection::open(serving.address).await?;
            for (number, token) in tokens.into_iter().enumerate() {
                let door = Door { tenant: Uuid::nil(), slug: format!("seen-{number}"), token };
                let answer = connection.ask(&door.discovery()).await?;
                ensure!(answer.status == 200, "a filled tenant is refused: {}", answer.status);
            }
            machine::resident(serving.process()).context("the system does not tell what a process holds")
        })?;
        let value = format!("{} MB", bytes / MEGABYTE);
        self.figure(report, MEMORY, value, "< 100 MB", bytes < 100 * MEGABYTE);
        Ok(())
    }

    pub(super) fn figure(&self, report: &mut Report, name: &str, value: String, budget: &'static str, is_kept: bool) {
        let figure = Figure { name: name.to_owned(), database: self.database.name(), value, budget, is_kept };
        eprintln!("{figure}");
        report.figures.push(figure);
    }
}
