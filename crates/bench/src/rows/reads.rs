//! Looking a user up: against the bare driver, and in tenants of different size.

use super::{CLIENTS, FEW, MEDIUM, Place, Random, SMALL};
use crate::database::{BareRead, Key};
use crate::load::{Measured, drive};
use crate::report::{Against, Report};
use crate::requests::Door;
use crate::server::Serving;
use anyhow::Result;

pub(super) const BY_ID: &str = "GET user by id";
pub(super) const BY_NAME: &str = "look-up by userName";
pub(super) const SIZES: &str = "look-up in a tenant of";

/// The share of the bare driver's rate that must be reached.
const SHARE: f64 = 0.4;
/// How much longer a look-up in a very large tenant may take.
const TIMES: f64 = 1.5;

impl Place<'_> {
    pub(super) fn reads(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        for (name, key) in [(BY_ID, Key::Id), (BY_NAME, Key::Name)] {
            if !self.wants(name) {
                continue;
            }
            for clients in CLIENTS {
                let measured = self.look_up(serving, &self.doors.small, SMALL, key, clients)?;
                let per_second = self.bare_reads(key, clients)?.per_second();
                self.add(report, name, clients, measured, Against::Ceiling { per_second, share: SHARE });
            }
        }
        Ok(())
    }

    pub(super) fn sizes(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(SIZES) {
            return Ok(());
        }
        for clients in FEW {
            let measured = self.look_up(serving, &self.doors.small, SMALL, Key::Name, clients)?;
            let per_second = measured.per_second();
            self.add(report, &format!("{SIZES} {SMALL}"), clients, measured, Against::Nothing);
            for (door, users) in [(&self.doors.medium, MEDIUM), (&self.doors.large, self.args.large)] {
                let measured = self.look_up(serving, door, users, Key::Name, clients)?;
                let against = Against::Smaller { per_second, times: TIMES };
                self.add(report, &format!("{SIZES} {users}"), clients, measured, against);
            }
        }
        Ok(())
    }

    fn look_up(&self, serving: &Serving, door: &Door, users: u32, key: Key, clients: u32) -> Result<Measured> {
        let source = |client| {
            let (door, mut random) = (door.clone(), Random::of(client));
            move || {
                let number = random.below(users);
                Some(match key {
                    Key::Id => door.user(number),
                    Key::Name => door.find(number),
                })
            }
        };
        self.ask(serving, 200, (0..clients).map(source).collect())
    }

    fn bare_reads(&self, key: Key, clients: u32) -> Result<Measured> {
        let (database, tenant) = (&self.database, self.doors.small.tenant);
        let client =
            |client| BareRead { database: database.clone(), tenant, key, random: Random::of(client), users: SMALL };
        self.driver.block_on(drive((0..clients).map(client).collect(), self.span(), None))
    }
}
