//! From attributes and a decided life to a row.

use chrono::{DateTime, Utc};
use serde_json::Value;
use usher_core::{EmailAddress, UserId};
use usher_lifecycle::{Effect, Life, State};
use usher_scim::{Map, resource};
use usher_storage::UserRecord;

use crate::address;

/// The row of a new user.
pub(crate) fn new_record(
    id: UserId,
    life: Life,
    attributes: Map,
    address: Option<&EmailAddress>,
    now: DateTime<Utc>,
) -> UserRecord {
    let empty = UserRecord {
        id,
        life,
        accepted_at: None,
        suspended_at: None,
        invitation_email: None,
        user_name: String::new(),
        external_id: None,
        display_name: None,
        email: None,
        other_emails: Vec::new(),
        attributes: String::new(),
        version: 0,
        created_at: now,
        updated_at: now,
    };
    with_attributes(empty, attributes, address)
}

/// The row with other attributes. `active` is kept in the life, not among them; a null there says that it is unassigned,
/// which the life does not know: access stays as it was.
pub(super) fn with_attributes(mut user: UserRecord, mut attributes: Map, address: Option<&EmailAddress>) -> UserRecord {
    if attributes.get("active") != Some(&Value::Null) {
        attributes.shift_remove("active");
    }
    resource::user_name(&attributes).unwrap_or_default().clone_into(&mut user.user_name);
    user.external_id = resource::external_id(&attributes).map(str::to_owned);
    user.display_name = resource::display_name(&attributes).map(str::to_owned);
    user.email = address.map(|address| address.as_written().to_owned());
    user.other_emails = address::others(&attributes, address);
    user.attributes = Value::Object(attributes).to_string();
    user
}

/// The row after a decision: next version, and what goes with the effects.
pub(crate) fn after_decision(mut user: UserRecord, life: Life, effects: &[Effect], now: DateTime<Utc>) -> UserRecord {
    user.life = life;
    user.version += 1;
    user.updated_at = now;
    for effect in effects {
        match effect {
            Effect::Invited { .. } => user.invitation_email.clone_from(&user.email),
            Effect::Confirmed { .. } | Effect::Registered => user.accepted_at = Some(now),
            Effect::Staged { .. }
            | Effect::Matched
            | Effect::InvitationWithdrawn { .. }
            | Effect::Suspended { .. }
            | Effect::Reactivated
            | Effect::Updated { .. }
            | Effect::Delisted
            | Effect::Relisted
            | Effect::Deleted => {}
        }
    }
    user.suspended_at = match life.state {
        State::Suspended { since, .. } => Some(since),
        State::Deleted => user.suspended_at,
        State::Absent | State::Staged { .. } | State::Invited { .. } | State::Active => None,
    };
    user
}
