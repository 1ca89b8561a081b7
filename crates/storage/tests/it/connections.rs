//! Tenants, connections and tokens.

use chrono::TimeDelta;
use usher_core::{ConnectionSettings, Domain, OsEntropy, PlainToken, Switches, TenantSettings, TokenId};
use usher_lifecycle::Owner;
use usher_storage::{GroupTerm, StorageError, Subject, Unique};

use crate::database::Db;
use crate::records::{connection_record, event, group_record, now, tenant, tenant_record, token_record};

on_both!(
    a_tenant_is_kept_and_its_slug_is_its_own,
    a_tenant_is_suspended_and_comes_back,
    settings_of_a_tenant_that_is_not_there_change_nothing,
    a_connection_is_kept_and_its_name_is_its_own_in_any_case,
    a_second_connection_brings_no_second_built_in_group,
    a_token_opens_its_connection_and_no_other_tenants,
    a_token_ends_once_and_never_later_than_before,
    the_first_use_of_a_token_is_told_once,
);

async fn a_tenant_is_kept_and_its_slug_is_its_own(db: Db) {
    let system = db.store.system();
    let acme = tenant_record("acme");
    system.create_tenant(&acme, &[event("tenant.created", Subject::Tenant)]).await.unwrap();
    let again = system.create_tenant(&tenant_record("acme"), &[]).await;
    assert!(matches!(again, Err(StorageError::Taken(Unique::TenantSlug))), "{again:?}");
    let by_slug = system.tenant_by_slug(&acme.slug).await.unwrap().unwrap();
    let by_id = system.tenant_by_id(acme.id).await.unwrap().unwrap();
    for found in [by_slug, by_id] {
        assert_eq!((found.id, found.slug, found.name), (acme.id, acme.slug.clone(), acme.name.clone()));
        assert_eq!((found.settings, found.created_at), (TenantSettings::default(), now()));
    }
    system.create_tenant(&tenant_record("abacus"), &[]).await.unwrap();
    let slugs: Vec<_> = system.all_tenants().await.unwrap().into_iter().map(|tenant| tenant.slug.to_string()).collect();
    assert_eq!(slugs, ["abacus", "acme"]);
}

async fn a_tenant_is_suspended_and_comes_back(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let system = db.store.system();
    let settings =
        TenantSettings { domains: vec![Domain::parse("acme.example").unwrap()], invitation_days: 3, retention_days: 0 };
    system.set_tenant_settings(acme.record.id, &settings, &[event("a", Subject::Tenant)]).await.unwrap();
    system.set_tenant_suspended(acme.record.id, Some(now()), &[event("b", Subject::Tenant)]).await.unwrap();
    let found = system.tenant_by_id(acme.record.id).await.unwrap().unwrap();
    assert_eq!((found.settings, found.suspended_at), (settings, Some(now())));
    system.set_tenant_suspended(acme.record.id, None, &[]).await.unwrap();
    assert_eq!(system.tenant_by_id(acme.record.id).await.unwrap().unwrap().suspended_at, None);
    system.number_events(10).await.unwrap();
    assert_eq!(acme.store.events(0, 10).await.unwrap().len(), 2);
}

async fn settings_of_a_tenant_that_is_not_there_change_nothing(db: Db) {
    let nobody = tenant_record("nobody").id;
    let done = db.store.system().set_tenant_settings(nobody, &TenantSettings::default(), &[]).await;
    assert!(matches!(done, Err(StorageError::VersionConflict)), "{done:?}");
    assert!(db.store.system().tenant_by_id(nobody).await.unwrap().is_none());
}

async fn a_connection_is_kept_and_its_name_is_its_own_in_any_case(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let other = connection_record("Ökta Prod");
    acme.store.create_connection(&other, &[], &[]).await.unwrap();
    let taken = acme.store.create_connection(&connection_record("öKTA prod"), &[], &[]).await;
    assert!(matches!(taken, Err(StorageError::Taken(Unique::ConnectionName))), "{taken:?}");
    let switches = Switches { create_users: false, ..Switches::default() };
    let settings = ConnectionSettings { required: vec!["title".to_owned()], switches };
    acme.store.set_connection_settings(&other, &settings, &[]).await.unwrap();
    let found = acme.store.connections().await.unwrap();
    let seen: Vec<_> = found.iter().map(|one| (one.id, one.name.as_str(), one.kind, &one.settings)).collect();
    let main = &acme.connection;
    assert_eq!(seen, [(main.id, "main", main.kind, &main.settings), (other.id, "Ökta Prod", other.kind, &settings)]);
    let nobody = acme.store.set_connection_settings(&connection_record("x"), &settings, &[]).await;
    assert!(matches!(nobody, Err(StorageError::VersionConflict)), "{nobody:?}");
}

async fn a_second_connection_brings_no_second_built_in_group(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    for name in ["one", "two"] {
        let built_in = group_record(Owner::Unmanaged, "Provision Managers");
        acme.store.create_connection(&connection_record(name), &[built_in], &[]).await.unwrap();
    }
    assert_eq!(acme.store.count_groups(&GroupTerm::All).await.unwrap(), 1);
}

async fn a_token_opens_its_connection_and_no_other_tenants(db: Db) {
    let (acme, globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    let (token, new) = token_record(&acme);
    acme.store.create_token(&new, &[event("token.created", Subject::Token(new.record.id))]).await.unwrap();
    let grant = db.store.authenticate(acme.record.id, &token.hash()).await.unwrap().unwrap();
    assert_eq!(
        (grant.resolved.tenant(), grant.token.id, grant.connection.id, grant.tenant.slug),
        (acme.record.id, new.record.id, acme.connection.id, acme.record.slug.clone())
    );
    assert_eq!(db.store.tenant(&grant.resolved).id(), acme.record.id);
    assert!(db.store.authenticate(globex.record.id, &token.hash()).await.unwrap().is_none());
    let other = PlainToken::generate(acme.record.id, &OsEntropy);
    assert!(db.store.authenticate(acme.record.id, &other.hash()).await.unwrap().is_none());
    assert_eq!(acme.store.tokens().await.unwrap().len(), 1);
    assert!(globex.store.tokens().await.unwrap().is_empty());
}

async fn a_token_ends_once_and_never_later_than_before(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let (_, new) = token_record(&acme);
    let id = new.record.id;
    acme.store.create_token(&new, &[]).await.unwrap();
    let end = |minutes| now() + TimeDelta::minutes(minutes);
    let revoke =
        async |at| acme.store.revoke_token(id, at, &[event("token.revoked", Subject::Token(id))]).await.unwrap();
    assert!(revoke(end(10)).await);
    assert!(!revoke(end(20)).await, "later than before");
    assert!(revoke(end(0)).await, "earlier");
    assert_eq!(acme.store.tokens().await.unwrap()[0].revoked_at, Some(end(0)));
    db.store.system().number_events(10).await.unwrap();
    assert_eq!(acme.store.events(0, 10).await.unwrap().len(), 2, "a revocation that does nothing leaves no event");
    let nobody = TokenId::mint(now(), &OsEntropy);
    assert!(!acme.store.revoke_token(nobody, now(), &[]).await.unwrap());
}

async fn the_first_use_of_a_token_is_told_once(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let (_, old) = token_record(&acme);
    let (_, mut new) = token_record(&acme);
    new.record.replaces = Some(old.record.id);
    acme.store.create_token(&old, &[]).await.unwrap();
    acme.store.create_token(&new, &[]).await.unwrap();
    let minute = |minutes| now() + TimeDelta::minutes(minutes);
    let used = async |at| {
        let events = [event("token.sunset", Subject::Token(old.record.id))];
        let ends = Some((old.record.id, at + TimeDelta::minutes(10)));
        acme.store.mark_token_used(new.record.id, at, ends, &events).await.unwrap()
    };
    assert!(used(minute(0)).await);
    assert!(!used(minute(5)).await);
    let tokens = acme.store.tokens().await.unwrap();
    assert_eq!(tokens[0].revoked_at, Some(minute(10)), "the replaced token ends once, with the first use");
    assert_eq!((tokens[1].first_used_at, tokens[1].last_used_at), (Some(minute(0)), Some(minute(5))));
    assert_eq!((tokens[1].replaces, tokens[1].revoked_at), (Some(old.record.id), None));
    db.store.system().number_events(10).await.unwrap();
    assert_eq!(acme.store.events(0, 10).await.unwrap().len(), 1);
}
