//! `DELETE /Users/{id}`: the user is suspended and no longer seen; nothing is erased (S63, S66).

use usher_lifecycle::{Command, Departure, decide};
use usher_storage::Write;

use super::{ATTEMPTS, store, subject};
use crate::events::{Change, of_effects};
use crate::scope::allow;
use crate::{Condition, Error, TenantScope};

impl TenantScope {
    /// `DELETE /Users/{id}`. Afterwards the identity provider sees 404, and the `userName` is free (RFC 7644 §3.6).
    ///
    /// # Errors
    /// [`Error::Scim`] for an unknown id or a version that is not the present one; [`Error::Rule`] for a user that the
    /// connection does not manage; [`Error::Policy`] if it is switched off.
    pub async fn delete_user(&self, id: &str, condition: &Condition) -> Result<(), Error> {
        let result = self.delete_inner(id, condition).await;
        self.ended("user.delete", subject(id), result).await
    }

    async fn delete_inner(&self, id: &str, condition: &Condition) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            match self.delete_once(id, condition).await {
                Err(Error::Busy) => {}
                done => return done,
            }
        }
        Err(Error::Busy)
    }

    async fn delete_once(&self, id: &str, condition: &Condition) -> Result<(), Error> {
        let (user, groups) = self.listed_user(id).await?;
        condition.check(&self.user_version(&user, &groups))?;
        allow(self.access.grant.connection.settings.switches.deprovision_users, "deprovisioning users")?;
        let now = self.provisioner.now();
        let command = Command::Deprovision { by: self.connection(), how: Departure::Delete };
        let (life, effects) = decide(&user.life, &command, now, &self.policy())?;
        let attributes = self.user_attributes(&user)?;
        let record = store::after_decision(user, life, &effects, now);
        let change = Change { before: &attributes, after: &attributes, ignored: &[] };
        let mut events = of_effects(&self.provisioner, &self.context(), record.id, &effects, &change);
        if let (Some(event), false) = (events.last_mut(), groups.is_empty()) {
            event.data["left_groups"] = groups.iter().map(|group| group.id.to_string()).collect();
        }
        self.store.write_user(&record, Write::Departure, &events).await?;
        self.provisioner.inner.wake.notify_one();
        Ok(())
    }
}
