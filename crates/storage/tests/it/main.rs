//! Every query on both databases, and what must hold between transactions that run at the same time.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of this is a test: what is not as expected fails it")]

/// Makes two tests of each function: one on a fresh SQLite file, one in a fresh PostgreSQL database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $name() { crate::database::on_sqlite(super::$name); })+
        }
        mod on_postgres {
            $(#[test] fn $name() { crate::database::on_postgres(super::$name); })+
        }
    };
}

mod concurrency;
mod connections;
mod database;
mod deliveries;
mod durability;
mod groups;
mod isolation;
mod log;
mod migrations;
mod plans;
mod records;
mod rows;
mod schemas;
mod search;
mod unique;
mod users;
