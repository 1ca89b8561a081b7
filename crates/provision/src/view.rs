//! What a client sees of a user or group.

use serde_json::{Value, json};
use usher_core::{GroupId, UserId};
use usher_lifecycle::Owner;
use usher_scim::{Map, Meta, Projection};
use usher_storage::{GroupRecord, GroupRef, StorageError, UserRecord};

use crate::{Error, ManyMembers, TenantScope};

/// A resource as an answer shows it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The JSON object.
    pub resource: Map,
    /// Its entity tag, weak (RFC 7644 §3.14).
    pub version: String,
    /// Its absolute address.
    pub location: String,
    /// The members of a large group, which stand in `resource` as an empty list; see [`ManyMembers`].
    pub members: Option<ManyMembers>,
}

/// The canonical attributes of a row.
pub(crate) fn attributes(text: &str, table: &'static str, id: &impl ToString) -> Result<Map, Error> {
    serde_json::from_str(text)
        .map_err(|_| Error::Storage(StorageError::Inconsistent { table, column: "attributes", id: id.to_string() }))
}

impl TenantScope {
    /// The canonical attributes of a user as this connection knows them: `active` is what was asked for, unless a PATCH
    /// has unassigned it, and `externalId` is the label of the owning connection only (S135).
    pub(crate) fn user_attributes(&self, user: &UserRecord) -> Result<Map, Error> {
        let mut attributes = attributes(&user.attributes, "users", &user.id)?;
        if attributes.get("active") == Some(&Value::Null) {
            attributes.shift_remove("active");
        } else {
            attributes.insert("active".to_owned(), user.life.wanted_active.into());
        }
        if user.life.owner != Owner::Connection(self.connection()) {
            attributes.shift_remove("externalId");
        }
        self.user_definition().conform(&mut attributes);
        Ok(attributes)
    }

    /// The whole resource of a user.
    pub(crate) fn show_user(&self, user: &UserRecord, groups: &[GroupRef]) -> Result<Shown, Error> {
        let attributes = self.user_attributes(user)?;
        Ok(self.show_user_with(user, &attributes, groups))
    }

    /// The same where the attributes are at hand.
    pub(crate) fn show_user_with(&self, user: &UserRecord, attributes: &Map, groups: &[GroupRef]) -> Shown {
        let id = user.id.to_string();
        let location = format!("{}/Users/{id}", self.base);
        let version = self.user_version(user, groups);
        let meta = Meta {
            created: user.created_at,
            last_modified: user.updated_at,
            version: version.clone(),
            location: location.clone(),
        };
        let groups = groups.iter().map(|group| self.group_reference(group)).collect();
        Shown {
            resource: self.user_definition().render(&id, attributes, Some(groups), &meta),
            version,
            location,
            members: None,
        }
    }

    fn group_reference(&self, group: &GroupRef) -> Value {
        let id = group.id.to_string();
        json!({ "value": id, "$ref": format!("{}/Groups/{id}", self.base), "display": group.display_name, "type": "direct" })
    }

    /// The canonical attributes of a group, without members.
    pub(crate) fn group_attributes(&self, group: &GroupRecord) -> Result<Map, Error> {
        let mut attributes = attributes(&group.attributes, "groups", &group.id)?;
        if group.owner != Owner::Connection(self.connection()) {
            attributes.shift_remove("externalId");
        }
        self.group_definition().conform(&mut attributes);
        Ok(attributes)
    }

    /// The whole resource of a group; `members` are what is known of them, in the order of ids.
    pub(crate) fn show_group(&self, group: &GroupRecord, members: &[UserId]) -> Result<Shown, Error> {
        let mut attributes = self.group_attributes(group)?;
        if !members.is_empty() {
            let members = members.iter().map(|user| self.member(*user)).collect();
            attributes.insert("members".to_owned(), Value::Array(members));
        }
        let id = group.id.to_string();
        let location = self.group_location(group.id);
        let version = self.group_version(group);
        let meta = Meta {
            created: group.created_at,
            last_modified: group.updated_at,
            version: version.clone(),
            location: location.clone(),
        };
        Ok(Shown {
            resource: self.group_definition().render(&id, &attributes, None, &meta),
            version,
            location,
            members: None,
        })
    }

    pub(crate) fn group_location(&self, id: GroupId) -> String {
        format!("{}/Groups/{id}", self.base)
    }

    pub(crate) fn member(&self, user: UserId) -> Value {
        self.member_of(&user.to_string())
    }

    pub(crate) fn member_of(&self, id: &str) -> Value {
        json!({ "value": id, "$ref": format!("{}/Users/{id}", self.base), "type": "User" })
    }

    pub(crate) fn projected_user(&self, shown: Shown, projection: &Projection) -> Shown {
        Shown { resource: projection.apply(shown.resource, self.user_definition()), ..shown }
    }

    pub(crate) fn projected_group(&self, shown: Shown, projection: &Projection) -> Shown {
        Shown { resource: projection.apply(shown.resource, self.group_definition()), ..shown }
    }

    /// The version of what a user shows: the row's count, and, for one who is in groups, what their references show.
    pub(crate) fn user_version(&self, user: &UserRecord, groups: &[GroupRef]) -> String {
        let own = self.declared_version();
        if groups.is_empty() {
            return format!("W/\"{}{own}\"", user.version);
        }
        // FNV-1a: the same on every machine and in every release, and no secret depends on it.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for group in groups {
            for byte in group.id.as_bytes().iter().chain(group.display_name.as_bytes()).chain(&[0]) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("W/\"{}-{hash:x}{own}\"", user.version)
    }

    /// The version of what a group shows: the row's count, which members bump too.
    pub(crate) fn group_version(&self, group: &GroupRecord) -> String {
        format!("W/\"{}{}\"", group.version, self.declared_version())
    }

    /// A declared schema decides what is shown of what is stored, so a change of it is one of everything's version.
    fn declared_version(&self) -> String {
        let connection = &self.access.grant.connection;
        if connection.schemas == 0 { String::new() } else { format!(".{}", connection.revision) }
    }
}
