//! `POST /Groups`.

use serde_json::json;
use usher_core::{GroupId, ResourceType};
use usher_lifecycle::Owner;
use usher_lifecycle::groups::{GroupKind, check_name};
use usher_scim::list::Query;
use usher_scim::patch::{MemberOperation, member_values};
use usher_scim::{Incoming, Map, json as scim_json, resource};
use usher_storage::{GroupRecord, Subject};

use super::members::Delta;
use crate::events::fact;
use crate::scope::allow;
use crate::{Error, Shown, TenantScope};

impl TenantScope {
    /// `POST /Groups`.
    ///
    /// # Errors
    /// [`Error::Scim`] for a body that is no group, a member that is no user, or a nested group; [`Error::Rule`] for a
    /// reserved name; [`Error::Policy`] for a taken name or a switched-off operation.
    pub async fn create_group(&self, body: &[u8], query: &Query) -> Result<Shown, Error> {
        let result = self.create_group_inner(body, query).await;
        self.ended("group.create", Subject::Tenant, result).await
    }

    async fn create_group_inner(&self, body: &[u8], query: &Query) -> Result<Shown, Error> {
        let projection = query.projection(self.group_definition())?;
        let body = scim_json::parse(body, self.limits())?;
        let Incoming { mut attributes, ignored } = self.group_definition().read(body, self.limits())?;
        self.count_ignored(ResourceType::Group, &ignored);
        let members = member_values(&mut attributes, self.limits())?.unwrap_or_default();
        self.group_definition().check_required(&attributes)?;
        let switches = &self.access.grant.connection.settings.switches;
        allow(switches.create_groups, "creating groups")?;
        allow(switches.change_members || members.is_empty(), "changing members of groups")?;
        check_name(resource::display_name(&attributes).unwrap_or_default())?;
        let group = self.new_group(&attributes);
        let write = self.store.create_group(&group).await?;
        if let Some(unique) = self.unique_of_group(&attributes) {
            write.hold(&unique).await?;
        }
        let mut delta = Delta::default();
        if !members.is_empty() {
            self.change_members(&write, &MemberOperation::Add(members), &mut delta).await?;
        }
        let mut events = vec![fact(
            &self.provisioner,
            &self.context(),
            "group.created",
            Subject::Group(group.id),
            json!({ "after": *self.group_definition().openly(&attributes) }),
        )];
        events.extend(self.member_facts(&write, &delta));
        let members = if projection.wants("members") { write.members().await? } else { Vec::new() };
        let members = members.into_iter().collect();
        write.finish(&events).await?;
        self.provisioner.inner.wake.notify_one();
        let projection = projection.after_write(&attributes, self.group_definition());
        self.shown_group(&group, members, &projection)
    }

    fn new_group(&self, attributes: &Map) -> GroupRecord {
        let now = self.provisioner.now();
        GroupRecord {
            id: GroupId::mint(now, self.provisioner.entropy()),
            owner: Owner::Connection(self.connection()),
            kind: GroupKind::Managed,
            display_name: resource::display_name(attributes).unwrap_or_default().to_owned(),
            external_id: resource::external_id(attributes).map(str::to_owned),
            attributes: serde_json::Value::Object(attributes.clone()).to_string(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}
