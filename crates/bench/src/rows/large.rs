//! Reading a very large group.

use super::{Place, members};
use crate::machine;
use crate::report::{Against, Report};
use crate::server::Serving;
use anyhow::{Context, Result};

pub(super) const GROUP: &str = "GET a group of 100000 members";
pub(super) const MEMORY: &str = "memory for 16 answers of 100000 members at once";

const FEW: [u32; 2] = [1, 4];
const READERS: u32 = 16;
const MEGABYTE: u64 = 1_000_000;

impl Place<'_> {
    pub(super) fn large_group(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(GROUP) {
            return Ok(());
        }
        for clients in FEW {
            let measured = self.ask(serving, 200, self.readers(clients))?;
            self.add(report, GROUP, clients, measured, Against::Nothing);
        }
        Ok(())
    }

    /// What a fresh server takes more at most while many read the group than before.
    pub(super) fn memory_of_large_answers(&self, report: &mut Report) -> Result<()> {
        if !self.wants(MEMORY) {
            return Ok(());
        }
        let serving = self.load.block_on(self.usher.serve())?;
        let unknown = "the system does not tell what a process holds";
        let before = machine::resident(serving.process()).context(unknown)?;
        self.ask(&serving, 200, self.readers(READERS))?;
        let more = machine::peak(serving.process()).context(unknown)?.saturating_sub(before);
        self.figure(report, MEMORY, format!("{} MB", more / MEGABYTE), "< 100 MB", more < 100 * MEGABYTE);
        Ok(())
    }

    fn readers(&self, clients: u32) -> Vec<impl FnMut() -> Option<Vec<u8>> + Send + use<>> {
        let request = self.doors.large.group(members::LARGE);
        let source = |_| {
            let request = request.clone();
            move || Some(request.clone())
        };
        (0..clients).map(source).collect()
    }
}
