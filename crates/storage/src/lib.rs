//! Queries for SQLite and PostgreSQL.
