//! Going through the users of a very large tenant, page by page.

use super::Place;
use crate::http::Connection;
use crate::report::{Against, Report};
use crate::server::Serving;
use anyhow::{Context, Result};
use serde_json::Value;

pub(super) const PAGES: &str = "page of 100 users";

/// Users on a page.
const PAGE: u32 = 100;
/// How much longer the last page by cursor may take than the first.
const TIMES: f64 = 1.5;

impl Place<'_> {
    pub(super) fn pages(&self, serving: &Serving, report: &mut Report) -> Result<()> {
        if !self.wants(PAGES) {
            return Ok(());
        }
        let last = self.args.large - PAGE + 1;
        let pages = self.args.large / PAGE;
        self.page(serving, report, "index, first", &format!("count={PAGE}"), Against::Nothing)?;
        let query = format!("startIndex={last}&count={PAGE}");
        self.page(serving, report, &format!("index, number {pages}"), &query, Against::Nothing)?;
        self.page(serving, report, "cursor, first", &format!("cursor&count={PAGE}"), Against::Nothing)?;
        // The first page counts; from the second on each costs the same.
        let [second, deep] = self.load.block_on(self.cursors(serving, pages))?;
        let query = format!("cursor={second}&count={PAGE}");
        let per_second = self.page(serving, report, "cursor, number 2", &query, Against::Nothing)?;
        let query = format!("cursor={deep}&count={PAGE}");
        let against = Against::Smaller { per_second, times: TIMES };
        self.page(serving, report, &format!("cursor, number {pages}"), &query, against)?;
        Ok(())
    }

    /// One client, over and over the same page; answers the rate.
    fn page(&self, serving: &Serving, report: &mut Report, how: &str, query: &str, against: Against) -> Result<f64> {
        let request = self.doors.large.users(query);
        let measured = self.ask(serving, 200, vec![move || Some(request.clone())])?;
        let per_second = measured.per_second();
        self.add(report, &format!("{PAGES} by {how}"), 1, measured, against);
        Ok(per_second)
    }

    /// Walks to the last page, as a client has to: the cursors of the second page and of the last.
    async fn cursors(&self, serving: &Serving, pages: u32) -> Result<[String; 2]> {
        let mut connection = Connection::open(serving.address).await?;
        let (mut second, mut cursor) = (String::new(), String::new());
        for number in 2..=pages {
            let request = self.doors.large.users(&format!("cursor={cursor}&count={PAGE}"));
            let body: Value = serde_json::from_slice(connection.ask(&request).await?.body)?;
            let next = body.get("nextCursor").and_then(Value::as_str).context("a page without nextCursor")?;
            next.clone_into(&mut cursor);
            if number == 2 {
                next.clone_into(&mut second);
            }
        }
        Ok([second, cursor])
    }
}
