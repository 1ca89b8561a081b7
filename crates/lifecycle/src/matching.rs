//! Whom a `POST /Users` means.
//!
//! A user whom this connection deprovisioned comes back under the same id (S68, S126). A member of the application
//! is matched by e-mail address inside the tenant only (S40 to S42). A `userName` alone never links to anyone whom
//! SCIM did not create.

#[cfg(test)]
mod tests;

use usher_core::{ConnectionId, UserId};

use crate::{Owner, Refusal, State};

/// A user of the tenant who shares a `userName`, `externalId` or address with the request. Give all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about one row")]
pub struct Candidate {
    /// Who it is.
    pub user: UserId,
    /// Who manages the user.
    pub owner: Owner,
    /// Whether identity providers see the user.
    pub listed: bool,
    /// Where the user stands.
    pub state: State,
    /// Has the folded `userName` of the request.
    pub same_user_name: bool,
    /// Has the `externalId` of the request, within the posting connection (S135).
    pub same_external_id: bool,
    /// Has the folded e-mail address of the request.
    pub same_address: bool,
}

/// Whom the request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Nobody yet.
    New,
    /// Someone known: decide over that user's life.
    Existing {
        /// Who it is.
        user: UserId,
        /// How it was found.
        how: How,
    },
}

/// How a known user was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Suspended by this connection's DELETE.
    Revived,
    /// Suspended by this connection, still listed.
    Reactivated,
    /// An unmanaged member with the same address.
    ByAddress,
}

/// Finds the user that connection `by` means. The order of the candidates does not matter.
///
/// `address_authorised`: the request's address is in one of the tenant's domains (S53); without that no member is
/// matched.
///
/// # Errors
/// - [`Refusal::UserNameTaken`], [`Refusal::ExternalIdTaken`]: someone else whom the identity provider can see has it.
/// - [`Refusal::AmbiguousAddress`]: several members have the address, one of them unmanaged.
/// - [`Refusal::NotManaged`]: the only member with the address is unmanaged and not active.
pub fn find(by: ConnectionId, candidates: &[Candidate], address_authorised: bool) -> Result<Match, Refusal> {
    if let Some(back) = returning(by, candidates) {
        names_free(candidates.iter().filter(|other| other.user != back.user))?;
        let how = if back.listed { How::Reactivated } else { How::Revived };
        return Ok(Match::Existing { user: back.user, how });
    }
    names_free(candidates.iter().filter(|other| other.owner != Owner::Unmanaged))?;
    let matched = if address_authorised { by_address(candidates)? } else { None };
    names_free(candidates.iter().filter(|other| Some(other.user) != matched))?;
    Ok(matched.map_or(Match::New, |user| Match::Existing { user, how: How::ByAddress }))
}

/// The connection's own suspended user; `externalId` before `userName`, listed before unlisted, younger before older.
fn returning(by: ConnectionId, candidates: &[Candidate]) -> Option<&Candidate> {
    candidates
        .iter()
        .filter(|one| one.owner == Owner::Connection(by) && suspended(one.state))
        .filter(|one| one.same_external_id || one.same_user_name)
        .max_by_key(|one| (one.same_external_id, one.listed, one.user))
}

/// Both names are unique among the users that an identity provider can see (S125, S135).
fn names_free<'a>(others: impl Iterator<Item = &'a Candidate> + Clone) -> Result<(), Refusal> {
    let mut visible = others.filter(|other| present(other));
    if visible.clone().any(|other| other.same_user_name) {
        return Err(Refusal::UserNameTaken);
    }
    if visible.any(|other| other.same_external_id) {
        return Err(Refusal::ExternalIdTaken);
    }
    Ok(())
}

/// The one unmanaged member with the address. People whom connections own may share a mailbox with anyone new.
fn by_address(candidates: &[Candidate]) -> Result<Option<UserId>, Refusal> {
    let mut members = candidates.iter().filter(|one| one.same_address && present(one));
    if !members.clone().any(|one| one.owner == Owner::Unmanaged) {
        return Ok(None);
    }
    match (members.next(), members.next()) {
        (Some(only), None) => claimable(only.state).then_some(Some(only.user)).ok_or(Refusal::NotManaged),
        (Some(_), Some(_)) => Err(Refusal::AmbiguousAddress),
        (None, None | Some(_)) => Ok(None),
    }
}

const fn present(candidate: &Candidate) -> bool {
    match candidate.state {
        State::Staged { .. } | State::Invited { .. } | State::Active | State::Suspended { .. } => candidate.listed,
        State::Absent | State::Deleted => false,
    }
}

const fn suspended(state: State) -> bool {
    match state {
        State::Suspended { .. } => true,
        State::Absent | State::Staged { .. } | State::Invited { .. } | State::Active | State::Deleted => false,
    }
}

const fn claimable(state: State) -> bool {
    match state {
        State::Active => true,
        State::Absent | State::Staged { .. } | State::Invited { .. } | State::Suspended { .. } | State::Deleted => {
            false
        }
    }
}
