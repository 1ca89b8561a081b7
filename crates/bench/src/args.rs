//! What `cargo xtask bench` asks for.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::Duration;

/// How the program is called.
pub const USAGE: &str = "\
usage: usher-bench --directory DIR --postgres URL --pgbench FILE [--seconds N] [--quick] [--only TEXT]

  --directory DIR   a directory for the SQLite files and the logs
  --postgres URL    a superuser of an empty PostgreSQL with durable settings
  --pgbench FILE    the program of that PostgreSQL
  --seconds N       measured seconds of each cell, after one second of warm-up (5)
  --quick           a large tenant of 101 000 users in place of 1 000 000
  --only TEXT       only rows whose `name, database` contains the text";

/// The arguments, read.
#[derive(Debug)]
pub struct Args {
    /// Where files go.
    pub directory: PathBuf,
    /// A superuser's URL.
    pub postgres: String,
    /// The program.
    pub pgbench: PathBuf,
    /// Measured time of each cell.
    pub span: Duration,
    /// Users of the large tenant.
    pub large: u32,
    /// Part of the name of the rows to be measured.
    pub only: String,
}

impl Args {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// For an unknown word, a missing one, or a number that is none.
    pub fn read(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let (mut directory, mut postgres, mut pgbench) = (None, None, None);
        let (mut seconds, mut large, mut only) = (5, 1_000_000, String::new());
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--directory" => directory = Some(PathBuf::from(value()?)),
                "--postgres" => postgres = Some(value()?),
                "--pgbench" => pgbench = Some(PathBuf::from(value()?)),
                "--seconds" => seconds = value()?.parse().context("--seconds needs a whole number")?,
                "--only" => only = value()?,
                "--quick" => large = 101_000,
                _ => bail!("unknown argument {word}"),
            }
        }
        Ok(Self {
            directory: directory.context("--directory is missing")?,
            postgres: postgres.context("--postgres is missing")?,
            pgbench: pgbench.context("--pgbench is missing")?,
            span: Duration::from_secs(u64::max(seconds, 1)),
            large,
            only,
        })
    }

    /// Whether a row is wanted.
    pub fn wants(&self, row: &str, database: &str) -> bool {
        format!("{row}, {database}").contains(&self.only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Args> {
        Args::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_must_be_said_is_asked_for() {
        let all = read("--directory d --postgres p --pgbench b --seconds 2 --quick").expect("nothing is missing");
        assert_eq!((all.span, all.large), (Duration::from_secs(2), 101_000));
        assert!(read("--directory d --postgres p").is_err());
        assert!(read("--directory d --postgres p --pgbench b --fast").is_err());
        assert!(read("--directory d --postgres p --pgbench").is_err());
    }

    #[test]
    fn rows_are_chosen_by_name_and_database() {
        let args = read("--directory d --postgres p --pgbench b --only user,").expect("nothing is missing");
        assert!(args.wants("create user", "SQLite"));
        assert!(!args.wants("create group", "SQLite"));
    }
}
