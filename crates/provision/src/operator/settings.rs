//! What tenants and connections are set to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_core::{ConnectionKind, ConnectionSettings, Domain, TenantSettings};
use usher_scim::dialect::Dialect;
use usher_storage::{ConnectionRecord, Subject};

use super::schemas::Found;
use super::{OperatorScope, Tenant};
use crate::Error;
use crate::definitions::{build, read};
use crate::events::fact;

/// A connection as the operator sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which identity provider it is for.
    pub kind: ConnectionKind,
    /// What it is set to.
    pub settings: ConnectionSettings,
    /// How many schemas of its own it declares.
    pub schemas: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl From<ConnectionRecord> for Connection {
    fn from(record: ConnectionRecord) -> Self {
        Self {
            id: record.id.to_string(),
            name: record.name,
            kind: record.kind,
            settings: record.settings,
            schemas: record.schemas,
            created_at: record.created_at,
        }
    }
}

/// New settings of a tenant; what is left out is the default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewTenantSettings {
    /// E-mail domains whose people may be provisioned and matched; empty means every domain.
    pub domains: Vec<String>,
    /// How long an invitation can be accepted, in days; 1 to 365.
    pub invitation_days: Option<u32>,
    /// How long a suspended user is kept before the policy may delete, in days; 0 to 3650.
    pub retention_days: Option<u32>,
}

impl NewTenantSettings {
    fn checked(self) -> Result<TenantSettings, Error> {
        let refused = |detail: String| Error::from(usher_scim::Error::invalid_value("setting", detail));
        let standard = TenantSettings::default();
        let invitation_days = self.invitation_days.unwrap_or(standard.invitation_days);
        let retention_days = self.retention_days.unwrap_or(standard.retention_days);
        if !(1..=365).contains(&invitation_days) {
            return Err(refused("invitation_days is 1 to 365".to_owned()));
        }
        if retention_days > 3650 {
            return Err(refused("retention_days is 0 to 3650".to_owned()));
        }
        let domains = self.domains.iter().map(|domain| Domain::parse(domain)).collect::<Result<_, _>>();
        Ok(TenantSettings {
            domains: domains.map_err(|error| refused(error.to_string()))?,
            invitation_days,
            retention_days,
        })
    }
}

impl OperatorScope {
    /// The connections of a tenant, oldest first.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant.
    pub async fn connections(&self, tenant: &str) -> Result<Vec<Connection>, Error> {
        let (_, store) = self.find(tenant).await?;
        Ok(store.connections().await?.into_iter().map(Connection::from).collect())
    }

    /// Changes what a connection is set to; the log keeps what it was. Other processes notice within seconds.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or connection; [`Error::Scim`] for a required attribute that no schema
    /// has.
    pub async fn set_connection(
        &self,
        tenant: &str,
        connection: &str,
        settings: &ConnectionSettings,
        request_id: Option<&str>,
    ) -> Result<Connection, Error> {
        let Found { store, connection: mut found, schemas } = self.declared(tenant, connection).await?;
        let dialect = Dialect::of(found.kind.as_str()).unwrap_or(Dialect::generic());
        build(dialect, &settings.required, read(&schemas)?)?;
        if found.settings != *settings {
            let data = json!({ "before": found.settings, "after": settings });
            let subject = Subject::Connection(found.id);
            let event = fact(&self.provisioner, &Self::context(request_id), "connection.updated", subject, data);
            store.set_connection_settings(&found, settings, &[event]).await?;
            self.provisioner.inner.access.forget();
            found.settings = settings.clone();
        }
        Ok(found.into())
    }

    /// Changes what a tenant is set to; the log keeps what it was. Other processes notice within seconds.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant; [`Error::Scim`] for a value out of range or a domain that is none.
    pub async fn set_tenant(
        &self,
        tenant: &str,
        settings: NewTenantSettings,
        request_id: Option<&str>,
    ) -> Result<Tenant, Error> {
        let (mut found, _) = self.find(tenant).await?;
        let settings = settings.checked()?;
        if found.settings != settings {
            let data = json!({ "before": found.settings, "after": settings });
            let event = fact(&self.provisioner, &Self::context(request_id), "tenant.updated", Subject::Tenant, data);
            self.provisioner.store().system().set_tenant_settings(found.id, &settings, &[event]).await?;
            self.provisioner.inner.access.forget();
            found.settings = settings;
        }
        Ok(self.tenant_view(found))
    }
}
