//! What leaves the house, and what time brings.
//!
//! A [`Worker`] reads the log in order, turns events into deliveries, leases them, and sends them. It holds nothing:
//! any number of workers may run, and one that is killed loses nothing, because a lease that is not finished passes on.

pub mod mail;
pub mod mailer;

mod deliver;
mod retry;
mod run;

pub use run::{Worker, WorkerOptions};
