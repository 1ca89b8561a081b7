//! Tests over HTTP against the whole server: gateway, worker and database, on SQLite and on PostgreSQL from one list.
//!
//! They stand in `tests/it`. The clock is moved by hand, and so is the worker: nothing sleeps.
