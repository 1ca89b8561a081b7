//! Adding and removing one member, in a small group and in a very large one.

use super::{FEW, Place};
use crate::load::Measured;
use crate::report::{Against, Report};
use crate::server::Serving;
use anyhow::Result;
use std::ops::Range;

pub(super) const MEMBERS: &str = "add or remove a member, group of";

/// Number and members of the groups; the users before the first member come and go.
pub(super) const GROUPS: [(u32, Range<u32>); 3] = [(1, 100..110), (3, 100..1_100), (LARGE, 100..100_100)];
/// The number of the group with 100 000 members.
pub(super) const LARGE: u32 = 2;

/// How much longer it may take in a larger group than in the smallest.
const TIMES: f64 = 1.5;

impl Place<'_> {
    pub(super) fn members(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(MEMBERS) {
            return Ok(());
        }
        for clients in FEW {
            let mut against = Against::Nothing;
            for (group, members) in GROUPS {
                let measured = self.come_and_go(serving, group, clients)?;
                let smallest = Against::Smaller { per_second: measured.per_second(), times: TIMES };
                self.add(report, &format!("{MEMBERS} {}", members.len()), clients, measured, against.clone());
                if matches!(against, Against::Nothing) {
                    against = smallest;
                }
            }
        }
        Ok(())
    }

    /// Each client adds and removes a user of its own.
    fn come_and_go(&self, serving: &Serving, group: u32, clients: u32) -> Result<Measured> {
        let source = |user| {
            let (door, mut is_member) = (self.doors.large.clone(), false);
            move || {
                is_member = !is_member;
                Some(if is_member { door.add_member(group, user) } else { door.remove_member(group, user) })
            }
        };
        self.ask(serving, 204, (0..clients).map(source).collect())
    }
}
