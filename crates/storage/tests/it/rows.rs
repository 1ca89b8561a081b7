//! A row is parsed too: what this build does not understand is an error that names table, column and row.

use usher_storage::{GroupTerm, Order, Page, StorageError, Subject, UserTerm, Walk};

use crate::database::Db;
use crate::records::{event, tenant, token_record};

on_both!(
    a_broken_user_is_inconsistent_and_no_default,
    a_broken_group_is_inconsistent,
    a_broken_tenant_or_connection_opens_no_door,
    a_broken_event_is_inconsistent,
);

fn broken<T: std::fmt::Debug>(result: Result<T, StorageError>) -> (&'static str, &'static str) {
    match result {
        Err(StorageError::Inconsistent { table, column, id }) => {
            assert_eq!(id.len(), 36, "the id of the row is told: {id}");
            (table, column)
        }
        other => panic!("not inconsistent but {other:?}"),
    }
}

async fn a_broken_user_is_inconsistent_and_no_default(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    for (change, column) in [
        ("state = 'strange'", "state"),
        ("state = 'staged', staged_reason = null", "staged_reason"),
        ("state = 'staged', staged_reason = 'strange'", "staged_reason"),
        ("state = 'invited', invitation_expires_at = null", "invitation_expires_at"),
        ("state = 'suspended', suspended_at = null", "suspended_at"),
        ("state = 'active', invitation = 'strange'", "invitation"),
        ("invitation = 'none', invitation_issue = -1", "invitation_issue"),
        ("invitation_issue = 4294967296", "invitation_issue"),
    ] {
        db.execute(&format!("update users set {change}")).await;
        assert_eq!(broken(acme.store.user(ada).await), ("users", column), "{change}");
        let all = Page { offset: 0, limit: 10 };
        let listed = acme.store.find_users(&UserTerm::All, Order::Id, all, true).await;
        assert_eq!(broken(listed), ("users", column), "{change}");
    }
}

async fn a_broken_group_is_inconsistent(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let team = acme.group("Team", &[]).await.id;
    db.execute("update groups set kind = 'strange'").await;
    assert_eq!(broken(acme.store.group(team).await), ("groups", "kind"));
    assert_eq!(broken(acme.store.walk_groups(&GroupTerm::All, Walk::all(10)).await), ("groups", "kind"));
    assert_eq!(broken(acme.store.change_group(team).await.map(|_| ())), ("groups", "kind"));
}

async fn a_broken_tenant_or_connection_opens_no_door(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let (token, new) = token_record(&acme);
    acme.store.create_token(&new, &[]).await.unwrap();
    for (table, change, column) in [
        ("connections", "kind = 'strange'", "kind"),
        ("connections", "kind = 'okta', settings = '{'", "settings"),
        ("tenants", "settings = '{\"strange\": 1}'", "settings"),
        ("tenants", "slug = 'Not A Slug'", "slug"),
    ] {
        db.execute(&format!("update {table} set {change}")).await;
        let grant = db.store.authenticate(acme.record.id, &token.hash()).await;
        // Connections are read first; the tenants' rows come after they are whole again.
        assert_eq!(broken(grant), (table, column), "{change}");
        if table == "connections" && column == "settings" {
            db.execute("update connections set settings = '{}'").await;
        }
    }
    assert_eq!(broken(db.store.system().all_tenants().await), ("tenants", "slug"));
}

async fn a_broken_event_is_inconsistent(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await.id;
    acme.store.record(&[event("user.invited", Subject::User(ada))]).await.unwrap();
    db.store.system().number_events(10).await.unwrap();
    db.execute("update events set data = '{'").await;
    assert_eq!(broken(acme.store.events(0, 10).await), ("events", "data"));
    for (change, column) in [
        ("data = '{}', actor_kind = 'strange'", "actor_kind"),
        ("actor_kind = 'token'", "actor_kind"),
        ("actor_kind = 'system', subject_kind = 'strange'", "subject_kind"),
        ("subject_kind = 'tenant'", "subject_kind"),
    ] {
        db.execute(&format!("update events set {change}")).await;
        assert_eq!(broken(acme.store.events(0, 10).await), ("events", column), "{change}");
    }
}
