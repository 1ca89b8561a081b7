//! `PUT` and `PATCH /Users/{id}`: what changes in the profile, and what that means for the life.

use serde_json::Value;
use usher_core::ResourceType;
use usher_lifecycle::{AddressChange, Command, Departure, Effect, Life, Owner, decide};
use usher_scim::list::Query;
use usher_scim::{Map, Patch, json, resource};
use usher_storage::{GroupRef, UserRecord, Write};

use super::{ATTEMPTS, store, subject};
use crate::events::{Change, of_effects};
use crate::scope::allow;
use crate::{Condition, Error, Shown, TenantScope, address};

/// What a request wants the attributes to be.
enum Wish {
    /// These and no others (RFC 7644 §3.5.1).
    Replace(Map),
    /// As these operations make them (§3.5.2).
    Patch(Patch),
}

/// A request, read.
struct Request {
    wish: Wish,
    ignored: Vec<String>,
}

impl TenantScope {
    /// `PUT /Users/{id}`. Attributes that are left out are cleared; a missing `active` stays as it is.
    ///
    /// # Errors
    /// [`Error::Scim`] for a body that is no user, an unknown id, or a version that is not the present one;
    /// [`Error::Rule`] and [`Error::Policy`] as for a create.
    pub async fn replace_user(
        &self,
        id: &str,
        body: &[u8],
        condition: &Condition,
        query: &Query,
    ) -> Result<Shown, Error> {
        let read = || {
            let incoming = self.user_definition().read(json::parse(body, self.limits())?, self.limits())?;
            Ok(Request { wish: Wish::Replace(incoming.attributes), ignored: incoming.ignored })
        };
        let result = self.update(id, read, condition, query).await;
        self.ended("user.replace", subject(id), result).await
    }

    /// `PATCH /Users/{id}`: all operations or none (S124).
    ///
    /// # Errors
    /// As [`TenantScope::replace_user`].
    pub async fn patch_user(
        &self,
        id: &str,
        body: &[u8],
        condition: &Condition,
        query: &Query,
    ) -> Result<Shown, Error> {
        let read = || {
            let patch = Patch::read(json::parse(body, self.limits())?, self.user_definition(), self.limits())?;
            patch.check_id(id)?;
            Ok(Request { ignored: patch.ignored.clone(), wish: Wish::Patch(patch) })
        };
        let result = self.update(id, read, condition, query).await;
        self.ended("user.patch", subject(id), result).await
    }

    async fn update(
        &self,
        id: &str,
        read: impl Fn() -> Result<Request, Error>,
        condition: &Condition,
        query: &Query,
    ) -> Result<Shown, Error> {
        let projection = self.user_projection(query)?;
        let request = read()?;
        self.count_ignored(ResourceType::User, &request.ignored);
        let projection = match &request.wish {
            Wish::Replace(attributes) => projection.after_write(attributes, self.user_definition()),
            Wish::Patch(patch) => projection.after_patch(patch, self.user_definition()),
        };
        for _ in 0..ATTEMPTS {
            let (user, groups) = self.listed_user(id).await?;
            condition.check(&self.user_version(&user, &groups))?;
            match self.update_once(&request, user, &groups).await {
                Err(Error::Busy) => {}
                done => return Ok(self.projected_user(done?, &projection)),
            }
        }
        Err(Error::Busy)
    }

    async fn update_once(&self, request: &Request, user: UserRecord, groups: &[GroupRef]) -> Result<Shown, Error> {
        let before = self.user_attributes(&user)?;
        let mut after = match &request.wish {
            Wish::Replace(attributes) => self.user_definition().replaced(&before, attributes.clone())?,
            Wish::Patch(patch) => patch.apply(&before, self.user_definition(), self.limits())?,
        };
        let unassigned = matches!(request.wish, Wish::Patch(_)) && !after.contains_key("active");
        if !unassigned {
            let active = resource::active(&after).unwrap_or(user.life.wanted_active);
            after.insert("active".to_owned(), active.into());
        }
        if matches!(request.wish, Wish::Replace(_)) {
            // a PATCH has asked already, and lets what was missing before stay missing
            self.user_definition().check_required(&after)?;
        }
        let (life, effects, address) = self.judge(&user, &before, &after)?;
        if effects.is_empty() {
            return Ok(self.show_user_with(&user, &before, groups));
        }
        let mut stored = after.clone();
        if unassigned {
            stored.insert("active".to_owned(), Value::Null);
        }
        let row = store::with_attributes(user, stored, address.as_ref());
        let record = store::after_decision(row, life, &effects, self.provisioner.now());
        let (told_before, told_after) = (self.user_definition().openly(&before), self.user_definition().openly(&after));
        let change = Change { before: &told_before, after: &told_after, ignored: &request.ignored };
        let events = of_effects(&self.provisioner, &self.context(), record.id, &effects, &change);
        self.write_user(&record, Write::Profile, &after, &events).await?;
        self.provisioner.inner.wake.notify_one();
        Ok(self.show_user_with(&record, &after, groups))
    }

    /// What a change of attributes does to the life: the profile first, then `active`.
    fn judge(
        &self,
        user: &UserRecord,
        before: &Map,
        after: &Map,
    ) -> Result<(Life, Vec<Effect>, Option<usher_core::EmailAddress>), Error> {
        let by = self.connection();
        let (now, policy) = (self.provisioner.now(), self.policy());
        let switches = &self.access.grant.connection.settings.switches;
        let active = resource::active(after).unwrap_or(user.life.wanted_active);
        // A changed `active` is a command of its own below; that it is said or no longer said is a change of the profile.
        let said = before.contains_key("active") == after.contains_key("active");
        let changed: Vec<String> =
            resource::changed_attributes(before, after).into_iter().filter(|path| !said || path != "active").collect();
        let address = address::usable(after);
        let address_change = address::change(user.email.as_deref(), address.as_ref());
        let claims = user.life.owner == Owner::Unmanaged;
        if claims || matches!(address_change, AddressChange::Changed | AddressChange::Gained) {
            address::check_domain(&self.access.grant.tenant.settings, address.as_ref())?;
        }
        let (mut life, mut effects) = (user.life, Vec::new());
        if !changed.is_empty() {
            allow(switches.update_users, "updating users")?;
            let command = Command::ChangeProfile { by, changed, address: address_change };
            let (next, more) = decide(&life, &command, now, &policy)?;
            life = next;
            effects.extend(more);
        }
        let command = if active {
            Command::Provision { by, active, address: address.is_some() }
        } else {
            Command::Deprovision { by, how: Departure::Deactivate }
        };
        let (next, more) = decide(&life, &command, now, &policy)?;
        if !more.is_empty() {
            let (switch, what) = if active {
                (switches.update_users, "updating users")
            } else {
                (switches.deprovision_users, "deprovisioning users")
            };
            allow(switch, what)?;
        }
        effects.extend(more);
        Ok((next, effects, address))
    }
}
