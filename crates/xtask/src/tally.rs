//! Counts tests from what cargo prints.

use std::fmt;

/// How many tests ran, over all test binaries.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Adds a line of the output if it is the summary of one test binary:
    /// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
    pub fn read(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        self.passed += count_before(counts, "passed;");
        self.failed += count_before(counts, "failed;");
        self.skipped += count_before(counts, "ignored;");
    }

    /// Takes cargo's own verdict in: a crate that did not compile and a test process that died print no summary,
    /// and must not end as `0 failed`.
    pub fn close(&mut self, cargo_succeeded: bool) {
        if !cargo_succeeded && self.failed == 0 {
            self.failed = 1;
        }
    }

    /// Whether no test failed.
    pub fn is_good(self) -> bool {
        self.failed == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

fn count_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn the_binaries_of_a_run_are_added_up() {
        let output = "
running 2 tests
test tests::a ... ok
test tests::b ... ignored
test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests usher_core
test result: FAILED. 40 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.25s
";
        assert_eq!(tally(output).to_string(), "41 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn colours_do_not_hide_the_counts() {
        let line =
            "test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(tally(line).to_string(), "3 passed, 0 failed");
    }

    #[test]
    fn only_whole_summary_lines_count() {
        assert_eq!(tally("a log says: test result: ok. 9 passed; 9 failed;").to_string(), "0 passed, 0 failed");
        assert_eq!(tally("test result: what? passed; failed;").to_string(), "0 passed, 0 failed");
    }

    #[test]
    fn a_run_that_died_without_a_summary_is_a_failure() {
        let mut tally = tally("test result: ok. 5 passed; 0 failed; 0 ignored;");
        tally.close(false);
        assert_eq!(tally.to_string(), "5 passed, 1 failed");
        assert!(!tally.is_good());
    }

    #[test]
    fn cargos_verdict_adds_nothing_to_counted_failures() {
        let mut tally = tally("test result: FAILED. 5 passed; 3 failed; 0 ignored;");
        tally.close(false);
        assert_eq!(tally.to_string(), "5 passed, 3 failed");
    }

    #[test]
    fn a_good_run_stays_good() {
        let mut tally = tally("test result: ok. 5 passed; 0 failed; 0 ignored;");
        tally.close(true);
        assert!(tally.is_good());
    }
}
