//! The one place that knows what a failure is in HTTP and SCIM (RFC 7644 §3.12).

use actix_web::http::StatusCode;
use usher_core::Reason;
use usher_provision::{AuthError, Error, Refusal};
use usher_scim::{Error as ScimError, ScimType};

/// A failure as SCIM tells it, and after how many seconds it is worth trying again.
pub(crate) struct Failure {
    pub(crate) error: ScimError,
    pub(crate) retry_after: Option<u32>,
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self { error, retry_after: None }
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unauthorized => ScimError::new(401, None, "unauthorized", error.to_string()).into(),
            AuthError::Trouble(trouble) => trouble.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let reason = error.reason();
        let text = error.to_string();
        match error {
            Error::Scim(error) => error.into(),
            Error::Rule(refusal) => {
                let (status, kind) = of_refusal(refusal);
                ScimError::new(status, kind, reason, text).into()
            }
            Error::Policy(why, _) | Error::Request(why, _) => {
                let (status, kind) = of_policy(why);
                ScimError::new(status, kind, reason, text).into()
            }
            Error::Busy => Self { error: ScimError::new(503, None, reason, text), retry_after: Some(1) },
            Error::Crowded => Self { error: ScimError::new(503, None, reason, text), retry_after: Some(10) },
            Error::Unavailable(source) => {
                tracing::error!(error = %source, "the database is not available");
                Self { error: ScimError::new(503, None, reason, text), retry_after: Some(5) }
            }
            Error::Storage(source) => {
                tracing::error!(error = %source, "internal error");
                ScimError::new(500, None, reason, text).into()
            }
        }
    }
}

fn of_refusal(refusal: Refusal) -> (u16, Option<ScimType>) {
    match refusal {
        Refusal::UserNameTaken | Refusal::ExternalIdTaken | Refusal::AmbiguousAddress | Refusal::ReservedName => {
            (409, Some(ScimType::Uniqueness))
        }
        Refusal::ReservedGroup => (403, Some(ScimType::Mutability)),
        Refusal::OwnedByOtherConnection | Refusal::NotManaged => (403, None),
        Refusal::NotFound => (404, None),
        Refusal::NotDeprovisioned | Refusal::RetentionNotOver { .. } | Refusal::WrongState { .. } => (409, None),
        Refusal::InvitationExpired
        | Refusal::InvitationWithdrawn
        | Refusal::InvitationReplaced
        | Refusal::InvitationUsed => (410, None),
    }
}

fn of_policy(reason: Reason) -> (u16, Option<ScimType>) {
    match reason {
        Reason::DomainNotAuthorised | Reason::NoAddress => (400, Some(ScimType::InvalidValue)),
        Reason::GroupNameTaken | Reason::ExternalIdTaken => (409, Some(ScimType::Uniqueness)),
        Reason::SwitchedOff => (403, None),
        Reason::NotFound | Reason::InvitationUnknown => (404, None),
        _ => (409, None),
    }
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
