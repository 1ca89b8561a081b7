//! The rules of a user's life: state and command in, state and effects out.
//!
//! [`decide`] is one pure function over [`Life`] and [`Command`]; [`matching`] says whom a create means; [`groups`]
//! says which groups an identity provider may touch. Nothing here reads a clock, a database or the network: effects
//! are data that somebody else carries out.

pub mod groups;
pub mod matching;

mod command;
mod decide;
mod effect;
mod life;
mod refusal;
#[cfg(test)]
mod tests;

pub use command::{AddressChange, Command, Deleter, Departure};
pub use decide::{Policy, decide};
pub use effect::Effect;
pub use life::{InvitationState, Life, Owner, StagedReason, State};
pub use refusal::Refusal;
