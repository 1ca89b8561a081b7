//! SCIM as RFC 7643 and RFC 7644 say it.

mod bulk;
mod checks;
mod cursors;
mod groups;
mod large;
mod lists;
mod protocol;
mod reserved;
mod versions;
