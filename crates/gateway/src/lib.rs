//! What speaks HTTP: SCIM, operator API, join pages, health.
