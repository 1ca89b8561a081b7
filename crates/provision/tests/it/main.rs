//! The use cases, called as gateway, worker and command line call them, on both databases and with a clock moved by hand.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of this is a test: what is not as expected fails it")]

/// Makes two tests of each function: one on a fresh SQLite file, one in a fresh PostgreSQL database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $name() { crate::world::on_sqlite(super::$name); })+
        }
        mod on_postgres {
            $(#[test] fn $name() { crate::world::on_postgres(super::$name); })+
        }
    };
}

mod access;
mod bulk;
mod concurrency;
mod create;
mod cursors;
mod domains;
mod erasure;
mod filters;
mod generated;
mod groups;
mod hostile;
mod identity;
mod invitation;
mod leaving;
mod lists;
mod matching;
mod report;
mod reserved;
mod scans;
mod schemas;
mod switches;
mod tenant;
mod world;
