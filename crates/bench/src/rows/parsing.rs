//! Reading what clients send, in this very process: four times as much must not take much more than four times as long.

use crate::args::Args;
use crate::report::{Figure, Report};
use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};
use usher_scim::{Definition, Filter, Limits, Patch, json as scim_json};

/// A figure is the fastest of so many.
const TRIES: usize = 15;
/// How much longer four times as much may take.
const TIMES: f64 = 6.0;

/// A parser, with an input at a quarter of its limit and one at its limit.
struct Case {
    name: &'static str,
    inputs: [String; 2],
    read: fn(&str) -> bool,
}

/// Measures each parser.
///
/// # Errors
/// When an input is refused: what is refused early would seem fast.
pub(super) fn measure(args: &Args, report: &mut Report) -> Result<()> {
    for Case { name, inputs: [small, large], read } in cases() {
        if !args.wants(name, "–") {
            continue;
        }
        let (small, large) = (fastest(|| read(&small))?, fastest(|| read(&large))?);
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        let value = format!("{} and {} µs: {ratio:.1} ×", small.as_micros(), large.as_micros());
        let figure =
            Figure { name: name.to_owned(), database: "–", value, budget: "≤ 6 ×", is_kept: ratio <= TIMES };
        eprintln!("{figure}");
        report.figures.push(figure);
    }
    Ok(())
}

fn cases() -> [Case; 3] {
    [
        Case {
            name: "reading a filter of 25 and of 100 comparisons",
            inputs: [25, 100].map(filter),
            read: |text| Filter::parse(text, &Definition::user(), &Limits::default()).is_ok(),
        },
        Case {
            name: "reading and applying a PATCH of 250 and of 1000 operations",
            inputs: [250, 1000].map(patch),
            read: |text| {
                let (user, limits) = (Definition::user(), Limits::default());
                let body = scim_json::parse(text.as_bytes(), &limits);
                let patch = body.and_then(|body| Patch::read(body, &user, &limits));
                patch.and_then(|patch| patch.apply(&Map::new(), &user, &limits)).is_ok()
            },
        },
        Case {
            name: "reading a user of 250 KB and of 1 MB",
            inputs: [250_000, 1_000_000].map(user),
            read: |text| {
                let limits = Limits::default();
                scim_json::parse(text.as_bytes(), &limits)
                    .and_then(|body| Definition::user().read(body, &limits))
                    .is_ok()
            },
        },
    ]
}

fn filter(comparisons: usize) -> String {
    let one = |number: usize| format!("userName eq \"{number:060}\"");
    (0..comparisons).map(one).collect::<Vec<_>>().join(" or ")
}

fn patch(operations: usize) -> String {
    let one = |number: usize| json!({ "op": "replace", "path": "name.familyName", "value": format!("Name {number}") });
    json!({ "Operations": (0..operations).map(one).collect::<Vec<_>>() }).to_string()
}

fn user(bytes: usize) -> String {
    let unknown = (0..bytes / 40).map(|number| (format!("unknown{number:09}"), Value::from("a value of text")));
    let mut user: Map<String, Value> = unknown.collect();
    user.insert("userName".to_owned(), "ada".into());
    Value::Object(user).to_string()
}

fn fastest(read: impl Fn() -> bool) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..TRIES {
        let start = Instant::now();
        ensure!(black_box(read()), "an input is refused");
        best = best.min(start.elapsed());
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_is_within_the_limits_and_one_is_four_times_the_other() {
        for Case { name, inputs: [small, large], read } in cases() {
            assert!(read(&small) && read(&large), "{name}");
            assert!((large.len() / 100).abs_diff(small.len() / 25) <= large.len() / 1000, "{name}");
        }
    }
}
