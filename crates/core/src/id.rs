//! Ids: UUIDv7, made by the service, one type for each kind of thing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::{Builder, Uuid};

use crate::Entropy;

/// The text is no id.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an id of this service")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new id: the time in milliseconds and 74 random bits (RFC 9562 §5.7).
            #[must_use]
            pub fn mint(now: DateTime<Utc>, entropy: &dyn Entropy) -> Self {
                let mut bytes = [0; 10];
                entropy.fill(&mut bytes);
                let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
                Self(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
            }

            /// The id that a database row or another id stands for; the change of kind is visible.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// The 16 bytes, for keys and MACs.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the text form: 36 characters, lower case, with hyphens, and no other spelling, so that one
            /// resource has one address.
            ///
            /// # Errors
            /// [`IdError`] for every other text.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let uuid = Uuid::try_parse(text).map_err(|_| IdError)?;
                let mut buffer = Uuid::encode_buffer();
                if uuid.hyphenated().encode_lower(&mut buffer) == text { Ok(Self(uuid)) } else { Err(IdError) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(/// One customer account.
    TenantId);
id!(/// One identity provider application of a tenant.
    ConnectionId);
id!(/// One bearer token of a connection; what logs and events name instead of the token.
    TokenId);
id!(/// One provisioned person inside one tenant; its text form is the SCIM `id`.
    UserId);
id!(/// One group inside one tenant; its text form is the SCIM `id`.
    GroupId);
id!(/// One fact in a tenant's log.
    EventId);
id!(/// One mail or call that an event caused.
    DeliveryId);

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::UserId;
    use crate::OsEntropy;

    #[test]
    fn an_id_has_one_spelling() {
        let id = UserId::mint(DateTime::UNIX_EPOCH, &OsEntropy);
        let text = id.to_string();
        assert_eq!(UserId::parse(&text), Ok(id));
        for other in
            [text.to_uppercase() + "x", text.replace('-', ""), format!("{{{text}}}"), format!("urn:uuid:{text}")]
        {
            assert!(UserId::parse(&other).is_err(), "{other}");
        }
    }

    #[test]
    fn ids_are_version_seven_and_differ() {
        let (one, other) =
            (UserId::mint(DateTime::UNIX_EPOCH, &OsEntropy), UserId::mint(DateTime::UNIX_EPOCH, &OsEntropy));
        assert_eq!(one.as_uuid().get_version_num(), 7);
        assert_ne!(one, other);
    }
}
