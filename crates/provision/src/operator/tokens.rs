//! Connections and their tokens.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use serde_json::json;
use usher_core::{ConnectionId, ConnectionKind, ConnectionSettings, GroupId, PlainToken, Reason, TokenId, fold};
use usher_lifecycle::Owner;
use usher_lifecycle::groups::{GroupKind, PROVISION_MANAGERS};
use usher_storage::{ConnectionRecord, GroupRecord, NewTokenRecord, Subject, TenantRecord, TenantStore, TokenRecord};

use super::OperatorScope;
use crate::Error;
use crate::events::fact;

/// A token to be made.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// Name or id of the connection it opens. One that is named and missing is made; without a name it is the tenant's
    /// only connection, or a new one named `default`.
    pub connection: Option<String>,
    /// The kind of a connection that is made; else its name, if that is a kind's, else `generic`.
    pub kind: Option<ConnectionKind>,
    /// What a person calls it.
    pub label: Option<String>,
    /// How long it is valid; for ever without.
    pub expires: Option<TimeDelta>,
}

/// A token in full, shown once.
#[derive(Debug, Serialize)]
pub struct CreatedToken {
    /// The token.
    #[serde(serialize_with = "expose")]
    pub token: PlainToken,
    /// Its id.
    pub id: String,
    /// The name of its connection.
    pub connection: String,
    /// What a person called it.
    pub label: String,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// The SCIM address of the tenant's own door.
    pub scim_url: String,
    /// The SCIM address that all tenants share.
    pub shared_scim_url: String,
    /// The token that ends soon after this one is first used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

fn expose<S: Serializer>(token: &PlainToken, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose())
}

/// What is known of a token.
#[derive(Clone, Debug, Serialize)]
pub struct TokenInfo {
    /// Its id: what the log calls it.
    pub id: String,
    /// The name of its connection.
    pub connection: String,
    /// The kind of its connection.
    pub kind: ConnectionKind,
    /// What a person called it.
    pub label: String,
    /// The last four characters of its text.
    pub last_four: String,
    /// `active`, `expired`, `revoked`, or `ending` when a successor is in use.
    pub state: &'static str,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was, or will be, ended.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When a request last came with it, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The token that it replaces.
    pub replaces: Option<String>,
}

impl NewToken {
    /// A token of a named connection of a kind.
    #[must_use]
    pub fn of(connection: &str, kind: ConnectionKind) -> Self {
        Self { connection: Some(connection.to_owned()), kind: Some(kind), ..Self::default() }
    }
}

impl OperatorScope {
    /// Makes a token, and the connection it opens if that is missing. The first connection of a tenant brings the
    /// built-in group with it (S85).
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant, or if the tenant has several connections and none is named.
    pub async fn create_token(&self, tenant: &str, new: NewToken) -> Result<CreatedToken, Error> {
        Self::check_label("a token's label", new.label.as_deref().unwrap_or_default())?;
        let (tenant, store) = self.find(tenant).await?;
        let connection = self.connection_for(&store, &new).await?;
        self.mint(&tenant, &store, &connection, new.label.unwrap_or_default(), new.expires, None).await
    }

    /// The tokens of a tenant, oldest first.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant.
    pub async fn tokens(&self, tenant: &str) -> Result<Vec<TokenInfo>, Error> {
        let (_, store) = self.find(tenant).await?;
        let connections = store.connections().await?;
        let tokens = store.tokens().await?;
        Ok(tokens.into_iter().map(|token| self.info(token, &connections)).collect())
    }

    /// Makes a second token beside one that is in use. The first request with the new one begins the sunset of the old
    /// one; until then both work.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or token, or one that has ended.
    pub async fn rotate_token(&self, tenant: &str, token: &str) -> Result<CreatedToken, Error> {
        let (tenant, store) = self.find(tenant).await?;
        let old = find_token(&store, token).await?;
        let now = self.provisioner.now();
        if [old.revoked_at, old.expires_at].into_iter().flatten().any(|end| end <= now) {
            return Err(Error::Request(
                Reason::WrongState,
                "this token has ended already: create a new one".to_owned(),
            ));
        }
        let connection = connection_of(&store, old.connection).await?;
        let lifetime = old.expires_at.map(|end| end - old.created_at);
        self.mint(&tenant, &store, &connection, old.label, lifetime, Some(old.id)).await
    }

    /// Ends a token at once. Other processes notice within seconds.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or token.
    pub async fn revoke_token(&self, tenant: &str, token: &str) -> Result<TokenInfo, Error> {
        let (_, store) = self.find(tenant).await?;
        let old = find_token(&store, token).await?;
        let event = fact(&self.provisioner, &Self::context(None), "token.revoked", Subject::Token(old.id), json!({}));
        store.revoke_token(old.id, self.provisioner.now(), &[event]).await?;
        self.provisioner.inner.access.forget();
        let connections = store.connections().await?;
        Ok(self.info(find_token(&store, token).await?, &connections))
    }

    async fn connection_for(&self, store: &TenantStore, new: &NewToken) -> Result<ConnectionRecord, Error> {
        let known = store.connections().await?;
        let name = match (&new.connection, known.as_slice()) {
            (Some(name), _) => name.as_str(),
            (None, []) => "default",
            (None, [only]) => return Ok(only.clone()),
            (None, several) => {
                let names: Vec<&str> = several.iter().map(|connection| connection.name.as_str()).collect();
                let detail = format!("the tenant has several connections, name one of them: {}", names.join(", "));
                return Err(Error::Request(Reason::WrongState, detail));
            }
        };
        if let Some(found) = named(&known, name) {
            return Ok(found.clone());
        }
        let kind = new.kind.unwrap_or_else(|| ConnectionKind::parse(&fold(name)).unwrap_or(ConnectionKind::Generic));
        self.make_connection(store, name, kind).await
    }

    async fn make_connection(
        &self,
        store: &TenantStore,
        name: &str,
        kind: ConnectionKind,
    ) -> Result<ConnectionRecord, Error> {
        let name = name.trim();
        Self::check_label("a connection's name", name)?;
        if name.is_empty() {
            return Err(Error::Request(Reason::BadName, "a connection needs a name".to_owned()));
        }
        let now = self.provisioner.now();
        let connection = ConnectionRecord {
            id: ConnectionId::mint(now, self.provisioner.entropy()),
            name: name.to_owned(),
            kind,
            settings: ConnectionSettings::of_kind(kind),
            created_at: now,
            revision: 0,
            schemas: 0,
        };
        let managers = GroupRecord {
            id: GroupId::mint(now, self.provisioner.entropy()),
            owner: Owner::Unmanaged,
            kind: GroupKind::BuiltIn,
            display_name: PROVISION_MANAGERS.to_owned(),
            external_id: None,
            attributes: json!({ "displayName": PROVISION_MANAGERS }).to_string(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let data = json!({ "name": connection.name, "kind": kind });
        let event = fact(
            &self.provisioner,
            &Self::context(None),
            "connection.created",
            Subject::Connection(connection.id),
            data,
        );
        store.create_connection(&connection, &[managers], &[event]).await?;
        Ok(connection)
    }

    async fn mint(
        &self,
        tenant: &TenantRecord,
        store: &TenantStore,
        connection: &ConnectionRecord,
        label: String,
        lifetime: Option<TimeDelta>,
        replaces: Option<TokenId>,
    ) -> Result<CreatedToken, Error> {
        let now = self.provisioner.now();
        let token = PlainToken::generate(tenant.id, self.provisioner.entropy());
        let expires_at = lifetime.and_then(|lifetime| now.checked_add_signed(lifetime));
        let record = TokenRecord {
            id: TokenId::mint(now, self.provisioner.entropy()),
            connection: connection.id,
            last_four: token.last_four(),
            label,
            created_at: now,
            expires_at,
            revoked_at: None,
            replaces,
            first_used_at: None,
            last_used_at: None,
        };
        let data = json!({ "connection": connection.name, "label": record.label, "expires_at": expires_at, "replaces": replaces });
        let event = fact(&self.provisioner, &Self::context(None), "token.created", Subject::Token(record.id), data);
        let new = NewTokenRecord { record, hash: token.hash() };
        store.create_token(&new, &[event]).await?;
        Ok(CreatedToken {
            token,
            id: new.record.id.to_string(),
            connection: connection.name.clone(),
            label: new.record.label,
            expires_at,
            scim_url: self.provisioner.scim_url(&tenant.slug),
            shared_scim_url: self.provisioner.shared_scim_url(),
            replaces: replaces.map(|id| id.to_string()),
        })
    }

    fn info(&self, token: TokenRecord, connections: &[ConnectionRecord]) -> TokenInfo {
        let now = self.provisioner.now();
        let connection = connections.iter().find(|connection| connection.id == token.connection);
        let state = match (token.revoked_at, token.expires_at) {
            (Some(end), _) if end <= now => "revoked",
            (_, Some(end)) if end <= now => "expired",
            (Some(_), _) => "ending",
            (None, _) => "active",
        };
        TokenInfo {
            id: token.id.to_string(),
            connection: connection.map(|connection| connection.name.clone()).unwrap_or_default(),
            kind: connection.map_or(ConnectionKind::Generic, |connection| connection.kind),
            label: token.label,
            last_four: token.last_four,
            state,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            last_used_at: token.last_used_at,
            replaces: token.replaces.map(|id| id.to_string()),
        }
    }
}

pub(super) fn named<'a>(connections: &'a [ConnectionRecord], name: &str) -> Option<&'a ConnectionRecord> {
    connections
        .iter()
        .find(|connection| fold(&connection.name) == fold(name.trim()) || connection.id.to_string() == name)
}

async fn find_token(store: &TenantStore, id: &str) -> Result<TokenRecord, Error> {
    let found = store.tokens().await?.into_iter().find(|token| token.id.to_string() == id);
    found.ok_or_else(|| Error::Request(Reason::NotFound, "there is no such token".to_owned()))
}

async fn connection_of(store: &TenantStore, id: ConnectionId) -> Result<ConnectionRecord, Error> {
    let found = store.connections().await?.into_iter().find(|connection| connection.id == id);
    found.ok_or_else(|| Error::Request(Reason::NotFound, "there is no such connection".to_owned()))
}
