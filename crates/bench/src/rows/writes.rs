//! Creating and changing users, against the rate of single-row commits.

use super::{CLIENTS, Place, Random, SMALL};
use crate::report::{Against, Report};
use crate::requests::Door;
use crate::server::Serving;
use anyhow::Result;

pub(super) const CREATE: &str = "create user";
pub(super) const PATCH: &str = "PATCH user";

pub(super) const SIZES: &str = "create in a tenant of";

/// How much longer a create in a very large tenant may take.
const TIMES: f64 = 1.5;

/// The share of the rate of single-row commits that must be reached.
const SHARE: f64 = 0.4;

impl Place<'_> {
    pub(super) fn writes(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(CREATE) && !self.wants(PATCH) {
            return Ok(());
        }
        for (round, clients) in (0..).zip(CLIENTS) {
            let against = Against::Ceiling { per_second: self.commits(clients)?, share: SHARE };
            if self.wants(CREATE) {
                let sources = (0..clients).map(|client| creating(&self.doors.written, round, client)).collect();
                let measured = self.ask(serving, 201, sources)?;
                self.add(report, CREATE, clients, measured, against.clone());
            }
            if self.wants(PATCH) {
                let sources = (0..clients).map(|client| self.patching(clients, client)).collect();
                let measured = self.ask(serving, 200, sources)?;
                self.add(report, PATCH, clients, measured, against);
            }
        }
        Ok(())
    }

    pub(super) fn sizes_of_creates(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(SIZES) {
            return Ok(());
        }
        let measured = self.ask(serving, 201, vec![creating(&self.doors.small, 0, 0)])?;
        let against = Against::Smaller { per_second: measured.per_second(), times: TIMES };
        self.add(report, &format!("{SIZES} {SMALL}"), 1, measured, Against::Nothing);
        let measured = self.ask(serving, 201, vec![creating(&self.doors.large, 0, 0)])?;
        self.add(report, &format!("{SIZES} {}", self.args.large), 1, measured, against);
        Ok(())
    }

    /// Each client has users of its own: two clients that change one user would measure conflicts.
    fn patching(&self, clients: u32, client: u32) -> impl FnMut() -> Option<Vec<u8>> + Send + use<> {
        let (door, mut random, mut name) = (self.doors.written.clone(), Random::of(client), 0);
        move || {
            name += 1;
            Some(door.rename(random.below(SMALL / clients) * clients + client, name))
        }
    }
}

/// Everybody is new: the number holds the round, the client, and a count.
fn creating(door: &Door, round: u64, client: u32) -> impl FnMut() -> Option<Vec<u8>> + Send + use<> {
    let door = door.clone();
    let mut number = (round * 1000 + u64::from(client)) * 1_000_000;
    move || {
        number += 1;
        Some(door.create(number))
    }
}
