//! What can be asked of a user's life.

use usher_core::ConnectionId;

/// One wish, already authenticated, parsed and allowed by the connection's switches and the tenant's domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The operator's application registers a member it already has: active, unmanaged, no mail.
    Register,
    /// The identity provider asks for the user to exist with this `active`: a POST that is new, matches or revives,
    /// and a PUT or PATCH that sets `active`.
    Provision {
        /// The connection that asks.
        by: ConnectionId,
        /// The `active` it asks for.
        active: bool,
        /// Whether a usable e-mail address is known, with this request's changes.
        address: bool,
    },
    /// The identity provider lets the user go.
    Deprovision {
        /// The connection that asks.
        by: ConnectionId,
        /// How it asked.
        how: Departure,
    },
    /// The identity provider changes attributes.
    ChangeProfile {
        /// The connection that asks.
        by: ConnectionId,
        /// Canonical paths of the attributes whose values really differ; empty means nothing changed.
        changed: Vec<String>,
        /// What that does to the usable e-mail address.
        address: AddressChange,
    },
    /// The person accepts. The proof of the secret was checked before.
    Accept {
        /// The issue whose secret was shown.
        issue: u32,
    },
    /// The person or an admin asks for a new invitation; for a held user: "invite now". The caller makes sure that
    /// an address is known.
    Resend,
    /// An admin withdraws the invitation.
    Withdraw,
    /// Erase the person (S69 to S71).
    Delete {
        /// Who asks.
        by: Deleter,
    },
}

/// How an identity provider lets a user go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Departure {
    /// `active: false` (S64).
    Deactivate,
    /// SCIM DELETE (S63, S66): the user is suspended and no longer listed.
    Delete,
}

/// What a change of profile does to the usable e-mail address, folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressChange {
    /// The same address, or none as before.
    Same,
    /// Another address.
    Changed,
    /// An address where there was none.
    Gained,
    /// None where there was one.
    Lost,
}

/// Who deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deleter {
    /// An admin's deliberate act.
    Admin,
    /// The tenant's retention policy.
    Retention,
}
