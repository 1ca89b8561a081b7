//! `PUT` and `PATCH /Groups/{id}`.

use serde_json::json;
use usher_core::{GroupId, ResourceType};
use usher_lifecycle::groups::{GroupChange, check_change, check_name};
use usher_scim::dialect::PatchAnswer;
use usher_scim::list::Query;
use usher_scim::patch::{MemberOperation, member_values};
use usher_scim::{Incoming, Map, Patch, Projection, json as scim_json, resource};
use usher_storage::{GroupRecord, GroupWrite, MemberIds, NewEvent, Subject};

use super::members::Delta;
use super::subject;
use crate::events::{fact, part};
use crate::scope::allow;
use crate::{Condition, Error, Shown, TenantScope};

/// What a request wants a group to be.
struct Request {
    attributes: Wish,
    members: Vec<MemberOperation>,
}

enum Wish {
    Replace(Map),
    Patch(Patch),
}

impl TenantScope {
    /// `PUT /Groups/{id}`: name and members as given; a missing `members` is an empty list (RFC 7644 §3.5.1).
    ///
    /// # Errors
    /// [`Error::Scim`] for a body that is no group, an unknown id or member, or a version that is not the present one;
    /// [`Error::Rule`] for a group that this connection may not change, or a reserved name; [`Error::Policy`] for a
    /// taken name or a switched-off operation.
    pub async fn replace_group(
        &self,
        id: &str,
        body: &[u8],
        condition: &Condition,
        query: &Query,
    ) -> Result<Shown, Error> {
        let result = self.replace_inner(id, body, condition, query).await;
        self.ended("group.replace", subject(id), result).await
    }

    /// `PATCH /Groups/{id}`: all operations or none (S124). Answers the group only where `attributes` asks for it or the
    /// dialect needs it, and its new version.
    ///
    /// # Errors
    /// As [`TenantScope::replace_group`].
    pub async fn patch_group(
        &self,
        id: &str,
        body: &[u8],
        condition: &Condition,
        query: &Query,
    ) -> Result<(Option<Shown>, String), Error> {
        let result = self.patch_inner(id, body, condition, query).await;
        self.ended("group.patch", subject(id), result).await
    }

    async fn replace_inner(&self, id: &str, body: &[u8], condition: &Condition, query: &Query) -> Result<Shown, Error> {
        let projection = query.projection(self.group_definition())?;
        let Incoming { mut attributes, ignored } =
            self.group_definition().read(scim_json::parse(body, self.limits())?, self.limits())?;
        self.count_ignored(ResourceType::Group, &ignored);
        let members = member_values(&mut attributes, self.limits())?.unwrap_or_default();
        let projection = projection.after_write(&attributes, self.group_definition());
        let request =
            Request { attributes: Wish::Replace(attributes), members: vec![MemberOperation::Replace(members)] };
        let group = self.update_group(id, request, condition).await?;
        self.answer_of_update(group, &projection).await
    }

    async fn patch_inner(
        &self,
        id: &str,
        body: &[u8],
        condition: &Condition,
        query: &Query,
    ) -> Result<(Option<Shown>, String), Error> {
        let projection = query.projection(self.group_definition())?;
        let patch = Patch::read(scim_json::parse(body, self.limits())?, self.group_definition(), self.limits())?;
        patch.check_id(id)?;
        self.count_ignored(ResourceType::Group, &patch.ignored);
        let (rest, members) = patch.split_members()?;
        let projection = projection.after_patch(&rest, self.group_definition());
        let group = self.update_group(id, Request { attributes: Wish::Patch(rest), members }, condition).await?;
        let version = self.group_version(&group);
        let shows = match self.dialect().answers.patch_group {
            PatchAnswer::Resource => true,
            PatchAnswer::NoContent => projection.explicit(),
        };
        if !shows {
            return Ok((None, version));
        }
        Ok((Some(self.answer_of_update(group, &projection).await?), version))
    }

    /// The group with its members, both of one moment after the change: somebody else may have changed them since.
    async fn answer_of_update(&self, group: GroupRecord, projection: &Projection) -> Result<Shown, Error> {
        let now = if projection.wants("members") { self.store.group_with_members(group.id).await? } else { None };
        let (group, members) = now.unwrap_or((group, MemberIds::default()));
        self.shown_group(&group, members, projection)
    }

    /// Changes a group under its lock: everything of the request, or nothing.
    async fn update_group(&self, id: &str, request: Request, condition: &Condition) -> Result<GroupRecord, Error> {
        let id = GroupId::parse(id).map_err(|_| Error::not_found())?;
        let write = self.store.change_group(id).await?.ok_or_else(Error::not_found)?;
        condition.check(&self.group_version(&write.group))?;
        let before = self.group_attributes(&write.group)?;
        let after = match request.attributes {
            Wish::Replace(attributes) => {
                let attributes = self.group_definition().replaced(&before, attributes)?;
                self.group_definition().check_required(&attributes)?;
                attributes
            }
            Wish::Patch(patch) => patch.apply(&before, self.group_definition(), self.limits())?,
        };
        let changed = resource::changed_attributes(&before, &after);
        self.may_change(&write, &before, &after, &changed)?;
        let mut delta = Delta::default();
        for operation in &request.members {
            self.change_members(&write, operation, &mut delta).await?;
        }
        if !delta.is_empty() {
            check_change(write.group.kind, write.group.owner, self.connection(), GroupChange::Members)?;
            allow(self.access.grant.connection.settings.switches.change_members, "changing members of groups")?;
        }
        if changed.is_empty() && delta.is_empty() {
            self.may_touch(&write, &request.members)?;
            return Ok(write.group.clone());
        }
        if let Some(unique) = self.unique_of_group(&after).filter(|_| !changed.is_empty()) {
            write.hold(&unique).await?;
        }
        let group = self.changed_group(&write.group, &after);
        let mut events: Vec<NewEvent> = Vec::new();
        if !changed.is_empty() {
            let definition = self.group_definition();
            let (told_before, told_after) = (definition.openly(&before), definition.openly(&after));
            let data = json!({ "changed": changed, "before": part(&told_before, &changed), "after": part(&told_after, &changed) });
            events.push(fact(&self.provisioner, &self.context(), "group.updated", Subject::Group(group.id), data));
        }
        events.extend(self.member_facts(&write, &delta));
        write.commit(&group, &events).await?;
        self.provisioner.inner.wake.notify_one();
        Ok(group)
    }

    /// Whether this connection may change these attributes of this group.
    fn may_change(&self, write: &GroupWrite, before: &Map, after: &Map, changed: &[String]) -> Result<(), Error> {
        if changed.is_empty() {
            return Ok(());
        }
        let (group, by) = (&write.group, self.connection());
        check_change(group.kind, group.owner, by, GroupChange::Attributes)?;
        allow(self.access.grant.connection.settings.switches.update_groups, "updating groups")?;
        let name = resource::display_name(after).unwrap_or_default();
        if resource::display_name(before) == Some(name) {
            return Ok(());
        }
        check_change(group.kind, group.owner, by, GroupChange::Rename)?;
        Ok(check_name(name)?)
    }

    /// A change of members that changes nothing is still refused where it is not allowed: an empty built-in group
    /// answers "remove all" like every other attempt.
    fn may_touch(&self, write: &GroupWrite, members: &[MemberOperation]) -> Result<(), Error> {
        if members.is_empty() {
            return Ok(());
        }
        Ok(check_change(write.group.kind, write.group.owner, self.connection(), GroupChange::Members)?)
    }

    fn changed_group(&self, group: &GroupRecord, attributes: &Map) -> GroupRecord {
        GroupRecord {
            display_name: resource::display_name(attributes).unwrap_or_default().to_owned(),
            external_id: resource::external_id(attributes).map(str::to_owned),
            attributes: serde_json::Value::Object(attributes.clone()).to_string(),
            version: group.version + 1,
            updated_at: self.provisioner.now(),
            ..group.clone()
        }
    }
}
