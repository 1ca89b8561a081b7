//! What identity providers, people, operators and attackers see, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "all of this is a test: what is not as expected fails it"
)]

/// Makes two tests of each function: one over a fresh SQLite file, one over a fresh PostgreSQL database.
macro_rules! on_both_backends {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $name() { crate::harness::on_sqlite(super::$name); })+
        }
        mod on_postgres {
            $(#[test] fn $name() { crate::harness::on_postgres(super::$name); })+
        }
    };
}

mod bad_input;
mod concurrency;
mod dialects;
mod events;
mod harness;
mod isolation;
mod lifecycle;
mod schemas;
mod scim;
mod secrets;
