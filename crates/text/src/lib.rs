//! The one folding function of usher.
//!
//! Uniqueness, matching by e-mail and filters must agree on when two texts are the same; that is why this is a
//! crate of its own, below both the vocabulary (`usher-core`) and the protocol (`usher-scim`). Databases never
//! fold: SQLite's `lower()` knows ASCII only and PostgreSQL's depends on the locale.
//!
//! - [`fold`]: same text but for case and compatibility forms, as RFC 7643 §4.1.1 and the PRECIS rules of
//!   RFC 8265 §3.3 ask of a `userName` (width mapping, case mapping, normalisation).
//! - [`skeleton`]: the same, and blanks and invisible characters do not count either. Reserved names are
//!   compared by it, so that no other spelling of one gets through.

mod fold;
mod skeleton;

pub use fold::fold;
pub use skeleton::skeleton;
