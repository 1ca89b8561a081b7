//! Changing who is in a group: deltas, inside the transaction that holds the group.

use std::collections::HashSet;

use serde_json::json;
use usher_core::{Reason, UserId};
use usher_scim::patch::MemberOperation;
use usher_storage::{GroupWrite, NewEvent, Subject};

use crate::events::fact;
use crate::{Error, TenantScope};

/// Who came and who went, really.
#[derive(Default)]
pub(super) struct Delta {
    added: Vec<UserId>,
    removed: Vec<UserId>,
}

impl Delta {
    pub(super) const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    fn add(&mut self, users: Vec<UserId>) {
        let coming: HashSet<UserId> = users.iter().copied().collect();
        let back: HashSet<UserId> = self.removed.iter().copied().filter(|user| coming.contains(user)).collect();
        self.removed.retain(|user| !back.contains(user));
        self.added.extend(users.into_iter().filter(|user| !back.contains(user)));
    }

    fn remove(&mut self, users: Vec<UserId>) {
        let leaving: HashSet<UserId> = users.iter().copied().collect();
        let came: HashSet<UserId> = self.added.iter().copied().filter(|user| leaving.contains(user)).collect();
        self.added.retain(|user| !came.contains(user));
        self.removed.extend(users.into_iter().filter(|user| !came.contains(user)));
    }
}

impl TenantScope {
    /// Carries one operation out.
    pub(super) async fn change_members(
        &self,
        write: &GroupWrite,
        operation: &MemberOperation,
        delta: &mut Delta,
    ) -> Result<(), Error> {
        match operation {
            MemberOperation::Add(values) => delta.add(write.add(&self.known_users(write, values).await?).await?),
            MemberOperation::Remove(values) => delta.remove(write.remove(&parsed(values)).await?),
            MemberOperation::RemoveAll => delta.remove(write.clear().await?),
            MemberOperation::RemoveMatching(filter) => {
                let members = write.members().await?;
                let out: Vec<UserId> =
                    members.into_iter().filter(|user| filter.matches_element(&self.member(*user))).collect();
                delta.remove(write.remove(&out).await?);
            }
            MemberOperation::Replace(values) => {
                let wanted = self.known_users(write, values).await?;
                let keep: HashSet<UserId> = wanted.iter().copied().collect();
                let out: Vec<UserId> = write.members().await?.into_iter().filter(|user| !keep.contains(user)).collect();
                delta.remove(write.remove(&out).await?);
                delta.add(write.add(&wanted).await?);
            }
        }
        Ok(())
    }

    /// The users behind member values; one that is nobody here refuses the request and is named.
    async fn known_users(&self, write: &GroupWrite, values: &[String]) -> Result<Vec<UserId>, Error> {
        let mut users = Vec::with_capacity(values.len());
        for value in values {
            users.push(UserId::parse(value).map_err(|_| unknown(value))?);
        }
        if users.is_empty() {
            return Ok(users);
        }
        let known: HashSet<UserId> = write.known(&users).await?.into_iter().collect();
        match users.iter().find(|user| !known.contains(user)) {
            Some(nobody) => Err(unknown(&nobody.to_string())),
            None => Ok(users),
        }
    }

    /// What happened to the members, as facts.
    pub(super) fn member_facts(&self, write: &GroupWrite, delta: &Delta) -> Vec<NewEvent> {
        let subject = Subject::Group(write.group.id);
        let one = |kind: &str, users: &[UserId]| {
            (!users.is_empty())
                .then(|| fact(&self.provisioner, &self.context(), kind, subject, json!({ "users": users })))
        };
        one("group.members_removed", &delta.removed)
            .into_iter()
            .chain(one("group.members_added", &delta.added))
            .collect()
    }
}

/// Ids of users; a text that is none cannot be a member, so there is nothing to remove.
fn parsed(values: &[String]) -> Vec<UserId> {
    values.iter().filter_map(|value| UserId::parse(value).ok()).collect()
}

fn unknown(value: &str) -> Error {
    let shown: String = value.chars().filter(|c| !c.is_control()).take(64).collect();
    let detail = format!("there is no user with the id \"{shown}\" to be a member");
    usher_scim::Error::invalid_value(Reason::UnknownMember.as_str(), detail).into()
}
