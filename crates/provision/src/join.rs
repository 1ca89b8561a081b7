//! Invitations: what a link shows, and the transaction in which a person accepts and is confirmed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use usher_core::{InvitationClaim, Reason, TenantSettings, UserId};
use usher_lifecycle::{Command, Effect, InvitationState, Policy, Refusal, State, decide};
use usher_scim::Map;
use usher_storage::{Actor, StorageError, Subject, TenantRecord, TenantStore, UserRecord, Write};

use crate::events::{Change, Context, fact, of_effects};
use crate::users::after_decision;
use crate::{Error, Provisioner};

/// How often a write is decided again after somebody else was faster.
const ATTEMPTS: usize = 8;

/// The rules' numbers out of a tenant's settings.
pub(crate) fn policy(settings: &TenantSettings) -> Policy {
    Policy {
        invitation_lifetime: TimeDelta::days(i64::from(settings.invitation_days.max(1))),
        retention: TimeDelta::days(i64::from(settings.retention_days)),
    }
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinState {
    /// It can be accepted until then.
    Open {
        /// The last instant.
        expires_at: DateTime<Utc>,
    },
    /// It was accepted, and the person may use the application.
    Used,
    /// Its time is over.
    Expired,
    /// It was withdrawn, or died with the user's suspension or a change of their address.
    Withdrawn,
    /// A newer one took its place.
    Replaced,
}

/// What a link shows to the person who opens it. Only a secret that usher made gets so far.
#[derive(Clone, Debug)]
pub struct InvitationView {
    /// What it is good for.
    pub state: JoinState,
    /// Who invites: the tenant's name.
    pub tenant: String,
    /// The person's name, if known.
    pub person: Option<String>,
    /// Where the invitation went.
    pub email: String,
    /// Whether the person can ask for a new one.
    pub can_ask: bool,
}

/// The answer to an acceptance.
#[derive(Clone, Debug, Serialize)]
pub struct Accepted {
    /// The tenant's id.
    pub tenant: String,
    /// The tenant's name in URLs.
    pub tenant_slug: String,
    /// The tenant's name for people.
    #[serde(skip)]
    pub tenant_name: String,
    /// The user's id: the SCIM `id`.
    pub user: String,
    /// The user's state, `active`.
    pub state: &'static str,
    /// The user's name in the identity provider.
    pub user_name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their display name.
    pub display_name: Option<String>,
    /// Whether this very request confirmed them; `false` when it repeats an earlier one.
    pub confirmed_now: bool,
}

/// A secret that was proved, and whom it is about.
struct Proved {
    tenant: TenantRecord,
    store: TenantStore,
    user: UserRecord,
    issue: u32,
}

impl Provisioner {
    /// What a link shows. Changes nothing: mail scanners open links. `None` for a secret that usher never made.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Storage`].
    pub async fn invitation(&self, secret: &str) -> Result<Option<InvitationView>, Error> {
        let Some(proved) = self.prove(secret).await? else { return Ok(None) };
        let user = &proved.user;
        let state =
            if withdrawn_on_purpose(user) { JoinState::Withdrawn } else { join_state(user, proved.issue, self.now()) };
        let waiting = matches!(user.life.state, State::Invited { .. }) && user.email.is_some();
        Ok(Some(InvitationView {
            state,
            tenant: proved.tenant.name,
            person: user.display_name.clone(),
            email: user.invitation_email.clone().or_else(|| user.email.clone()).unwrap_or_default(),
            can_ask: waiting && matches!(state, JoinState::Expired | JoinState::Replaced),
        }))
    }

    /// Accepts an invitation: the state `active` and the fact `user.confirmed` are one transaction (S44).
    ///
    /// # Errors
    /// [`Error::Request`] with `invitation_unknown` for a secret that usher never made; [`Error::Rule`] for one that is
    /// expired, withdrawn, replaced, or of a user who was suspended since.
    pub async fn accept(&self, secret: &str, request_id: &str) -> Result<Accepted, Error> {
        for _ in 0..ATTEMPTS {
            let Some(proved) = self.prove(secret).await? else {
                return Err(Error::Request(Reason::InvitationUnknown, "there is no such invitation".to_owned()));
            };
            match self.accept_once(proved, request_id).await {
                Err(Error::Busy) => {}
                done => return done,
            }
        }
        Err(Error::Busy)
    }

    async fn accept_once(&self, proved: Proved, request_id: &str) -> Result<Accepted, Error> {
        let now = self.now();
        let context = person(&proved.user, request_id);
        let decision =
            decide(&proved.user.life, &Command::Accept { issue: proved.issue }, now, &policy(&proved.tenant.settings));
        let (life, effects) = match decision {
            Ok(decided) => decided,
            Err(refusal) => {
                self.note_join_refusal(&proved, &context, refusal).await;
                return Err(refusal.into());
            }
        };
        let confirmed_now = !effects.is_empty();
        if confirmed_now {
            let record = after_decision(proved.user.clone(), life, &effects, now);
            self.write(&proved, record, &effects, &context).await?;
        }
        Ok(Accepted {
            tenant: proved.tenant.id.to_string(),
            tenant_slug: proved.tenant.slug.to_string(),
            tenant_name: proved.tenant.name,
            user: proved.user.id.to_string(),
            state: life.state.as_str(),
            user_name: proved.user.user_name,
            email: proved.user.email,
            display_name: proved.user.display_name,
            confirmed_now,
        })
    }

    /// Sends a new invitation to the address on file, asked for by somebody who holds an older secret.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown secret; [`Error::Rule`] where there is nothing to invite to.
    pub async fn ask_for_invitation(&self, secret: &str, request_id: &str) -> Result<InvitationView, Error> {
        let unknown = || Error::Request(Reason::InvitationUnknown, "there is no such invitation".to_owned());
        let view = self.invitation(secret).await?.ok_or_else(unknown)?;
        if !view.can_ask {
            return Err(Refusal::WrongState { state: "not waiting for an invitation" }.into());
        }
        let proved = self.prove(secret).await?.ok_or_else(unknown)?;
        let context = person(&proved.user, request_id);
        self.resend_to(proved.tenant, proved.store, proved.user, &context).await?;
        Ok(view)
    }

    /// Issues the invitation anew: the old secret is dead, the new one goes to the address on file.
    pub(crate) async fn resend_to(
        &self,
        tenant: TenantRecord,
        store: TenantStore,
        user: UserRecord,
        context: &Context,
    ) -> Result<UserRecord, Error> {
        if user.email.is_none() {
            return Err(Error::Policy(Reason::NoAddress, "the user has no usable e-mail address".to_owned()));
        }
        let now = self.now();
        let (life, effects) = decide(&user.life, &Command::Resend, now, &policy(&tenant.settings))?;
        let record = after_decision(user.clone(), life, &effects, now);
        let proved = Proved { tenant, store, user, issue: life.issue };
        self.write(&proved, record.clone(), &effects, context).await?;
        Ok(record)
    }

    async fn write(
        &self,
        proved: &Proved,
        record: UserRecord,
        effects: &[Effect],
        context: &Context,
    ) -> Result<(), Error> {
        let nothing = Map::new();
        let change = Change { before: &nothing, after: &nothing, ignored: &[] };
        let events = of_effects(self, context, record.id, effects, &change);
        match proved.store.write_user(&record, Write::State, &events).await {
            Err(StorageError::VersionConflict) => Err(Error::Busy),
            done => {
                done?;
                self.inner.wake.notify_one();
                Ok(())
            }
        }
    }

    async fn prove(&self, secret: &str) -> Result<Option<Proved>, Error> {
        let Some(claim) = InvitationClaim::parse(secret) else { return Ok(None) };
        let system = self.store().system();
        let Some(tenant) = system.tenant_by_id(claim.tenant).await? else { return Ok(None) };
        let store = system.scope_of(&tenant);
        let Some(user) = store.user(claim.user).await? else { return Ok(None) };
        let issue = claim.issue_of(self.keys(), user.life.issue);
        // A suspended tenant invites nobody, and a tombstone is nobody.
        let shut = tenant.suspended_at.is_some() || user.life.state == State::Deleted;
        Ok(issue.filter(|_| !shut).map(|issue| Proved { tenant, store, user, issue }))
    }

    async fn note_join_refusal(&self, proved: &Proved, context: &Context, refusal: Refusal) {
        let Some(suppressed) = self.inner.refusals.take(proved.tenant.id, self.now()) else { return };
        let reason = refusal.reason().as_str();
        let mut data = serde_json::json!({ "operation": "invitation.accept", "issue": proved.issue });
        if suppressed > 0 {
            data["suppressed_before"] = suppressed.into();
        }
        let mut event = fact(self, context, "refused", Subject::User(proved.user.id), data);
        event.kind = format!("refused.{reason}");
        event.reason = Some(reason.to_owned());
        if let Err(error) = proved.store.record(&[event]).await {
            tracing::warn!(%error, "a refusal could not be written into the log");
        }
    }
}

fn person(user: &UserRecord, request_id: &str) -> Context {
    let connection = match user.life.owner {
        usher_lifecycle::Owner::Unmanaged => None,
        usher_lifecycle::Owner::Connection(id) => Some(id),
    };
    Context { actor: Actor::Person(user.id), connection, request_id: Some(request_id.to_owned()) }
}

/// The operator took the invitation back, so no link of any issue brings it back. A change of address withdraws it too;
/// then the person may ask for a new one, which goes to the new address.
fn withdrawn_on_purpose(user: &UserRecord) -> bool {
    let folded = |address: &Option<String>| address.as_deref().map(usher_core::fold);
    matches!(user.life.state, State::Invited { .. })
        && user.life.invitation == InvitationState::Withdrawn
        && folded(&user.invitation_email) == folded(&user.email)
}

fn join_state(user: &UserRecord, issue: u32, now: DateTime<Utc>) -> JoinState {
    if issue != user.life.issue {
        return JoinState::Replaced;
    }
    match (user.life.state, user.life.invitation) {
        (State::Active, InvitationState::Accepted) => JoinState::Used,
        (State::Invited { expires_at }, InvitationState::Open) if now <= expires_at => JoinState::Open { expires_at },
        (State::Invited { .. }, InvitationState::Open) => JoinState::Expired,
        (
            State::Absent
            | State::Staged { .. }
            | State::Suspended { .. }
            | State::Deleted
            | State::Invited { .. }
            | State::Active,
            InvitationState::None | InvitationState::Open | InvitationState::Accepted | InvitationState::Withdrawn,
        ) => JoinState::Withdrawn,
    }
}

/// The user behind an id, for the operator.
pub(crate) async fn operator_user(store: &TenantStore, id: &str) -> Result<UserRecord, Error> {
    let missing = || Error::Request(Reason::NotFound, "there is no such user".to_owned());
    store.user(UserId::parse(id).map_err(|_| missing())?).await?.ok_or_else(missing)
}
