//! A group as an answer shows it. A few members stand in the resource; the many of a large group are written out one after
//! the other while the answer is sent, so that no answer holds a hundred thousand JSON values.

use serde_json::Value;
use usher_core::{GroupId, UserId};
use usher_scim::{Map, Projection};
use usher_storage::{GroupRecord, MemberIds};

use crate::{Error, Shown, TenantScope};

/// Members that stand in the resource itself; some 200 bytes each as JSON text, several times that as values.
const FEW: usize = 100;
/// What stands for the id in the template of a member; no address and no id has it.
const PLACEHOLDER: &str = "\u{1}";

/// The members of a large group, to be written where the resource has an empty list.
#[derive(Clone, Debug)]
pub struct ManyMembers {
    /// The JSON text of a member, cut where its id stands.
    template: Vec<String>,
    ids: MemberIds,
}

impl ManyMembers {
    pub(super) const fn new(template: Vec<String>, ids: MemberIds) -> Self {
        Self { template, ids }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The length of all members with the commas between them, in bytes. Every id has the same length, so does every member.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let one = self.ids.get(0).map_or(0, |id| self.one(id).len());
        u64::try_from((one + 1) * self.len()).unwrap_or(u64::MAX).saturating_sub(1)
    }

    /// The JSON texts of `count` members from a place on, with the commas before all but the very first.
    #[must_use]
    pub fn text(&self, from: usize, count: usize) -> String {
        let mut text = String::new();
        for place in from..from.saturating_add(count).min(self.len()) {
            let Some(id) = self.ids.get(place) else { break };
            if place > 0 {
                text.push(',');
            }
            text.push_str(&self.one(id));
        }
        text
    }

    fn one(&self, id: UserId) -> String {
        self.template.join(&id.to_string())
    }
}

impl TenantScope {
    /// A group and its members as a projection shows them.
    pub(super) fn shown_group(
        &self,
        group: &GroupRecord,
        members: MemberIds,
        projection: &Projection,
    ) -> Result<Shown, Error> {
        if members.len() <= FEW {
            let members: Vec<UserId> = members.iter().collect();
            return Ok(self.projected_group(self.show_group(group, &members)?, projection));
        }
        let mut shown = self.projected_group(self.show_group(group, &[])?, projection);
        match self.template(projection) {
            Some(template) => shown.members = Some(ManyMembers { template, ids: members }),
            None => {
                shown.resource.shift_remove("members");
            }
        }
        Ok(shown)
    }

    /// The JSON text of a member under a projection, cut at its id; none when the projection leaves nothing of it.
    pub(super) fn template(&self, projection: &Projection) -> Option<Vec<String>> {
        let resource = Map::from_iter([("members".to_owned(), Value::Array(vec![self.member_of(PLACEHOLDER)]))]);
        let shown = projection.apply(resource, self.group_definition());
        let member = shown.get("members")?.get(0)?.to_string();
        // JSON has no control characters: the placeholder stands there in its escaped form.
        let escaped = Value::from(PLACEHOLDER).to_string();
        Some(member.split(escaped.trim_matches('"')).map(str::to_owned).collect())
    }

    /// A group with its members, if the projection shows them.
    pub(super) async fn group_and_members(
        &self,
        id: GroupId,
        projection: &Projection,
    ) -> Result<(GroupRecord, MemberIds), Error> {
        let found = if projection.wants("members") {
            self.store.group_with_members(id).await?
        } else {
            self.store.group(id).await?.map(|group| (group, MemberIds::default()))
        };
        found.ok_or_else(Error::not_found)
    }
}
