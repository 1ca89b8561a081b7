//! Why something was refused, in words that a machine reads.

/// Reason codes of refusals (S136): report, log, doctor and errors share them. What the SCIM crate refuses because
/// of form has codes of its own, in the same style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The user has no usable e-mail address and waits for one.
    NoAddress,
    /// The user was provisioned as inactive.
    Inactive,
    /// The user's e-mail domain is not one of the tenant's.
    DomainNotAuthorised,
    /// Another user of the tenant has that `userName`.
    UserNameTaken,
    /// Another user of the connection has that `externalId`.
    ExternalIdTaken,
    /// Another group of the tenant has that name.
    GroupNameTaken,
    /// Another tenant or connection has that name.
    NameTaken,
    /// A name that cannot be one.
    BadName,
    /// The group's name is reserved.
    ReservedName,
    /// The group is built in and nobody changes it.
    ReservedGroup,
    /// The e-mail address belongs to several members, so none is matched.
    AmbiguousAddress,
    /// Another connection owns it.
    OwnedByOtherConnection,
    /// No connection owns it, and this request cannot claim it.
    NotManaged,
    /// A member id that is no user of the tenant.
    UnknownMember,
    /// Deletion of someone who was not deprovisioned.
    NotDeprovisioned,
    /// Deletion before the retention time is over.
    RetentionNotOver,
    /// The operation is switched off for this connection.
    SwitchedOff,
    /// The invitation's time is over.
    InvitationExpired,
    /// The invitation was withdrawn.
    InvitationWithdrawn,
    /// A newer invitation took its place.
    InvitationReplaced,
    /// The invitation was accepted already.
    InvitationUsed,
    /// No such invitation.
    InvitationUnknown,
    /// The state of the user does not allow it.
    WrongState,
    /// No such resource.
    NotFound,
    /// The request's media type is not SCIM's.
    MediaType,
    /// The request did not arrive in time.
    BodyTimeout,
    /// The method is not one of this resource.
    Method,
}

impl Reason {
    /// The code as events and reports write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::Inactive => "inactive",
            Self::DomainNotAuthorised => "domain_not_authorised",
            Self::UserNameTaken => "user_name_taken",
            Self::ExternalIdTaken => "external_id_taken",
            Self::GroupNameTaken => "group_name_taken",
            Self::NameTaken => "name_taken",
            Self::BadName => "bad_name",
            Self::ReservedName => "reserved_name",
            Self::ReservedGroup => "reserved_group",
            Self::AmbiguousAddress => "ambiguous_address",
            Self::OwnedByOtherConnection => "owned_by_other_connection",
            Self::NotManaged => "not_managed",
            Self::UnknownMember => "unknown_member",
            Self::NotDeprovisioned => "not_deprovisioned",
            Self::RetentionNotOver => "retention_not_over",
            Self::SwitchedOff => "switched_off",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationWithdrawn => "invitation_withdrawn",
            Self::InvitationReplaced => "invitation_replaced",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationUnknown => "invitation_unknown",
            Self::WrongState => "wrong_state",
            Self::NotFound => "not_found",
            Self::MediaType => "media_type",
            Self::BodyTimeout => "body_timeout",
            Self::Method => "method_not_allowed",
        }
    }
}
