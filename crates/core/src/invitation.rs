//! The secret in an invitation's link.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::base62::{self, WIDTH_128};
use crate::{KeyRing, TenantId, UserId};

const PURPOSE: &str = "invitation";

/// The text of a link's secret: tenant, user, and a MAC over both and the issue number, in base62.
///
/// It is derived, never stored: a database dump opens no door, and a mail that is sent twice carries the same link.
/// A new issue makes every older secret worthless.
pub struct InvitationSecret(SecretString);

impl InvitationSecret {
    /// The secret of one issue of a user's invitation, under the ring's active key.
    #[must_use]
    pub fn derive(keys: &KeyRing, tenant: TenantId, user: UserId, issue: u32) -> Self {
        let mac = keys.mac(PURPOSE, &fields(&tenant, &user, &issue.to_be_bytes()));
        let mut text = String::with_capacity(4 * WIDTH_128);
        base62::encode(tenant.as_uuid().as_u128(), WIDTH_128, &mut text);
        base62::encode(user.as_uuid().as_u128(), WIDTH_128, &mut text);
        base62::encode_256(&mac, &mut text);
        Self(SecretString::from(text))
    }

    /// The text, for the mail or the answer that carries the link.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(…)")
    }
}

/// What a secret claims. It is proved by [`InvitationClaim::issue_of`].
pub struct InvitationClaim {
    /// The tenant it names.
    pub tenant: TenantId,
    /// The user it names.
    pub user: UserId,
    mac: [u8; 32],
}

impl InvitationClaim {
    /// Reads a secret's text; `None` if usher cannot have made it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 4 * WIDTH_128 {
            return None;
        }
        let text = text.as_bytes();
        let id = |from: usize| base62::decode(&text[from..from + WIDTH_128]).map(Uuid::from_u128);
        Some(Self {
            tenant: TenantId::from_uuid(id(0)?),
            user: UserId::from_uuid(id(WIDTH_128)?),
            mac: base62::decode_256(&text[2 * WIDTH_128..])?,
        })
    }

    /// Which issue this is the secret of, looking back from the `latest` one; `None` if it is of none and so a
    /// forgery. Looks back over 100 issues at most.
    #[must_use]
    pub fn issue_of(&self, keys: &KeyRing, latest: u32) -> Option<u32> {
        (latest.saturating_sub(100)..=latest).rev().find(|issue| {
            let issue = issue.to_be_bytes();
            let fields = fields(&self.tenant, &self.user, &issue);
            keys.macs(PURPOSE, &fields).any(|mac| bool::from(mac[..].ct_eq(&self.mac[..])))
        })
    }
}

impl fmt::Debug for InvitationClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvitationClaim")
            .field("tenant", &self.tenant)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

fn fields<'a>(tenant: &'a TenantId, user: &'a UserId, issue: &'a [u8; 4]) -> [&'a [u8]; 3] {
    [tenant.as_bytes(), user.as_bytes(), issue]
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{InvitationClaim, InvitationSecret};
    use crate::{KeyRing, OsEntropy, TenantId, UserId};

    fn ids() -> (TenantId, UserId) {
        (TenantId::mint(DateTime::UNIX_EPOCH, &OsEntropy), UserId::mint(DateTime::UNIX_EPOCH, &OsEntropy))
    }

    #[test]
    fn a_secret_proves_its_issue_and_no_other() {
        let keys = KeyRing::new(["0123456789abcdef0123456789abcdef"]).unwrap();
        let (tenant, user) = ids();
        let secret = InvitationSecret::derive(&keys, tenant, user, 3);
        let claim = InvitationClaim::parse(secret.expose()).unwrap();
        assert_eq!((claim.tenant, claim.user), (tenant, user));
        assert_eq!(claim.issue_of(&keys, 5), Some(3));
        assert_eq!(claim.issue_of(&keys, 2), None, "an issue that was never made");
    }

    #[test]
    fn r90_a_secret_is_bound_to_tenant_user_and_key() {
        let keys = KeyRing::new(["0123456789abcdef0123456789abcdef"]).unwrap();
        let (tenant, user) = ids();
        let good = InvitationSecret::derive(&keys, tenant, user, 1);
        let (other_tenant, other_user) = ids();
        for (tenant, user) in [(other_tenant, user), (tenant, other_user)] {
            let foreign = InvitationSecret::derive(&keys, tenant, user, 1);
            let forged = format!("{}{}", &foreign.expose()[..44], &good.expose()[44..]);
            assert_eq!(InvitationClaim::parse(&forged).unwrap().issue_of(&keys, 1), None);
        }
        let rotated =
            KeyRing::new(["another-key-another-key-another-key", "0123456789abcdef0123456789abcdef"]).unwrap();
        let dropped = KeyRing::new(["another-key-another-key-another-key"]).unwrap();
        let claim = InvitationClaim::parse(good.expose()).unwrap();
        assert_eq!((claim.issue_of(&rotated, 1), claim.issue_of(&dropped, 1)), (Some(1), None));
    }

    #[test]
    fn text_that_is_no_secret_is_none() {
        for text in ["", "x", &"-".repeat(88), &"z".repeat(88), &"é".repeat(44)] {
            assert!(InvitationClaim::parse(text).is_none(), "{text}");
        }
    }
}
