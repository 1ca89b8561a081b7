//! Records as the use cases would write them.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use usher_core::{
    ConnectionId, ConnectionKind, ConnectionSettings, EventId, GroupId, OsEntropy, PlainToken, TenantId,
    TenantSettings, TenantSlug, TokenId, UserId,
};
use usher_lifecycle::groups::GroupKind;
use usher_lifecycle::{InvitationState, Life, Owner, State};
use usher_storage::{
    Actor, ConnectionRecord, GroupRecord, NewEvent, NewTokenRecord, Store, Subject, TenantRecord, TenantStore,
    TokenRecord, UserRecord, Write,
};

/// The present of these tests.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).unwrap()
}

/// A millisecond that no other call gets, so that ids made at it are in the order of the calls.
fn next() -> DateTime<Utc> {
    static STEP: AtomicI64 = AtomicI64::new(0);
    now() + TimeDelta::milliseconds(STEP.fetch_add(1, Ordering::SeqCst))
}

/// A tenant with one connection.
#[derive(Clone)]
pub struct Tenant {
    pub record: TenantRecord,
    pub store: TenantStore,
    pub connection: ConnectionRecord,
}

pub fn tenant_record(slug: &str) -> TenantRecord {
    TenantRecord {
        id: TenantId::mint(next(), &OsEntropy),
        slug: TenantSlug::parse(slug).unwrap(),
        name: format!("{slug} Ltd"),
        settings: TenantSettings::default(),
        suspended_at: None,
        created_at: now(),
    }
}

pub fn connection_record(name: &str) -> ConnectionRecord {
    ConnectionRecord {
        id: ConnectionId::mint(next(), &OsEntropy),
        name: name.to_owned(),
        kind: ConnectionKind::Okta,
        settings: ConnectionSettings::default(),
        created_at: now(),
        revision: 0,
        schemas: 0,
    }
}

pub async fn tenant(store: &Store, slug: &str) -> Tenant {
    let record = tenant_record(slug);
    store.system().create_tenant(&record, &[]).await.unwrap();
    let scope = store.system().scope_of(&record);
    let connection = connection_record("main");
    scope.create_connection(&connection, &[], &[]).await.unwrap();
    Tenant { record, store: scope, connection }
}

/// The members of a group, in the order of their ids.
pub async fn members(store: &TenantStore, group: GroupId) -> Vec<UserId> {
    let found = store.group_with_members(group).await.unwrap();
    found.map(|(_, members)| members.iter().collect()).unwrap_or_default()
}

pub fn active(owner: Owner) -> Life {
    Life { state: State::Active, owner, wanted_active: true, listed: true, issue: 0, invitation: InvitationState::None }
}

pub fn user_record(owner: Owner, name: &str) -> UserRecord {
    UserRecord {
        id: UserId::mint(next(), &OsEntropy),
        life: active(owner),
        accepted_at: Some(now()),
        suspended_at: None,
        invitation_email: None,
        user_name: name.to_owned(),
        external_id: None,
        display_name: None,
        email: None,
        other_emails: Vec::new(),
        attributes: json!({ "userName": name }).to_string(),
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

/// The next version of a row.
pub fn changed(user: &UserRecord) -> UserRecord {
    UserRecord { version: user.version + 1, ..user.clone() }
}

pub fn group_record(owner: Owner, name: &str) -> GroupRecord {
    GroupRecord {
        id: GroupId::mint(next(), &OsEntropy),
        owner,
        kind: GroupKind::Managed,
        display_name: name.to_owned(),
        external_id: None,
        attributes: json!({ "displayName": name }).to_string(),
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

pub fn event(kind: &str, subject: Subject) -> NewEvent {
    NewEvent {
        id: EventId::mint(next(), &OsEntropy),
        at: now(),
        kind: kind.to_owned(),
        actor: Actor::System,
        connection: None,
        request_id: None,
        subject,
        reason: None,
        data: json!({ "kind": kind }),
    }
}

pub fn token_record(tenant: &Tenant) -> (PlainToken, NewTokenRecord) {
    let token = PlainToken::generate(tenant.record.id, &OsEntropy);
    let record = TokenRecord {
        id: TokenId::mint(next(), &OsEntropy),
        connection: tenant.connection.id,
        last_four: token.last_four(),
        label: "first".to_owned(),
        created_at: next(),
        expires_at: None,
        revoked_at: None,
        replaces: None,
        first_used_at: None,
        last_used_at: None,
    };
    let hash = token.hash();
    (token, NewTokenRecord { record, hash })
}

impl Tenant {
    pub fn owner(&self) -> Owner {
        Owner::Connection(self.connection.id)
    }

    /// Stores a user of the connection, after `edit`.
    pub async fn user(&self, name: &str, edit: impl FnOnce(&mut UserRecord)) -> UserRecord {
        let mut user = user_record(self.owner(), name);
        edit(&mut user);
        self.store.write_user(&user, Write::Insert, &[]).await.unwrap();
        user
    }

    /// Stores a group with members.
    pub async fn group(&self, name: &str, members: &[UserId]) -> GroupRecord {
        let group = group_record(self.owner(), name);
        let write = self.store.create_group(&group).await.unwrap();
        write.add(members).await.unwrap();
        write.finish(&[]).await.unwrap();
        group
    }

    /// Many users in few statements' time: their rows are copies of one but for id and name.
    pub async fn crowd(&self, size: usize) -> Vec<UserId> {
        let mut ids = Vec::with_capacity(size);
        for number in 0..size {
            ids.push(self.user(&format!("crowd-{number}"), |_| {}).await.id);
        }
        ids
    }
}
