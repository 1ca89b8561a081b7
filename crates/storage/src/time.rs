//! Instants as the database keeps them: whole milliseconds since 1970.

use chrono::{DateTime, Utc};

pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub(crate) fn some_millis(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(millis)
}

/// Instants are written by [`millis`] only, so every stored number is in chrono's range.
pub(crate) fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

pub(crate) fn some_instant(millis: Option<i64>) -> Option<DateTime<Utc>> {
    millis.map(instant)
}
