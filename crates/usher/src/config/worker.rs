//! `[worker]`

use super::section::section;

section! {
    /// How work in the background is done: mail, and what time brings.
    Worker = "worker" {
        /// How long the worker waits before it looks for work again, in milliseconds.
        poll_milliseconds: u64 = 500, in 50..=60_000;
        /// Deliveries taken, and carried out, at once.
        batch: u64 = 16, in 1..=1000;
        /// How long a delivery belongs to the worker that took it, in seconds. A worker that died gives it back then.
        lease_seconds: u64 = 60, in 30..=3600;
        /// How often a delivery is tried before it is given up.
        max_attempts: u64 = 20, in 1..=100;
    }
}
