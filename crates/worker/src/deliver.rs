//! One delivery: is it still wanted, then send it, then note how it ended.

use chrono::{DateTime, Utc};
use usher_core::EmailAddress;
use usher_lifecycle::{InvitationState, State};
use usher_storage::{DeliveryKind, DeliveryRecord, Outcome, StorageError, TenantRecord, UserRecord};

use crate::mail::{Confirmed, Content, Invitation, Mail, confirmed, invitation};
use crate::retry::wait_after;
use crate::run::Worker;

impl Worker {
    /// Carries one leased delivery out; `None` if it could not be prepared, and passes on when its lease ends.
    pub(crate) async fn deliver(&self, delivery: DeliveryRecord) -> Option<(DeliveryRecord, Outcome)> {
        let outcome = match self.attempt(&delivery).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(%error, delivery.id = %delivery.id, "a delivery could not be prepared");
                return None;
            }
        };
        tell(&delivery, &outcome);
        Some((delivery, outcome))
    }

    async fn attempt(&self, delivery: &DeliveryRecord) -> Result<Outcome, StorageError> {
        let system = self.provisioner.store().system();
        let Some(tenant) = system.tenant_by_id(delivery.tenant).await? else {
            return Ok(Outcome::Skipped("no such tenant"));
        };
        let Some(user) = system.scope_of(&tenant).user(delivery.user).await? else {
            return Ok(Outcome::Skipped("no such user"));
        };
        let (to, content) = match delivery.kind {
            DeliveryKind::InvitationMail => match self.invitation_for(delivery, &tenant, &user) {
                Ok(ready) => ready,
                Err(why) => return Ok(Outcome::Skipped(why)),
            },
            DeliveryKind::ConfirmedMail => match self.confirmation_for(&tenant, &user) {
                Ok(ready) => ready,
                Err(why) => return Ok(Outcome::Skipped(why)),
            },
        };
        let mail = Mail {
            to,
            to_name: user.display_name.clone(),
            subject: content.subject,
            text: content.text,
            html: content.html,
            message_id: delivery.id.to_string(),
            at: self.provisioner.now(),
        };
        Ok(self.outcome(delivery, self.options.mailer.send(&self.options.from, &mail).await))
    }

    fn outcome(&self, delivery: &DeliveryRecord, sent: Result<(), crate::mailer::MailError>) -> Outcome {
        let Err(error) = sent else { return Outcome::Sent };
        if !error.retry {
            return Outcome::Dead(error.to_string());
        }
        match wait_after(delivery.attempt, self.options.attempts) {
            Some(wait) => Outcome::Retry(self.provisioner.now() + wait, error.to_string()),
            None => Outcome::Dead(error.to_string()),
        }
    }

    /// An invitation is sent while its issue is the one that can be accepted: to the address on file.
    fn invitation_for(
        &self,
        delivery: &DeliveryRecord,
        tenant: &TenantRecord,
        user: &UserRecord,
    ) -> Result<(EmailAddress, Content), &'static str> {
        let issue =
            delivery.data.get("issue").and_then(serde_json::Value::as_u64).and_then(|issue| u32::try_from(issue).ok());
        let expires_at = open_until(user, issue, self.provisioner.now())?;
        if tenant.suspended_at.is_some() {
            return Err("the tenant is suspended");
        }
        let to = address(user.invitation_email.as_deref())?;
        let link = self.provisioner.join_link(delivery.tenant, user.id, user.life.issue);
        let content = invitation(&Invitation {
            tenant_name: &tenant.name,
            person_name: user.display_name.as_deref(),
            link: &link,
            expires_at,
            product: &self.options.product,
        });
        Ok((to, content))
    }

    fn confirmation_for(
        &self,
        tenant: &TenantRecord,
        user: &UserRecord,
    ) -> Result<(EmailAddress, Content), &'static str> {
        if user.life.state != State::Active {
            return Err("the user is no longer active");
        }
        let content = confirmed(&Confirmed {
            tenant_name: &tenant.name,
            person_name: user.display_name.as_deref(),
            product: &self.options.product,
            start_url: self.options.start_url.as_deref(),
        });
        Ok((address(user.email.as_deref())?, content))
    }
}

fn open_until(user: &UserRecord, issue: Option<u32>, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    let State::Invited { expires_at } = user.life.state else { return Err("the user is no longer invited") };
    if issue != Some(user.life.issue) || user.life.invitation != InvitationState::Open {
        return Err("a newer invitation, or none, has taken its place");
    }
    if expires_at < now { Err("the invitation has expired") } else { Ok(expires_at) }
}

fn address(text: Option<&str>) -> Result<EmailAddress, &'static str> {
    text.and_then(|text| EmailAddress::parse(text).ok()).ok_or("no usable address")
}

fn tell(delivery: &DeliveryRecord, outcome: &Outcome) {
    let (id, tenant, attempt) = (delivery.id, delivery.tenant, delivery.attempt);
    match outcome {
        Outcome::Sent => tracing::info!(delivery.id = %id, tenant.id = %tenant, "delivered"),
        Outcome::Skipped(why) => tracing::info!(delivery.id = %id, tenant.id = %tenant, why, "no longer wanted"),
        Outcome::Retry(at, why) => {
            tracing::warn!(delivery.id = %id, tenant.id = %tenant, attempt, %at, why, "not delivered yet");
        }
        Outcome::Dead(why) => tracing::error!(delivery.id = %id, tenant.id = %tenant, attempt, why, "given up"),
    }
}
