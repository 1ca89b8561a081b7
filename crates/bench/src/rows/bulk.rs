//! Many operations in one request.

use super::Place;
use crate::report::{Against, Report};
use crate::server::Serving;
use anyhow::Result;

pub(super) const BULK: &str = "Bulk of 1000 creates";

/// Operations of one request: the most that is taken.
const OPERATIONS: u64 = 1000;
/// Numbers that no other row gives to new users.
const FIRST: u64 = 9_000_000_000;

impl Place<'_> {
    /// One client, since a bulk is what one identity provider sends at its first synchronisation.
    pub(super) fn bulk(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(BULK) {
            return Ok(());
        }
        let (door, mut first) = (self.doors.written.clone(), FIRST);
        let source = move || {
            first += OPERATIONS;
            Some(door.bulk(first, OPERATIONS))
        };
        let measured = self.ask(serving, 200, vec![source])?;
        self.add(report, BULK, 1, measured, Against::Nothing);
        Ok(())
    }
}
