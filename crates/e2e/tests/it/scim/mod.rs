//! SCIM as its clients speak it (RFC 7643, RFC 7644), and the dialects of real identity providers.

mod bulk;
mod checks;
mod entra;
mod groups;
mod large;
mod lists;
mod okta;
mod others;
mod protocol;
mod reserved;
mod versions;
