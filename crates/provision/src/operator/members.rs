//! Members of the operator's application: registered without an identity provider, read, invited again, deleted.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_core::{EmailAddress, Reason, UserId};
use usher_lifecycle::{Command, Deleter, Life, Owner, State, decide};
use usher_scim::{Definition, Map};
use usher_storage::{Subject, TenantRecord, TenantStore, UserRecord, Write};

use super::OperatorScope;
use crate::events::{Change, Context, fact, of_effects};
use crate::join::{operator_user, policy};
use crate::users::{after_decision, new_record};
use crate::{Error, address};

/// A member that the application already has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The name under which SCIM shows the member; the e-mail address if there is none.
    #[serde(default)]
    pub user_name: Option<String>,
    /// Where the member can be reached: what an identity provider is matched by.
    pub email: String,
    /// The name for people.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// A user as the application sees them.
#[derive(Clone, Debug, Serialize)]
pub struct UserState {
    /// The id: the SCIM `id`.
    pub id: String,
    /// `staged`, `invited`, `active`, `suspended` or `deleted`: what is in effect.
    pub state: &'static str,
    /// Why a staged user waits.
    pub reason: Option<&'static str>,
    /// What the identity provider asked for last.
    pub wanted_active: bool,
    /// The connection that manages the user; `null` for an unmanaged one.
    pub connection: Option<String>,
    /// The name in the identity provider.
    pub user_name: String,
    /// Where the user can be reached.
    pub email: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
    /// When the user accepted or was registered.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Since when the user is suspended.
    pub suspended_at: Option<DateTime<Utc>>,
    /// When the user was created.
    pub created_at: DateTime<Utc>,
}

impl From<UserRecord> for UserState {
    fn from(user: UserRecord) -> Self {
        let reason = match user.life.state {
            State::Staged { reason } => Some(reason.as_str()),
            State::Absent | State::Invited { .. } | State::Active | State::Suspended { .. } | State::Deleted => None,
        };
        let connection = match user.life.owner {
            Owner::Unmanaged => None,
            Owner::Connection(id) => Some(id.to_string()),
        };
        Self {
            id: user.id.to_string(),
            state: user.life.state.as_str(),
            reason,
            wanted_active: user.life.wanted_active,
            connection,
            user_name: user.user_name,
            email: user.email,
            display_name: user.display_name,
            accepted_at: user.accepted_at,
            suspended_at: user.suspended_at,
            created_at: user.created_at,
        }
    }
}

impl OperatorScope {
    /// Registers a member that the application has without an identity provider: active, unmanaged, no mail. One day an
    /// IdP may claim them by their e-mail address (S40 to S42).
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant; [`Error::Scim`] for a name that SCIM cannot show or no address;
    /// [`Error::Rule`] for a taken `userName`.
    pub async fn register_member(&self, tenant: &str, new: NewMember, request_id: &str) -> Result<UserState, Error> {
        let (tenant, store) = self.find(tenant).await?;
        let email = EmailAddress::parse(&new.email).map_err(|error| {
            usher_scim::Error::invalid_value(Reason::NoAddress.as_str(), format!("the e-mail address {error}"))
        })?;
        let body = json!({
            "userName": new.user_name.as_deref().unwrap_or(&new.email),
            "displayName": new.display_name,
            "emails": [{ "value": email.as_written(), "type": "work", "primary": true }],
        });
        let attributes = Definition::user().read(body, self.provisioner.limits())?.attributes;
        let now = self.provisioner.now();
        let (life, effects) = decide(&Life::absent(), &Command::Register, now, &policy(&tenant.settings))?;
        let id = UserId::mint(now, self.provisioner.entropy());
        let record = after_decision(
            new_record(id, life, attributes.clone(), address::usable(&attributes).as_ref(), now),
            life,
            &effects,
            now,
        );
        let change = Change { before: &Map::new(), after: &attributes, ignored: &[] };
        let events = of_effects(&self.provisioner, &Self::context(Some(request_id)), id, &effects, &change);
        store.write_user(&record, Write::Insert, &events).await?;
        self.provisioner.inner.wake.notify_one();
        Ok(record.into())
    }

    /// A user, whatever their state.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or user.
    pub async fn user(&self, tenant: &str, user: &str) -> Result<UserState, Error> {
        let (_, store) = self.find(tenant).await?;
        Ok(operator_user(&store, user).await?.into())
    }

    /// Sends a new invitation; the link of the old one is dead.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or user; [`Error::Rule`] for one who is not waiting to be invited;
    /// [`Error::Policy`] for one without an address.
    pub async fn resend_invitation(&self, tenant: &str, user: &str, request_id: &str) -> Result<UserState, Error> {
        let (tenant, store) = self.find(tenant).await?;
        let user = operator_user(&store, user).await?;
        Ok(self.provisioner.resend_to(tenant, store, user, &Self::context(Some(request_id))).await?.into())
    }

    /// Withdraws an open invitation.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or user; [`Error::Rule`] where there is no invitation.
    pub async fn withdraw_invitation(&self, tenant: &str, user: &str, request_id: &str) -> Result<UserState, Error> {
        let (tenant, store) = self.find(tenant).await?;
        let user = operator_user(&store, user).await?;
        let context = Self::context(Some(request_id));
        self.command(&tenant, &store, user, &Command::Withdraw, Write::State, &context).await
    }

    /// Deletes a user for good: personal data is erased, here and in the log; a tombstone stays.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or user; [`Error::Rule`] for one who was not deprovisioned (S69).
    pub async fn delete_user(&self, tenant: &str, user: &str, request_id: &str) -> Result<UserState, Error> {
        let (tenant, store) = self.find(tenant).await?;
        let user = operator_user(&store, user).await?;
        let id = user.id;
        let context = Self::context(Some(request_id));
        let command = Command::Delete { by: Deleter::Admin };
        let done = self.command(&tenant, &store, user, &command, Write::Erasure, &context).await;
        if let Err(error @ Error::Rule(_)) = &done {
            let mut event =
                fact(&self.provisioner, &context, "refused", Subject::User(id), json!({ "operation": "user.erase" }));
            event.kind = format!("refused.{}", error.reason());
            event.reason = Some(error.reason().to_owned());
            store.record(&[event]).await?;
        }
        done
    }

    async fn command(
        &self,
        tenant: &TenantRecord,
        store: &TenantStore,
        user: UserRecord,
        command: &Command,
        write: Write,
        context: &Context,
    ) -> Result<UserState, Error> {
        let now = self.provisioner.now();
        let (life, effects) = decide(&user.life, command, now, &policy(&tenant.settings))?;
        if effects.is_empty() {
            return Ok(user.into());
        }
        let mut record = after_decision(user, life, &effects, now);
        if write == Write::Erasure {
            record = erased(record);
        }
        let change = Change { before: &Map::new(), after: &Map::new(), ignored: &[] };
        let events = of_effects(&self.provisioner, context, record.id, &effects, &change);
        store.write_user(&record, write, &events).await?;
        self.provisioner.inner.wake.notify_one();
        Ok(record.into())
    }
}

/// The tombstone of a user.
fn erased(mut user: UserRecord) -> UserRecord {
    user.invitation_email = None;
    user.user_name = String::new();
    user.external_id = None;
    user.display_name = None;
    user.email = None;
    user.other_emails = Vec::new();
    "{}".clone_into(&mut user.attributes);
    user
}
