//! Rules of the whole workspace that no compiler checks.
#![expect(clippy::expect_used, reason = "all of this is a test: what is not as expected fails it")]

mod architecture;
mod proofs;
mod secrets;
mod sources;
