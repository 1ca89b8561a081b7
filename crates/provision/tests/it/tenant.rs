//! An identity provider's connection, as a test speaks through it.

use serde_json::{Value, json};
use usher_core::{ConnectionSettings, InvitationSecret, Switches, TenantId, UserId};
use usher_provision::{
    Accepted, Condition, CreatedToken, Door, Error, Event, NewMember, Provisioner, RequestInfo, Shown, TenantScope,
    UserState,
};
use usher_scim::list::Query;
use usher_storage::{TenantStore, UserRecord};

/// The `work` address as most providers send it.
pub fn person(user_name: &str, email: &str) -> Value {
    json!({ "userName": user_name, "displayName": user_name, "emails": [{ "value": email, "type": "work", "primary": true }] })
}

/// One operation of a PATCH.
pub fn op(op: &str, path: &str, value: impl Into<Value>) -> Value {
    json!({ "op": op, "path": path, "value": value.into() })
}

/// The reason code of a refusal.
pub fn reason<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(error) => error.reason(),
    }
}

/// Status and `scimType` of a SCIM error.
pub fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> u16 {
    match result {
        Err(Error::Scim(error)) => error.status,
        other => panic!("no SCIM error but {other:?}"),
    }
}

#[derive(Clone)]
pub struct Tenant {
    pub provisioner: Provisioner,
    pub scope: TenantScope,
    pub id: String,
    pub slug: String,
    pub connection: String,
    pub token: String,
    pub token_id: String,
}

impl Tenant {
    pub async fn enter(provisioner: &Provisioner, id: &str, slug: &str, connection: &str, new: &CreatedToken) -> Self {
        let token = new.token.expose().to_owned();
        let info = RequestInfo { request_id: "req-1".to_owned() };
        let scope = provisioner.for_bearer(Door::Shared, &token, info).await.unwrap();
        Self {
            provisioner: provisioner.clone(),
            scope,
            id: id.to_owned(),
            slug: slug.to_owned(),
            connection: connection.to_owned(),
            token,
            token_id: new.id.clone(),
        }
    }

    /// The same connection through another process.
    pub async fn through(&self, provisioner: &Provisioner) -> Self {
        let info = RequestInfo { request_id: "req-2".to_owned() };
        let scope = provisioner.for_bearer(Door::Shared, &self.token, info).await.unwrap();
        Self { provisioner: provisioner.clone(), scope, ..self.clone() }
    }

    /// Sets the switches, and lets the connection in again under them.
    pub async fn switched(&self, switches: Switches) -> Self {
        self.configured(ConnectionSettings { switches, ..ConnectionSettings::default() }).await
    }

    pub async fn configured(&self, settings: ConnectionSettings) -> Self {
        self.provisioner.operator().set_connection(&self.slug, &self.connection, &settings, None).await.unwrap();
        self.through(&self.provisioner).await
    }

    pub async fn create(&self, body: Value) -> Result<Shown, Error> {
        self.scope.create_user(body.to_string().as_bytes(), &Query::default()).await
    }

    /// Creates a user and answers the id.
    pub async fn user(&self, user_name: &str, email: &str) -> String {
        id(&self.create(person(user_name, email)).await.unwrap())
    }

    /// Creates a user who has accepted.
    pub async fn active_user(&self, user_name: &str, email: &str) -> String {
        let user = self.user(user_name, email).await;
        assert!(self.accept(&user, 1).await.unwrap().confirmed_now);
        user
    }

    pub async fn put(&self, user: &str, body: Value) -> Result<Shown, Error> {
        self.scope.replace_user(user, body.to_string().as_bytes(), &Condition::Always, &Query::default()).await
    }

    pub async fn patch(&self, user: &str, operations: Vec<Value>) -> Result<Shown, Error> {
        let body = patch(&operations).to_string();
        self.scope.patch_user(user, body.as_bytes(), &Condition::Always, &Query::default()).await
    }

    pub async fn set_active(&self, user: &str, active: bool) -> Result<Shown, Error> {
        self.patch(user, vec![op("replace", "active", active)]).await
    }

    pub async fn delete(&self, user: &str) -> Result<(), Error> {
        self.scope.delete_user(user, &Condition::Always).await
    }

    pub async fn get(&self, user: &str) -> Result<Shown, Error> {
        self.scope.user(user, &Query::default()).await
    }

    pub async fn create_group(&self, name: &str, members: &[&str]) -> Result<Shown, Error> {
        let body = json!({ "displayName": name, "members": values(members) }).to_string();
        self.scope.create_group(body.as_bytes(), &Query::default()).await
    }

    pub async fn group(&self, name: &str, members: &[&str]) -> String {
        id(&self.create_group(name, members).await.unwrap())
    }

    pub async fn put_group(&self, group: &str, body: Value) -> Result<Shown, Error> {
        self.scope.replace_group(group, body.to_string().as_bytes(), &Condition::Always, &Query::default()).await
    }

    pub async fn patch_group(&self, group: &str, operations: Vec<Value>) -> Result<(), Error> {
        let body = patch(&operations).to_string();
        self.scope.patch_group(group, body.as_bytes(), &Condition::Always, &Query::default()).await.map(|_| ())
    }

    pub async fn delete_group(&self, group: &str) -> Result<(), Error> {
        self.scope.delete_group(group, &Condition::Always).await
    }

    /// The ids of a group's members.
    pub async fn members(&self, group: &str) -> Vec<String> {
        let shown = self.scope.group(group, &Query::default()).await.unwrap();
        let members = shown.resource.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
        members.iter().map(|member| text(&member["value"])).collect()
    }

    /// The `userName`s or `displayName`s that a filter finds.
    pub async fn find(&self, filter: &str) -> Result<Vec<String>, Error> {
        let query = Query { filter: Some(filter.to_owned()), ..Query::default() };
        Ok(column(&self.scope.list_users(&query).await?, "userName"))
    }

    pub async fn events(&self) -> Vec<Event> {
        self.provisioner.operator().events(&self.slug, None, usize::MAX).await.unwrap()
    }

    /// The kinds of the events about one user or group, in order.
    pub async fn kinds_of(&self, subject: &str) -> Vec<String> {
        let events = self.events().await.into_iter();
        events.filter(|event| event.subject.id.as_deref() == Some(subject)).map(|event| event.kind).collect()
    }

    pub async fn last_event(&self) -> Event {
        self.events().await.pop().unwrap()
    }

    pub async fn state(&self, user: &str) -> UserState {
        self.provisioner.operator().user(&self.slug, user).await.unwrap()
    }

    /// The row of a user, and the scope it stands in.
    pub async fn row(&self, user: &str) -> UserRecord {
        self.store().await.user(UserId::parse(user).unwrap()).await.unwrap().unwrap()
    }

    pub async fn store(&self) -> TenantStore {
        let system = self.provisioner.store().system();
        let tenant = system.tenant_by_id(TenantId::parse(&self.id).unwrap()).await.unwrap().unwrap();
        system.scope_of(&tenant)
    }

    /// What stands in the link of an invitation mail.
    pub fn secret(&self, user: &str, issue: u32) -> String {
        let (tenant, user) = (TenantId::parse(&self.id).unwrap(), UserId::parse(user).unwrap());
        InvitationSecret::derive(self.provisioner.keys(), tenant, user, issue).expose().to_owned()
    }

    pub async fn accept(&self, user: &str, issue: u32) -> Result<Accepted, Error> {
        self.provisioner.accept(&self.secret(user, issue), "req-join").await
    }

    /// A member of the application that no identity provider knows yet.
    pub async fn member(&self, user_name: &str, email: &str) -> String {
        let new = NewMember {
            user_name: Some(user_name.to_owned()),
            email: email.to_owned(),
            display_name: Some("Member".to_owned()),
        };
        self.provisioner.operator().register_member(&self.slug, new, "req-member").await.unwrap().id
    }
}

pub fn id(shown: &Shown) -> String {
    text(&shown.resource["id"])
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// One attribute of each resource in a list, in order.
pub fn column(list: &Value, attribute: &str) -> Vec<String> {
    list["Resources"].as_array().unwrap().iter().map(|resource| text(&resource[attribute])).collect()
}

pub fn values(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "value": id })).collect()
}

fn patch(operations: &[Value]) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}
