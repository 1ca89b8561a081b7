//! When a failed delivery is tried again.

use chrono::TimeDelta;

/// Waits after the first, second, … failed attempt, in seconds; then the last one again and again.
const WAITS: [i64; 8] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400];

/// How long to wait after attempt number `attempt` (from 1 on) failed; `None` when it was the last of `attempts`.
pub(crate) fn wait_after(attempt: i64, attempts: u32) -> Option<TimeDelta> {
    if attempt >= i64::from(attempts) {
        return None;
    }
    let index = usize::try_from(attempt - 1).unwrap_or(0).min(WAITS.len() - 1);
    Some(TimeDelta::seconds(WAITS[index]))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::wait_after;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<Option<TimeDelta>> = (1..=12).map(|attempt| wait_after(attempt, 12)).collect();
        assert_eq!(waits[0], Some(TimeDelta::seconds(5)));
        assert!(waits[..11].windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!((waits[10], waits[11]), (Some(TimeDelta::hours(4)), None));
    }
}
