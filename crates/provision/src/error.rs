//! Why a use case did not do what was asked.

use thiserror::Error;
use usher_core::Reason;
use usher_lifecycle::Refusal;
use usher_storage::{StorageError, Unfit, Unique};

/// Why a use case did not do what was asked. Unless it is [`Error::Storage`], nothing is wrong with usher.
#[derive(Debug, Error)]
pub enum Error {
    /// The request is not what SCIM allows, or asks for what is not there.
    #[error(transparent)]
    Scim(#[from] usher_scim::Error),
    /// The rules of a user's or group's life forbid it.
    #[error("{0}")]
    Rule(#[from] Refusal),
    /// The tenant's or the connection's settings forbid it.
    #[error("{1}")]
    Policy(Reason, String),
    /// An operator's request names or says what cannot be.
    #[error("{1}")]
    Request(Reason, String),
    /// Too many writers wanted the same row at once; nothing was changed, and it is worth trying again.
    #[error("too many requests changed this at the same time")]
    Busy,
    /// Too many searches that no index answers are under way, and this one had no turn in time.
    #[error("other searches without an index are under way: try again, or add a condition that has an index")]
    Crowded,
    /// The database is away; nothing was changed, and it is worth trying again.
    #[error("the database is not available")]
    Unavailable(#[source] StorageError),
    /// Something is wrong with usher.
    #[error("internal error")]
    Storage(#[source] StorageError),
}

impl Error {
    /// The machine reason code (S136).
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Scim(error) => error.reason(),
            Self::Rule(refusal) => refusal.reason().as_str(),
            Self::Policy(reason, _) | Self::Request(reason, _) => reason.as_str(),
            Self::Busy => "busy",
            Self::Crowded => "crowded",
            Self::Unavailable(_) => "unavailable",
            Self::Storage(_) => "internal",
        }
    }

    /// Whether usher declined to do something that was asked; such a refusal is an event. Not being there is no
    /// refusal, and neither is trouble of usher's own.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Scim(error) => error.status != 404,
            Self::Rule(refusal) => *refusal != Refusal::NotFound,
            Self::Policy(..) => true,
            Self::Request(..) | Self::Busy | Self::Crowded | Self::Unavailable(_) | Self::Storage(_) => false,
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::Scim(usher_scim::Error::not_found())
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::VersionConflict => Self::Busy,
            StorageError::Unavailable(_) => Self::Unavailable(error),
            StorageError::Taken(Unique::UserName) => Self::Rule(Refusal::UserNameTaken),
            StorageError::Taken(Unique::UserExternalId | Unique::GroupExternalId) => {
                Self::Rule(Refusal::ExternalIdTaken)
            }
            StorageError::Taken(Unique::GroupName) => {
                Self::Policy(Reason::GroupNameTaken, "another group has this displayName".to_owned())
            }
            StorageError::Taken(Unique::TenantSlug) => {
                Self::Request(Reason::NameTaken, "a tenant has this slug already".to_owned())
            }
            StorageError::Taken(Unique::ConnectionName) => {
                Self::Request(Reason::NameTaken, "a connection has this name already".to_owned())
            }
            StorageError::ValueTaken { attribute } => Self::Scim(value_taken(&attribute)),
            StorageError::Unfit(unfit) => Self::Scim(not_unique(&unfit)),
            StorageError::Taken(Unique::Other) | StorageError::Inconsistent { .. } | StorageError::Database(_) => {
                Self::Storage(error)
            }
        }
    }
}

fn value_taken(attribute: &str) -> usher_scim::Error {
    let detail = format!(
        "another resource has this value of \"{attribute}\", which the schema declares unique: send another value, or take it from the other one first"
    );
    usher_scim::Error::uniqueness("value_taken", detail)
}

/// Why uniqueness cannot be declared over what is stored, and what to do.
fn not_unique(unfit: &Unfit) -> usher_scim::Error {
    let detail = match unfit {
        Unfit::Repeated { attribute, resources } => format!(
            "\"{attribute}\" cannot be unique yet: resources that repeat the value of another one: {resources}. Give those another value first"
        ),
        Unfit::TooMany { most } => format!(
            "more than {most} resources have values under this schema, too many to look through: declare what is unique under another URN, before values come in"
        ),
    };
    usher_scim::Error::new(409, None, "schema_not_unique", detail)
}
