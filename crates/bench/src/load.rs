//! Many clients at once, each asking again as soon as it has its answer.

use crate::machine;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What one client does.
pub trait Work: Send + 'static {
    /// Does one piece of it; `false` when there is nothing left.
    fn once(&mut self) -> impl Future<Output = Result<bool>> + Send;
}

/// How long a client works before and while it is measured.
#[derive(Clone, Copy)]
pub struct Span {
    /// Not measured.
    pub warm_up: Duration,
    /// Measured.
    pub measured: Duration,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How long each piece of work took, shortest first.
    latencies: Vec<Duration>,
    /// From the end of the warm-up to the last answer.
    over: Duration,
    /// What the watched process spent meanwhile, of all cores.
    cpu: Option<Duration>,
}

/// Lets the clients work, and watches what the process spends.
///
/// # Errors
/// The first error of a client, or when the work was done before the measuring began.
pub async fn drive<W: Work>(clients: Vec<W>, span: Span, process: Option<u32>) -> Result<Measured> {
    let begin = Instant::now() + span.warm_up;
    let end = begin + span.measured;
    let mut tasks = JoinSet::new();
    for client in clients {
        tasks.spawn(work(client, begin, end));
    }
    tokio::time::sleep_until(begin.into()).await;
    let spent = |process: Option<u32>| process.and_then(machine::cpu_time);
    let before = spent(process);
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.extend(done??);
    }
    let over = begin.elapsed();
    let cpu = before.zip(spent(process)).map(|(before, after)| after.saturating_sub(before));
    ensure!(!latencies.is_empty(), "nothing was left to be measured");
    latencies.sort_unstable();
    Ok(Measured { latencies, over, cpu })
}

async fn work<W: Work>(mut client: W, begin: Instant, end: Instant) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    loop {
        let start = Instant::now();
        if start >= end || !client.once().await? {
            return Ok(latencies);
        }
        if start >= begin {
            latencies.push(start.elapsed());
        }
    }
}

impl Measured {
    /// Pieces of work in a second.
    pub fn per_second(&self) -> f64 {
        self.count() / self.over.as_secs_f64()
    }

    /// The time within which this many of 100 were done.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// What the watched process spent on each piece of work.
    pub fn cpu_each(&self) -> Option<Duration> {
        self.cpu.map(|cpu| cpu.div_f64(self.count()))
    }

    fn count(&self) -> f64 {
        u32::try_from(self.latencies.len()).map_or(f64::INFINITY, f64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_rates_are_those_of_the_list() {
        let latencies = (1..=100).map(Duration::from_millis).collect();
        let measured = Measured { latencies, over: Duration::from_secs(4), cpu: Some(Duration::from_secs(1)) };
        assert_eq!(measured.percentile(50), Duration::from_millis(50));
        assert_eq!(measured.percentile(99), Duration::from_millis(99));
        assert!((measured.per_second() - 25.0).abs() < 1e-9);
        assert_eq!(measured.cpu_each(), Some(Duration::from_millis(10)));
    }

    struct Countdown(u32);

    impl Work for Countdown {
        async fn once(&mut self) -> Result<bool> {
            self.0 = self.0.saturating_sub(1);
            ensure!(self.0 != 7, "seven");
            Ok(self.0 > 0)
        }
    }

    #[tokio::test]
    async fn work_that_ends_early_is_counted_and_work_that_fails_is_told() {
        let span = Span { warm_up: Duration::ZERO, measured: Duration::from_mins(1) };
        let done = drive(vec![Countdown(6), Countdown(3)], span, None).await.expect("it works");
        assert_eq!(done.latencies.len(), 5 + 2);
        let failed = drive(vec![Countdown(9)], span, None).await;
        assert_eq!(failed.expect_err("it counts to seven").to_string(), "seven");
    }
}
