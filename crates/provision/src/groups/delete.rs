//! `DELETE /Groups/{id}`: the group goes, its members stay (S89).

use serde_json::json;
use usher_core::GroupId;
use usher_lifecycle::groups::{GroupChange, check_change};
use usher_storage::Subject;

use super::subject;
use crate::events::fact;
use crate::scope::allow;
use crate::{Condition, Error, TenantScope};

impl TenantScope {
    /// `DELETE /Groups/{id}`.
    ///
    /// # Errors
    /// [`Error::Scim`] for an unknown id or a version that is not the present one; [`Error::Rule`] for a group that
    /// this connection may not delete; [`Error::Policy`] if it is switched off.
    pub async fn delete_group(&self, id: &str, condition: &Condition) -> Result<(), Error> {
        let result = self.delete_group_inner(id, condition).await;
        self.ended("group.delete", subject(id), result).await
    }

    async fn delete_group_inner(&self, id: &str, condition: &Condition) -> Result<(), Error> {
        let id = GroupId::parse(id).map_err(|_| Error::not_found())?;
        let write = self.store.change_group(id).await?.ok_or_else(Error::not_found)?;
        condition.check(&self.group_version(&write.group))?;
        check_change(write.group.kind, write.group.owner, self.connection(), GroupChange::Delete)?;
        allow(self.access.grant.connection.settings.switches.delete_groups, "deleting groups")?;
        let before = self.group_attributes(&write.group)?;
        let data = json!({ "before": *self.group_definition().openly(&before), "users": write.members().await? });
        let event = fact(&self.provisioner, &self.context(), "group.deleted", Subject::Group(id), data);
        write.delete(&[event]).await?;
        self.provisioner.inner.wake.notify_one();
        Ok(())
    }
}
