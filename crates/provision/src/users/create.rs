//! `POST /Users`: somebody new, somebody known to the application, or somebody who comes back.

use usher_core::{EmailAddress, ResourceType, UserId, fold};
use usher_lifecycle::matching::{self, Candidate, How, Match};
use usher_lifecycle::{Command, Effect, Life, Owner, decide};
use usher_scim::list::Query;
use usher_scim::{Incoming, Map, json, resource};
use usher_storage::{CandidateKeys, StorageError, Subject, UserRecord, Write};

use super::{ATTEMPTS, store};
use crate::events::{Change, of_effects};
use crate::scope::allow;
use crate::{Error, Shown, TenantScope, address};

/// A create request, read and checked.
struct Request {
    attributes: Map,
    ignored: Vec<String>,
    address: Option<EmailAddress>,
    active: bool,
}

impl TenantScope {
    /// `POST /Users`. Answers the user as stored, under the id they had before if this connection had deprovisioned them
    /// (S126) or the application had registered them (S40).
    ///
    /// # Errors
    /// [`Error::Scim`] for a body that is no user, or lacks what the connection requires; [`Error::Rule`] for a taken
    /// `userName` or `externalId` and an ambiguous address; [`Error::Policy`] for a foreign domain or a switched-off
    /// operation.
    pub async fn create_user(&self, body: &[u8], query: &Query) -> Result<Shown, Error> {
        let result = self.create_user_inner(body, query).await;
        self.ended("user.create", Subject::Tenant, result).await
    }

    async fn create_user_inner(&self, body: &[u8], query: &Query) -> Result<Shown, Error> {
        let projection = self.user_projection(query)?;
        let body = json::parse(body, self.limits())?;
        let request = {
            let incoming = self.user_definition().read(body, self.limits())?;
            self.count_ignored(ResourceType::User, &incoming.ignored);
            self.read_create(incoming)?
        };
        let projection = projection.after_write(&request.attributes, self.user_definition());
        for _ in 0..ATTEMPTS {
            match self.create_once(&request).await {
                Err(Error::Busy) => {}
                done => return Ok(self.projected_user(done?, &projection)),
            }
        }
        Err(Error::Busy)
    }

    fn read_create(&self, incoming: Incoming) -> Result<Request, Error> {
        let Incoming { mut attributes, ignored } = incoming;
        self.user_definition().check_required(&attributes)?;
        allow(self.access.grant.connection.settings.switches.create_users, "creating users")?;
        let address = address::usable(&attributes);
        address::check_domain(&self.access.grant.tenant.settings, address.as_ref())?;
        let active = resource::active(&attributes).unwrap_or(true);
        attributes.shift_remove("active");
        Ok(Request { attributes, ignored, address, active })
    }

    async fn create_once(&self, request: &Request) -> Result<Shown, Error> {
        let found = self.store.candidates(&self.keys(request)).await?;
        let candidates: Vec<Candidate> = found.iter().map(|user| self.candidate(request, user)).collect();
        // The domain was checked before; a request without an authorised address does not get here.
        match matching::find(self.connection(), &candidates, true)? {
            Match::New => self.create_new(request).await,
            Match::Existing { user: id, how } => {
                let user = found.into_iter().find(|user| user.id == id).ok_or(Error::Busy)?;
                self.take_over(request, user, how).await
            }
        }
    }

    fn keys<'a>(&self, request: &'a Request) -> CandidateKeys<'a> {
        CandidateKeys {
            user_name: resource::user_name(&request.attributes).unwrap_or_default(),
            external_id: resource::external_id(&request.attributes),
            email: request.address.as_ref().map(EmailAddress::as_written),
            connection: self.connection(),
        }
    }

    fn candidate(&self, request: &Request, user: &UserRecord) -> Candidate {
        let keys = self.keys(request);
        let same = |one: Option<&str>, other: Option<&str>| {
            one.zip(other).is_some_and(|(one, other)| fold(one) == fold(other))
        };
        Candidate {
            user: user.id,
            owner: user.life.owner,
            listed: user.life.listed,
            state: user.life.state,
            same_user_name: same(Some(keys.user_name), Some(&user.user_name)),
            same_external_id: user.life.owner == Owner::Connection(self.connection())
                && keys.external_id.is_some()
                && keys.external_id == user.external_id.as_deref(),
            same_address: same(keys.email, user.email.as_deref()),
        }
    }

    fn provision(&self, request: &Request) -> Command {
        Command::Provision { by: self.connection(), active: request.active, address: request.address.is_some() }
    }

    async fn create_new(&self, request: &Request) -> Result<Shown, Error> {
        let now = self.provisioner.now();
        let (life, effects) = decide(&Life::absent(), &self.provision(request), now, &self.policy())?;
        let id = UserId::mint(now, self.provisioner.entropy());
        let record = store::new_record(id, life, request.attributes.clone(), request.address.as_ref(), now);
        let record = store::after_decision(record, life, &effects, now);
        let told = self.user_definition().openly(&request.attributes);
        let change = Change { before: &Map::new(), after: &told, ignored: &request.ignored };
        let events = of_effects(&self.provisioner, &self.context(), id, &effects, &change);
        self.write_user(&record, Write::Insert, &request.attributes, &events).await?;
        self.provisioner.inner.wake.notify_one();
        self.show_user(&record, &[])
    }

    /// Somebody comes back, or the application knew them: the same row and id, with what the request says.
    async fn take_over(&self, request: &Request, user: UserRecord, how: How) -> Result<Shown, Error> {
        let now = self.provisioner.now();
        let before = self.user_attributes(&user)?;
        let (life, mut effects) = decide(&user.life, &self.provision(request), now, &self.policy())?;
        if effects.iter().any(|effect| matches!(effect, Effect::Suspended { .. })) {
            // A create with `active: false` that meets a member is no way around the switch.
            allow(self.access.grant.connection.settings.switches.deprovision_users, "deprovisioning users")?;
        }
        let address = match how {
            // Adoption changes no address: mail keeps going to the one on file.
            How::ByAddress => user.email.as_deref().and_then(|email| EmailAddress::parse(email).ok()),
            How::Revived | How::Reactivated => request.address.clone(),
        };
        let mut after = request.attributes.clone();
        match before.get("active") {
            Some(active) => after.insert("active".to_owned(), active.clone()),
            None => after.shift_remove("active"),
        };
        let changed = resource::changed_attributes(&before, &after);
        if !changed.is_empty() {
            effects.push(Effect::Updated { changed });
        }
        let (_, groups) = self.store.user_with_groups(user.id).await?.ok_or(Error::Busy)?;
        if effects.is_empty() {
            return self.show_user(&user, &groups);
        }
        let record =
            store::after_decision(store::with_attributes(user, after.clone(), address.as_ref()), life, &effects, now);
        let (told_before, told_after) = (self.user_definition().openly(&before), self.user_definition().openly(&after));
        let change = Change { before: &told_before, after: &told_after, ignored: &request.ignored };
        let events = of_effects(&self.provisioner, &self.context(), record.id, &effects, &change);
        match self.write_user(&record, Write::Profile, &after, &events).await {
            Err(StorageError::VersionConflict) => Err(Error::Busy),
            done => {
                done?;
                self.provisioner.inner.wake.notify_one();
                self.show_user(&record, &groups)
            }
        }
    }
}
