//! Where a person can be reached.

use usher_core::{EmailAddress, Reason, TenantSettings};
use usher_lifecycle::AddressChange;
use usher_scim::{Map, resource};

use crate::Error;

/// The usable address of a user: the primary or work e-mail, else any, else a `userName` that is one (design: a user
/// without any is accepted and waits).
pub(crate) fn usable(attributes: &Map) -> Option<EmailAddress> {
    let first = resource::primary_email(attributes);
    let any = resource::emails(attributes).map(|(value, _, _)| value);
    let name = resource::user_name(attributes);
    first.into_iter().chain(any).chain(name).find_map(|text| EmailAddress::parse(text).ok())
}

/// All addresses but the usable one, for look-ups.
pub(crate) fn others(attributes: &Map, usable: Option<&EmailAddress>) -> Vec<String> {
    let all = resource::emails(attributes).map(|(value, _, _)| value.to_owned());
    all.filter(|value| usable.is_none_or(|usable| usher_core::fold(value) != usable.folded())).collect()
}

/// Refuses an address outside the tenant's domains (S53).
pub(crate) fn check_domain(settings: &TenantSettings, address: Option<&EmailAddress>) -> Result<(), Error> {
    let Some(address) = address.filter(|address| !settings.authorises(address.domain())) else { return Ok(()) };
    let detail = format!("the e-mail domain {} is not one of this tenant's authorised domains", address.domain());
    Err(Error::Policy(Reason::DomainNotAuthorised, detail))
}

/// What becomes of the address.
pub(crate) fn change(before: Option<&str>, after: Option<&EmailAddress>) -> AddressChange {
    match (before, after) {
        (None, None) => AddressChange::Same,
        (Some(before), Some(after)) if usher_core::fold(before) == after.folded() => AddressChange::Same,
        (Some(_), Some(_)) => AddressChange::Changed,
        (None, Some(_)) => AddressChange::Gained,
        (Some(_), None) => AddressChange::Lost,
    }
}
