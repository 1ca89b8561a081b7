//! Spans of time on the command line.

use chrono::TimeDelta;

/// Longest span taken: ten years.
const LONGEST: TimeDelta = TimeDelta::days(3653);

/// Reads a span such as `365d`, `12h` or `1h 30m`: from one second to ten years.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse(text: &str) -> Result<TimeDelta, String> {
    let span =
        humantime::parse_duration(text).map_err(|error| format!("{error}; write for example 365d, 12h or 30m"))?;
    let span = TimeDelta::from_std(span).map_err(|_| "it is longer than ten years".to_owned())?;
    if span < TimeDelta::seconds(1) {
        return Err("it is shorter than one second".to_owned());
    }
    if span > LONGEST { Err("it is longer than ten years".to_owned()) } else { Ok(span) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::parse;

    #[test]
    fn spans_are_read_with_their_units() {
        assert_eq!(parse("365d"), Ok(TimeDelta::days(365)));
        assert_eq!(parse("1h 30m"), Ok(TimeDelta::minutes(90)));
    }

    #[test]
    fn spans_without_unit_or_sense_are_refused() {
        for bad in ["", "365", "-1d", "0s", "5ms", "11y", "99999999999y", "d"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
