//! Words that all of usher shares: ids, addresses, tokens, clock, settings, reason codes.
//!
//! No I/O but the two ports [`Clock`] and [`Entropy`], through which time and chance come in.

pub use usher_text::{fold, skeleton};

mod base62;
mod clock;
mod email;
mod entropy;
mod id;
mod invitation;
mod keys;
mod name;
mod reason;
mod resource;
mod seal;
mod secret;
mod settings;
mod token;

pub use clock::{Clock, ManualClock, SystemClock};
pub use email::{EmailAddress, EmailError};
pub use entropy::{Entropy, OsEntropy};
pub use id::{ConnectionId, DeliveryId, EventId, GroupId, IdError, TenantId, TokenId, UserId};
pub use invitation::{InvitationClaim, InvitationSecret};
pub use keys::{KeyError, KeyRing, MIN_KEY_BYTES};
pub use name::{Domain, NameError, TenantSlug};
pub use reason::Reason;
pub use resource::ResourceType;
pub use seal::SEAL_BYTES;
pub use secret::Secret;
pub use settings::{ConnectionKind, ConnectionSettings, REQUIRED_OF_SIX, SettingsError, Switches, TenantSettings};
pub use token::{PlainToken, TokenError, TokenHash};
