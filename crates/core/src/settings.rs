//! What a tenant and a connection are set to.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Domain;

/// The six attributes that a strict connection asks of every user.
pub const REQUIRED_OF_SIX: [&str; 6] =
    ["userName", "name.givenName", "name.familyName", "emails[type eq \"work\"].value", "displayName", "active"];

/// A setting has no such value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// No connection kind of that name.
    #[error(
        "unknown kind of connection; one of okta, entra, google, jumpcloud, onelogin, pingone, pingfederate, rippling, miniorange, keycloak, authentik, sailpoint, generic"
    )]
    Kind,
}

/// Which identity provider a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionKind {
    /// Okta.
    Okta,
    /// Microsoft Entra ID.
    Entra,
    /// Google Workspace.
    Google,
    /// JumpCloud.
    JumpCloud,
    /// OneLogin.
    OneLogin,
    /// PingOne.
    PingOne,
    /// PingFederate.
    PingFederate,
    /// Rippling.
    Rippling,
    /// miniOrange.
    MiniOrange,
    /// Keycloak with a SCIM client extension.
    Keycloak,
    /// authentik.
    Authentik,
    /// SailPoint: Identity Security Cloud or `IdentityIQ`.
    SailPoint,
    /// Any SCIM 2.0 client.
    Generic,
}

impl ConnectionKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Okta,
        Self::Entra,
        Self::Google,
        Self::JumpCloud,
        Self::OneLogin,
        Self::PingOne,
        Self::PingFederate,
        Self::Rippling,
        Self::MiniOrange,
        Self::Keycloak,
        Self::Authentik,
        Self::SailPoint,
        Self::Generic,
    ];

    /// The name in settings and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Entra => "entra",
            Self::Google => "google",
            Self::JumpCloud => "jumpcloud",
            Self::OneLogin => "onelogin",
            Self::PingOne => "pingone",
            Self::PingFederate => "pingfederate",
            Self::Rippling => "rippling",
            Self::MiniOrange => "miniorange",
            Self::Keycloak => "keycloak",
            Self::Authentik => "authentik",
            Self::SailPoint => "sailpoint",
            Self::Generic => "generic",
        }
    }

    /// Reads a kind's name.
    ///
    /// # Errors
    /// [`SettingsError::Kind`].
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(SettingsError::Kind)
    }
}

/// What a tenant is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantSettings {
    /// E-mail domains whose people may be provisioned and matched; empty means every domain.
    pub domains: Vec<Domain>,
    /// How long an invitation can be accepted, in days; 1 to 365.
    pub invitation_days: u32,
    /// How long a suspended user is kept before deletion is allowed, in days; 0 to 3650.
    pub retention_days: u32,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self { domains: Vec::new(), invitation_days: 14, retention_days: 30 }
    }
}

impl TenantSettings {
    /// Whether people of this folded e-mail domain may be provisioned.
    #[must_use]
    pub fn authorises(&self, domain: &str) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|known| known.as_str() == domain)
    }
}

/// Which operations a connection may do; all by default (S91 to S97).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "seven independent switches, as the admin sees them")]
pub struct Switches {
    /// Create users.
    pub create_users: bool,
    /// Update users.
    pub update_users: bool,
    /// Deactivate and delete users.
    pub deprovision_users: bool,
    /// Create groups.
    pub create_groups: bool,
    /// Update groups.
    pub update_groups: bool,
    /// Delete groups.
    pub delete_groups: bool,
    /// Add and remove members of groups.
    pub change_members: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            create_users: true,
            update_users: true,
            deprovision_users: true,
            create_groups: true,
            update_groups: true,
            delete_groups: true,
            change_members: true,
        }
    }
}

/// What a connection is set to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionSettings {
    /// Paths of attributes that a user must have, besides `userName`.
    pub required: Vec<String>,
    /// Which operations are allowed.
    pub switches: Switches,
}

impl ConnectionSettings {
    /// What a new connection of a kind starts with: miniOrange asks for six attributes, every other kind for
    /// `userName` only (miniOrange's guide to its 1Password application, read November 2026).
    #[must_use]
    pub fn of_kind(kind: ConnectionKind) -> Self {
        let required =
            if kind == ConnectionKind::MiniOrange { REQUIRED_OF_SIX.map(str::to_owned).to_vec() } else { Vec::new() };
        Self { required, switches: Switches::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectionKind, ConnectionSettings, TenantSettings};
    use crate::Domain;

    #[test]
    fn every_kind_has_a_name_that_reads_back() {
        for kind in ConnectionKind::ALL {
            assert_eq!(ConnectionKind::parse(kind.as_str()), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(
                ConnectionSettings::of_kind(kind).required.len(),
                if kind == ConnectionKind::MiniOrange { 6 } else { 0 }
            );
        }
    }

    #[test]
    fn no_domains_means_every_domain() {
        let mut settings = TenantSettings::default();
        assert!(settings.authorises("example.com"));
        settings.domains.push(Domain::parse("acme.example").unwrap());
        assert!(
            settings.authorises("acme.example")
                && !settings.authorises("sub.acme.example")
                && !settings.authorises("example.com")
        );
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        assert!(serde_json::from_str::<TenantSettings>(r#"{"retention": 3}"#).is_err());
    }
}
