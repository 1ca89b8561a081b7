//! `meta.lastModified` as rows have it: in whole milliseconds.

use chrono::DateTime;
use usher_scim::AttrPath;
use usher_scim::filter::{CompareOp, Literal};
use usher_storage::Changed;

/// The rows for which a comparison of `meta.lastModified` holds, exactly; `None` for another comparison.
pub(crate) fn changed(path: &AttrPath, op: CompareOp, value: &Literal) -> Option<Changed> {
    if !path.is("meta") || path.sub.as_deref() != Some("lastModified") {
        return None;
    }
    let at = value.instant()?;
    // A leap second has no place among milliseconds.
    if at.timestamp_subsec_nanos() >= 1_000_000_000 {
        return None;
    }
    let floor = at.timestamp_millis();
    let millis = |millis: i64| DateTime::from_timestamp_millis(millis);
    let (from, beyond) = (millis(floor + i64::from(at.timestamp_subsec_nanos() % 1_000_000 != 0))?, millis(floor + 1)?);
    match op {
        CompareOp::Ge => Some(Changed::since(from)),
        CompareOp::Gt => Some(Changed::since(beyond)),
        CompareOp::Lt => Some(Changed { since: None, before: Some(from) }),
        CompareOp::Le => Some(Changed { since: None, before: Some(beyond) }),
        CompareOp::Eq => Some(Changed { since: Some(from), before: Some(beyond) }),
        CompareOp::Ne | CompareOp::Co | CompareOp::Sw | CompareOp::Ew => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use usher_scim::{Definition, Filter, Limits};
    use usher_storage::Changed;

    use super::changed;

    fn of(filter: &str) -> Option<Changed> {
        match Filter::parse(filter, &Definition::user(), &Limits::default()).unwrap() {
            Filter::Compare { path, op, value } => changed(&path, op, &value),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn bounds_are_exact_to_the_millisecond() {
        let at = |millis: i64| Some(DateTime::<Utc>::from_timestamp_millis(1_790_000_000_000 + millis).unwrap());
        let (since, before) = (|since| Changed { since, before: None }, |before| Changed { since: None, before });
        for (filter, expected) in [
            ("meta.lastModified ge \"2026-09-21T14:13:20Z\"", since(at(0))),
            ("meta.lastModified gt \"2026-09-21T14:13:20.000\"", since(at(1))),
            ("meta.lastModified ge \"2026-09-21T14:13:20.0000001Z\"", since(at(1))),
            ("meta.lastModified gt \"2026-09-21T14:13:20.0009999Z\"", since(at(1))),
            ("meta.lastModified lt \"2026-09-21T16:13:20.0000001+02:00\"", before(at(1))),
            ("meta.lastModified lt \"2026-09-21T14:13:20Z\"", before(at(0))),
            ("meta.lastModified le \"2026-09-21T14:13:20.0009Z\"", before(at(1))),
            ("meta.lastModified eq \"2026-09-21T14:13:20Z\"", Changed { since: at(0), before: at(1) }),
            ("meta.lastModified eq \"2026-09-21T14:13:20.0005Z\"", Changed { since: at(1), before: at(1) }),
        ] {
            assert_eq!(of(filter), Some(expected), "{filter}");
        }
        assert_eq!(of("meta.lastModified ge \"2016-12-31T23:59:60.5Z\""), None, "a leap second");
        assert_eq!(of("meta.created ge \"2026-09-21T14:13:20Z\""), None);
        assert_eq!(of("meta.lastModified ne \"2026-09-21T14:13:20Z\""), None);
    }
}
