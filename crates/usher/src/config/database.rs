//! `[database]`

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::Value;
use usher_core::Secret;

use super::section::section;
use super::values::{Setting, quoted, text};

section! {
    /// Where usher keeps everything.
    Database = "database" {
        /// `sqlite://path/of/the.file` or `postgres://user:password@host:5432/database`. A relative path of SQLite
        /// begins in the directory in which usher was started.
        url: DatabaseUrl = DatabaseUrl::default();
        /// A file with the URL in it, in place of `database.url`.
        url_file: Option<PathBuf> = None;
        /// The largest number of connections that one process opens; the threads that serve share them evenly, and each
        /// has two at least.
        max_connections: u64 = 30, in 1..=500;
        /// How long a request waits for a free connection, in seconds; then it is answered 503.
        acquire_timeout_seconds: u64 = 3, in 1..=60;
        /// Whether `usher serve` brings the schema up to date when it starts. Without it, `usher migrate` does it.
        migrate_on_start: bool = false;
    }
}

impl Database {
    /// How long a request waits for a free connection.
    #[must_use]
    pub fn acquire_timeout(&self) -> Duration {
        Duration::from_secs(self.acquire_timeout_seconds)
    }
}

/// Where the database is. May hold a password, so only [`DatabaseUrl::expose`] gives all of it.
#[derive(Clone, Debug)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    /// The whole URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The directory of the SQLite file; `None` for PostgreSQL.
    #[must_use]
    pub fn directory(&self) -> Option<PathBuf> {
        let path = self.expose().strip_prefix("sqlite:")?;
        let path = Path::new(path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default());
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Some(parent.unwrap_or_else(|| Path::new(".")).to_owned())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        let server = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        match (file, server) {
            (Some(file), _) if file.contains(":memory:") || file.contains("mode=memory") => {
                Err("must name a file: a database in memory is gone when usher stops".to_owned())
            }
            (Some(rest), _) | (_, Some(rest)) if !rest.split('?').next().unwrap_or_default().is_empty() => {
                Ok(Self(Secret::new(text.to_owned())))
            }
            _ => Err("must be sqlite://FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned()),
        }
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(Secret::new("sqlite://data/usher.db".to_owned()))
    }
}

/// Shows scheme, host and path only: passwords also stand in the query (`?password=`).
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = self.expose().split('?').next().unwrap_or_default();
        match bare.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
            Some((scheme, host)) => write!(f, "{scheme}://{host}"),
            None => f.write_str(bare),
        }
    }
}

impl Setting for DatabaseUrl {
    const KIND: &'static str = "URL";

    fn read(value: &Value) -> Result<Self, String> {
        Self::parse(text(value)?.trim())
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self.expose()))
    }

    fn shown(&self) -> Option<String> {
        Some(quoted(self))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::DatabaseUrl;

    #[test]
    fn a_database_is_a_file_or_a_postgresql() {
        for good in
            ["sqlite://data/usher.db", "sqlite:///var/lib/usher.db?mode=rwc", "sqlite:usher.db", "postgres://db/u"]
        {
            assert!(DatabaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "sqlite://", "sqlite:", "sqlite::memory:", "postgres://", "mysql://db/u", "usher.db", "/usher.db"]
        {
            assert!(DatabaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        for url in ["postgres://usher:s3cret@db:5432/usher", "postgres://u:a@s3cret@db:5432/usher?password=s3cret"] {
            let url = DatabaseUrl::parse(url).unwrap();
            assert_eq!(url.to_string(), "postgres://db:5432/usher");
            assert!(!format!("{url:?}").contains("s3cret"));
        }
    }

    #[test]
    fn the_directory_of_the_file_is_known() {
        let directory = |url| DatabaseUrl::parse(url).unwrap().directory();
        assert_eq!(DatabaseUrl::default().directory().as_deref(), Some(Path::new("data")));
        assert_eq!(directory("sqlite:///var/lib/u.db?mode=rwc").as_deref(), Some(Path::new("/var/lib")));
        assert_eq!(directory("sqlite:u.db").as_deref(), Some(Path::new(".")));
        assert_eq!(directory("postgres://db/u"), None);
    }
}
