//! Tenants.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use usher_core::{Domain, TenantId, TenantSettings, TenantSlug};
use usher_storage::{Subject, TenantRecord};

use super::OperatorScope;
use crate::Error;
use crate::events::fact;

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Its name in URLs.
    pub slug: TenantSlug,
    /// Its name for people; the slug if there is none.
    pub name: Option<String>,
    /// The e-mail domains it may provision into; none means every domain.
    pub domains: Vec<Domain>,
}

/// A tenant as the operator sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its name in URLs.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// The e-mail domains it may provision into.
    pub domains: Vec<Domain>,
    /// How long its invitations can be accepted, in days.
    pub invitation_days: u32,
    /// How long it keeps suspended users, in days.
    pub retention_days: u32,
    /// The SCIM address of its own door.
    pub scim_url: String,
    /// The SCIM address that all tenants share.
    pub shared_scim_url: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Since when it is suspended.
    pub suspended_at: Option<DateTime<Utc>>,
}

impl OperatorScope {
    pub(super) fn tenant_view(&self, tenant: TenantRecord) -> Tenant {
        Tenant {
            id: tenant.id.to_string(),
            scim_url: self.provisioner.scim_url(&tenant.slug),
            shared_scim_url: self.provisioner.shared_scim_url(),
            slug: tenant.slug.to_string(),
            name: tenant.name,
            state: if tenant.suspended_at.is_some() { "suspended" } else { "active" },
            domains: tenant.settings.domains,
            invitation_days: tenant.settings.invitation_days,
            retention_days: tenant.settings.retention_days,
            created_at: tenant.created_at,
            suspended_at: tenant.suspended_at,
        }
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// [`Error::Request`] if the slug is taken or the name is no line of text.
    pub async fn create_tenant(&self, new: NewTenant) -> Result<Tenant, Error> {
        Self::check_label("a tenant's name", new.name.as_deref().unwrap_or_default())?;
        let now = self.provisioner.now();
        let tenant = TenantRecord {
            id: TenantId::mint(now, self.provisioner.entropy()),
            name: new.name.unwrap_or_else(|| new.slug.to_string()),
            slug: new.slug,
            settings: TenantSettings { domains: new.domains, ..TenantSettings::default() },
            suspended_at: None,
            created_at: now,
        };
        let data = json!({ "slug": tenant.slug.as_str(), "name": tenant.name });
        let event = fact(&self.provisioner, &Self::context(None), "tenant.created", Subject::Tenant, data);
        self.provisioner.store().system().create_tenant(&tenant, &[event]).await?;
        Ok(self.tenant_view(tenant))
    }

    /// Every tenant, by slug.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        let tenants = self.provisioner.store().system().all_tenants().await?;
        Ok(tenants.into_iter().map(|tenant| self.tenant_view(tenant)).collect())
    }

    /// One tenant, by slug or id.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant.
    pub async fn tenant(&self, tenant: &str) -> Result<Tenant, Error> {
        Ok(self.tenant_view(self.find(tenant).await?.0))
    }

    /// Shuts a tenant's doors: every token of it is answered with 401, every invitation is unknown. Nothing else changes.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant.
    pub async fn suspend_tenant(&self, tenant: &str) -> Result<Tenant, Error> {
        let now = self.provisioner.now();
        self.set_suspended(tenant, Some(now), "tenant.suspended").await
    }

    /// Opens a suspended tenant's doors again.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant.
    pub async fn resume_tenant(&self, tenant: &str) -> Result<Tenant, Error> {
        self.set_suspended(tenant, None, "tenant.resumed").await
    }

    async fn set_suspended(&self, reference: &str, at: Option<DateTime<Utc>>, kind: &str) -> Result<Tenant, Error> {
        let (mut tenant, _) = self.find(reference).await?;
        if tenant.suspended_at.is_some() != at.is_some() {
            let event = fact(&self.provisioner, &Self::context(None), kind, Subject::Tenant, json!({}));
            self.provisioner.store().system().set_tenant_suspended(tenant.id, at, &[event]).await?;
            self.provisioner.inner.access.forget();
            tenant.suspended_at = at;
        }
        Ok(self.tenant_view(tenant))
    }
}
