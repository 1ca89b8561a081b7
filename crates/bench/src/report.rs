//! The tables, as Markdown.

use crate::load::Measured;
use std::fmt;
use std::time::Duration;

/// What a row is held against.
#[derive(Clone, Debug)]
pub enum Against {
    /// Nothing; the rate stands for itself.
    Nothing,
    /// The best that the machine can do, in pieces of work a second; a share of it is the budget.
    Ceiling {
        /// Pieces of work a second.
        per_second: f64,
        /// The share that must be reached, of 1.
        share: f64,
    },
    /// The same with less data; so many times its duration is the budget.
    Smaller {
        /// Pieces of work a second.
        per_second: f64,
        /// How much longer it may take.
        times: f64,
    },
    /// The 99th percentile is the budget.
    Percentile(Duration),
}

/// One line of the table of rates.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was done.
    pub name: String,
    /// On which database.
    pub database: &'static str,
    /// How many at once.
    pub clients: u32,
    /// How it went.
    pub measured: Measured,
    /// What it is held against.
    pub against: Against,
}

/// One line of the table of single figures.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// On which database.
    pub database: &'static str,
    /// The figure with its unit.
    pub value: String,
    /// The budget with its unit.
    pub budget: &'static str,
    /// Whether it is kept.
    pub is_kept: bool,
}

/// Everything of one run.
#[derive(Debug, Default)]
pub struct Report {
    /// What the machine is.
    pub machine: String,
    /// The rates.
    pub rows: Vec<Row>,
    /// The single figures.
    pub figures: Vec<Figure>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, database, clients, measured, against } = self;
        let (middle, slow) = (millis(measured.percentile(50)), millis(measured.percentile(99)));
        let cpu = measured.cpu_each().map_or_else(|| "–".to_owned(), |each| each.as_micros().to_string());
        let rate = measured.per_second();
        write!(f, "| {name} | {database} | {clients} | {rate:.0} | {middle} | {slow} | {cpu} | {against}")?;
        match against {
            Against::Nothing => write!(f, " – | – |"),
            Against::Ceiling { per_second, share } => {
                let reached = rate / per_second;
                write!(f, " {:.0} % | {} |", reached * 100.0, verdict(reached >= *share))
            }
            Against::Smaller { per_second, times } => {
                let longer = per_second / rate;
                write!(f, " {longer:.2} × | {} |", verdict(longer <= *times))
            }
            Against::Percentile(most) => write!(f, " – | {} |", verdict(measured.percentile(99) <= *most)),
        }
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => write!(f, "– | – |"),
            Self::Ceiling { per_second, share } => write!(f, "{per_second:.0} | ≥ {:.0} % |", share * 100.0),
            Self::Smaller { per_second, times } => write!(f, "{per_second:.0} | ≤ {times} × |"),
            Self::Percentile(most) => write!(f, "– | p99 ≤ {} ms |", most.as_millis()),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, database, value, budget, is_kept } = self;
        write!(f, "| {name} | {database} | {value} | {budget} | {} |", verdict(*is_kept))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.machine)?;
        writeln!(
            f,
            "| work | database | clients | requests/s | p50 ms | p99 ms | usher's CPU µs each | ceiling/s | budget | ratio | kept |"
        )?;
        writeln!(f, "|---|---|--:|--:|--:|--:|--:|--:|---|--:|---|")?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        writeln!(f, "\n| figure | database | value | budget | kept |\n|---|---|--:|--:|---|")?;
        for figure in &self.figures {
            writeln!(f, "{figure}")?;
        }
        Ok(())
    }
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

const fn verdict(is_kept: bool) -> &'static str {
    if is_kept { "yes" } else { "**no**" }
}
