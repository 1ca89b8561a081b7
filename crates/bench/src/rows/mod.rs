//! What is measured, row by row.

mod bulk;
mod large;
mod members;
mod pages;
mod parsing;
mod reads;
mod single;
mod writes;

use crate::args::Args;
use crate::database::Database;
use crate::fill::{self, Kind};
use crate::http::Connection;
use crate::load::{Measured, Span, Work, drive};
use crate::report::{Against, Report, Row};
use crate::requests::Door;
use crate::server::{Serving, Usher};
use crate::{commits, machine};
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// How many ask at once.
const CLIENTS: [u32; 3] = [1, 16, 64];
/// How many where the size of the data is what matters.
const FEW: [u32; 2] = [1, 16];

/// Users of the tenant that is small.
const SMALL: u32 = 1000;
/// Users of the tenant between small and large.
const MEDIUM: u32 = 100_000;
/// Open invitations to be accepted.
const INVITED: u32 = 30_000;

/// One database with a server on it.
struct Place<'a> {
    args: &'a Args,
    /// One thread: the load generator must leave the cores to the server.
    load: Runtime,
    /// As many threads as the server has: for the bare driver.
    driver: Runtime,
    usher: Usher,
    database: Database,
    doors: Doors,
}

/// The tenants.
struct Doors {
    /// [`SMALL`] users, only read.
    small: Door,
    /// [`MEDIUM`] users, only read.
    medium: Door,
    /// Very many users, and the groups.
    large: Door,
    /// [`SMALL`] users, written to.
    written: Door,
    /// [`INVITED`] users who have not accepted yet.
    invited: Door,
}

/// Measures everything that the arguments ask for.
///
/// # Errors
/// When a server does not start, a request is refused, or the database fails.
pub fn measure(args: &Args) -> Result<Report> {
    let sqlite = format!("sqlite://{}", args.directory.join("bench.db").display());
    let mut report = Report::default();
    parsing::measure(args, &mut report)?;
    let mut versions = Vec::new();
    let load = machine::load_average().unwrap_or_else(|| "unknown".to_owned());
    for url in [sqlite, args.postgres.clone()] {
        if let Some(place) = Place::prepare(args, url)? {
            place.measure(&mut report)?;
            versions.push(place.version()?);
            place.driver.block_on(place.database.close());
        }
    }
    report.machine = format!("{}; {}; load before the run: {load}", machine::description(), versions.join("; "));
    Ok(report)
}

impl<'a> Place<'a> {
    /// Fills a database; `None` when no row of it is wanted.
    fn prepare(args: &'a Args, url: String) -> Result<Option<Self>> {
        let name = if url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
        if !ROWS.iter().any(|row| args.wants(row, name)) {
            return Ok(None);
        }
        let load = Builder::new_current_thread().enable_all().build()?;
        let driver = Builder::new_multi_thread().enable_all().build()?;
        let usher = Usher::beside_us(&args.directory, url)?;
        usher.json(&["migrate"])?;
        let doors = Doors {
            small: usher.tenant("small")?,
            medium: usher.tenant("medium")?,
            large: usher.tenant("large")?,
            written: usher.tenant("written")?,
            invited: usher.tenant("invited")?,
        };
        driver.block_on(fill_all(args, &usher.database, &doors))?;
        let database = driver.block_on(Database::open(&usher.database))?;
        Ok(Some(Self { args, load, driver, usher, database, doors }))
    }

    fn measure(&self, report: &mut Report) -> Result<()> {
        self.cold_start(report)?;
        let serving = self.load.block_on(self.usher.serve())?;
        self.warm_authentication(&serving, report)?;
        self.reads(&serving, report)?;
        self.writes(&serving, report)?;
        self.members(&serving, report)?;
        self.sizes(&serving, report)?;
        self.sizes_of_creates(&serving, report)?;
        self.pages(&serving, report)?;
        self.large_group(&serving, report)?;
        self.bulk(&serving, report)?;
        self.joins(&serving, report)?;
        drop(serving);
        self.memory_of_large_answers(report)?;
        self.memory(report)
    }

    fn version(&self) -> Result<String> {
        let sql = match self.database {
            Database::Sqlite(_) => "select 'SQLite ' || sqlite_version()",
            Database::Postgres(_) => "select 'PostgreSQL ' || current_setting('server_version')",
        };
        self.driver.block_on(self.database.text(sql))
    }

    fn wants(&self, row: &str) -> bool {
        self.args.wants(row, self.database.name())
    }

    fn span(&self) -> Span {
        Span { warm_up: Duration::from_secs(1), measured: self.args.span }
    }

    /// Asks the server from as many connections as there are sources of requests.
    fn ask<F>(&self, serving: &Serving, expected: u16, sources: Vec<F>) -> Result<Measured>
    where
        F: FnMut() -> Option<Vec<u8>> + Send + 'static,
    {
        self.load.block_on(async {
            let mut clients = Vec::new();
            for next in sources {
                clients.push(Caller { connection: Connection::open(serving.address).await?, expected, next });
            }
            drive(clients, self.span(), Some(serving.process())).await
        })
    }

    /// How many single-row commits the database makes.
    fn commits(&self, clients: u32) -> Result<f64> {
        let run = commits::Run { clients, span: self.span() };
        let directory = &self.args.directory;
        match self.database {
            Database::Sqlite(_) => self.driver.block_on(commits::sqlite(directory, run)),
            Database::Postgres(_) => {
                let pgbench = commits::pgbench(&self.database, &self.args.pgbench, &self.args.postgres, directory, run);
                self.driver.block_on(pgbench)
            }
        }
    }

    fn add(&self, report: &mut Report, name: &str, clients: u32, measured: Measured, against: Against) {
        let row = Row { name: name.to_owned(), database: self.database.name(), clients, measured, against };
        eprintln!("{row}");
        report.rows.push(row);
    }
}

/// Every row and figure, to see early whether a database is needed at all.
const ROWS: [&str; 15] = [
    single::START,
    single::AUTHENTICATION,
    single::ACCEPT,
    single::MEMORY,
    reads::BY_ID,
    reads::BY_NAME,
    reads::SIZES,
    writes::CREATE,
    writes::PATCH,
    writes::SIZES,
    members::MEMBERS,
    pages::PAGES,
    large::GROUP,
    large::MEMORY,
    bulk::BULK,
];

async fn fill_all(args: &Args, url: &str, doors: &Doors) -> Result<()> {
    let start = Instant::now();
    let database = Database::open_for_filling(url).await?;
    let tenants = [
        (&doors.small, SMALL, Kind::Active),
        (&doors.medium, MEDIUM, Kind::Active),
        (&doors.large, args.large, Kind::Active),
        (&doors.written, SMALL, Kind::Active),
        (&doors.invited, INVITED, Kind::Invited),
    ];
    for (door, users, kind) in tenants {
        fill::users(&database, door.tenant, connection_of(&database, door).await?, users, kind).await?;
    }
    let connection = connection_of(&database, &doors.large).await?;
    for (number, members) in members::GROUPS {
        fill::group(&database, doors.large.tenant, connection, number, members).await?;
    }
    fill::settle(&database).await?;
    database.close().await;
    eprintln!("{} is filled after {:.0} s", database.name(), start.elapsed().as_secs_f64());
    Ok(())
}

async fn connection_of(database: &Database, door: &Door) -> Result<Uuid> {
    database.id("select connection_id from connections where tenant_id = $1", door.tenant).await
}

/// Asks over one connection what a source of requests says.
struct Caller<F> {
    connection: Connection,
    expected: u16,
    next: F,
}

impl<F: FnMut() -> Option<Vec<u8>> + Send + 'static> Work for Caller<F> {
    async fn once(&mut self) -> Result<bool> {
        let Some(request) = (self.next)() else { return Ok(false) };
        let answer = self.connection.ask(&request).await.with_context(|| first_line(&request))?;
        if answer.status != self.expected {
            bail!("{}: {} {}", first_line(&request), answer.status, String::from_utf8_lossy(answer.body));
        }
        Ok(true)
    }
}

fn first_line(request: &[u8]) -> String {
    String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned()
}

/// Numbers that look random and cost nothing (xorshift64); each client has its own.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of one client.
    pub fn of(client: u32) -> Self {
        Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(u64::from(client) + 1))
    }

    /// A number less than `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(end.max(1))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_reach_all_of_the_range_and_differ_by_client() {
        let (mut one, mut other) = (Random::of(0), Random::of(1));
        let numbers: Vec<u32> = (0..1000).map(|_| one.below(10)).collect();
        assert!((0..10).all(|number| numbers.contains(&number)) && numbers.iter().all(|number| *number < 10));
        assert_ne!(numbers, (0..1000).map(|_| other.below(10)).collect::<Vec<_>>());
    }
}
