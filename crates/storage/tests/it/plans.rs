//! what a request waits for is found through an index, and no statement's number grows with the page.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use usher_core::TokenHash;
use usher_storage::{CandidateKeys, Changed, GroupTerm, Order, Page, Place, Store, Subject, UserTerm, Walk};

use crate::database::Db;
use crate::records::{Tenant, event, now, tenant, token_record};

on_both!(every_look_up_of_a_request_uses_an_index, r62_a_page_of_200_costs_as_many_statements_as_a_page_of_one,);

/// A store, and the statements it has run.
#[derive(Clone)]
struct Watched {
    store: Store,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn over(store: &Store) -> Self {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&seen);
        let store = store.clone().observed(move |sql, _, failed| {
            assert!(!failed, "{sql}");
            log.lock().unwrap().push(sql.to_owned());
        });
        Self { store, seen }
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// Enough rows in two tenants that an index pays, and the statistics that say so.
async fn filled(db: &Db, copies: u32) -> Tenant {
    let (acme, globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    for tenant in [&acme, &globex] {
        let one = tenant.user("user-0", |user| {
            user.email = Some("u0@acme.example".to_owned());
            user.other_emails = vec!["home0@acme.example".to_owned()];
            user.external_id = Some("x0".to_owned());
            user.display_name = Some("User 0".to_owned());
        });
        let group = tenant.group("group-0", &[one.await.id]).await;
        tenant.store.record(&[event("user.invited", Subject::Group(group.id))]).await.unwrap();
    }
    multiply(db, copies).await;
    if db.is_postgres() {
        db.execute("analyze").await; // as autovacuum does; nobody does it on SQLite
    }
    acme
}

/// Many copies of each user, group, membership and event, with other keys.
pub async fn multiply(db: &Db, copies: u32) {
    let (numbers, id) = if db.is_postgres() {
        (format!("select n from generate_series(1, {copies}) n"), "lpad(to_hex(n), 32, '0')::uuid")
    } else {
        (
            format!(
                "with recursive c(n) as (select 1 union all select n + 1 from c where n < {copies}) select n from c"
            ),
            "unhex(printf('%032x', n))",
        )
    };
    let numbers = format!("({numbers}) numbers");
    let position = if db.is_postgres() {
        "null"
    } else {
        "1000 * n + (select count(*) from tenants t where t.tenant_id < e.tenant_id)"
    };
    for sql in [
        format!(
            "insert into users (tenant_id, user_id, connection_id, user_name, user_name_folded, external_id, display_name, \
             display_name_folded, email, email_folded, active, state, invitation, invitation_issue, attributes, version, created_at, \
             updated_at) select tenant_id, {id}, connection_id, 'u' || n, 'u' || n, 'x' || n, 'd' || n, 'd' || n, 'e' || n, 'e' || n, \
             active, state, invitation, 0, attributes, 1, created_at, updated_at - n from users, {numbers}"
        ),
        format!(
            "insert into user_emails (tenant_id, email_folded, user_id) select tenant_id, 'h' || n, {id} from tenants, {numbers}"
        ),
        format!(
            "insert into groups (tenant_id, group_id, connection_id, kind, display_name, display_name_folded, external_id, attributes, \
             version, created_at, updated_at) select tenant_id, {id}, connection_id, kind, 'g' || n, 'g' || n, 'y' || n, attributes, 1, \
             created_at, updated_at - n from groups, {numbers}"
        ),
        format!(
            "insert into memberships (tenant_id, group_id, user_id) select tenant_id, {id}, {id} from tenants, {numbers}"
        ),
        format!(
            "insert into events (tenant_id, event_id, occurred_at, kind, actor_kind, subject_kind, data, position) \
             select tenant_id, {id}, 0, kind, actor_kind, 'tenant', data, {position} from events e, {numbers}"
        ),
    ] {
        db.execute(&sql).await;
    }
}

/// How the database would carry a statement out, whatever its values are.
async fn plan(db: &Db, sql: &str) -> String {
    let raw = db.raw().await;
    let backend = raw.get_database_backend();
    let parameters = (1..40).take_while(|number| sql.contains(&format!("${number}"))).count();
    let (explain, column) = if db.is_postgres() {
        let transaction = sea_orm::TransactionTrait::begin(&raw).await.unwrap();
        transaction.execute_unprepared("set local plan_cache_mode = force_generic_plan").await.unwrap();
        transaction.execute_unprepared(&format!("prepare watched as {sql}")).await.unwrap();
        transaction.execute_unprepared("set local random_page_cost = 1.1").await.unwrap();
        let nulls = vec!["null"; parameters].join(", ");
        let call = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
        let explain = format!("explain execute watched{call}");
        let rows = transaction.query_all_raw(Statement::from_string(backend, explain)).await.unwrap();
        transaction.rollback().await.unwrap();
        (rows, "QUERY PLAN")
    } else {
        let explain = format!("explain query plan {sql}");
        (raw.query_all_raw(Statement::from_string(backend, explain)).await.unwrap(), "detail")
    };
    raw.close().await.unwrap();
    explain.iter().map(|row| row.try_get::<String>("", column).unwrap()).collect::<Vec<_>>().join("\n")
}

/// A scan is a table read from end to end. `users` and the others by their tenant alone are scans too.
fn reads_a_whole_table(plan: &str) -> bool {
    plan.lines().any(|line| {
        let line = line.trim_start_matches(['-', '>', ' ']);
        let big = ["users", "user_emails", "groups", "memberships", "events"];
        let of_big = |prefix: &str| {
            line.strip_prefix(prefix).is_some_and(|rest| big.iter().any(|table| rest.split(' ').next() == Some(*table)))
        };
        // SQLite names the alias.
        let alias = ["SCAN u", "SCAN x", "SCAN e", "SCAN g", "SCAN m", "SCAN users", "SCAN memberships", "SCAN events"];
        let sqlite_scan = alias.iter().any(|scan| line == *scan || line.starts_with(&format!("{scan} ")));
        let by_tenant_alone =
            line.starts_with("SEARCH ") && !line.starts_with("SEARCH t ") && line.ends_with("(tenant_id=?)");
        // The end of an order, found without an index: the word is SEARCH, the work is a scan.
        let unaided = line.starts_with("SEARCH ") && !line.contains(" USING ");
        of_big("Seq Scan on ") || sqlite_scan || by_tenant_alone || unaided
    })
}

async fn every_look_up_of_a_request_uses_an_index(db: Db) {
    let acme = filled(&db, 15_000).await;
    let watched = Watched::over(&db.store);
    let scope = watched.store.system().scope_of(&acme.record);
    let store = &acme.store;
    let user =
        store.find_users(&UserTerm::UserName("user-0".to_owned()), Order::Id, ONE, false).await.unwrap().remove(0).0;
    let group =
        store.find_groups(&GroupTerm::DisplayName("group-0".to_owned()), Order::Id, ONE).await.unwrap().remove(0);
    let (token, new) = token_record(&acme);
    let text = |text: &str| text.to_owned();

    look_up(&watched, acme.record.id, &token.hash()).await;
    scope.create_token(&new, &[]).await.unwrap();
    scope.user(user.id).await.unwrap();
    scope.user_with_groups(user.id).await.unwrap();
    for keys in [
        CandidateKeys { user_name: "u1", external_id: Some("x1"), email: Some("e1"), connection: acme.connection.id },
        CandidateKeys { user_name: "u1", external_id: None, email: Some("e1"), connection: acme.connection.id },
        CandidateKeys { user_name: "u1", external_id: Some("x1"), email: None, connection: acme.connection.id },
        CandidateKeys { user_name: "u1", external_id: None, email: None, connection: acme.connection.id },
    ] {
        scope.candidates(&keys).await.unwrap();
    }
    for term in [
        UserTerm::Id(user.id),
        UserTerm::UserName(text("u1")),
        UserTerm::ExternalId(acme.connection.id, text("x1")),
        UserTerm::Email(text("e1")),
        UserTerm::DisplayName(text("d1")),
        UserTerm::DisplayNamePrefix(text("d1499")),
        UserTerm::Active(false),
        UserTerm::Changed(Changed::since(now())),
        UserTerm::Group(group.id),
        UserTerm::And(vec![UserTerm::Active(true), UserTerm::DisplayNamePrefix(text("d1499"))]),
        UserTerm::And(vec![UserTerm::Changed(Changed::since(now())), UserTerm::Email(text("e1"))]),
    ] {
        scope.find_users(&term, Order::Id, ONE, true).await.unwrap();
        scope.find_users(&term, Order::Id, Page { offset: 1, limit: 100 }, true).await.unwrap();
        // Half of a table is best counted by reading it.
        if term != UserTerm::Active(false) {
            scope.count_users(&term).await.unwrap();
        }
        scope.walk_users(&term, Walk::all(500), true).await.unwrap();
        let from = Place { name: text("u1"), id: user.id, inclusive: false };
        let walk = Walk { backward: true, from: Some(&from), ..Walk::all(200) };
        scope.walk_users(&term, walk, true).await.unwrap();
    }
    for (order, backward) in [
        (Order::Id, false),
        (Order::Id, true),
        (Order::Name { descending: false }, false),
        (Order::Name { descending: true }, false),
        (Order::Name { descending: true }, true),
    ] {
        let from = Place { name: text("u1"), id: user.id, inclusive: true };
        let walk = Walk { order, backward, from: Some(&from), limit: 200 };
        scope.walk_users(&UserTerm::All, walk, true).await.unwrap();
        let from = Place { name: text("g1"), id: group.id, inclusive: false };
        let walk = Walk { order, backward, from: Some(&from), limit: 200 };
        scope.walk_groups(&GroupTerm::All, walk).await.unwrap();
    }
    for term in [
        GroupTerm::Id(group.id),
        GroupTerm::DisplayName(text("g1")),
        GroupTerm::ExternalId(acme.connection.id, text("y1")),
        GroupTerm::DisplayNamePrefix(text("g1499")),
        GroupTerm::Changed(Changed::since(now())),
        GroupTerm::Member(user.id),
    ] {
        scope.find_groups(&term, Order::Id, ONE).await.unwrap();
        scope.count_groups(&term).await.unwrap();
        scope.walk_groups(&term, Walk::all(200)).await.unwrap();
    }
    scope.group_with_members(group.id).await.unwrap();
    scope.members_of(&[group.id], u64::MAX).await.unwrap();
    scope.users_of(&[user.id]).await.unwrap();
    scope.groups_of_ids(&[group.id]).await.unwrap();
    scope.record(&[event("refused.x", Subject::Tenant)]).await.unwrap();
    scope.events(0, 10).await.unwrap();
    watched.store.system().lease_deliveries(10, now(), TimeDelta::minutes(1)).await.unwrap();

    let mut bad = Vec::new();
    for sql in watched.taken() {
        let plan = plan(&db, &sql).await;
        if reads_a_whole_table(&plan) {
            bad.push(format!("{sql}\n{plan}\n"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

const ONE: Page = Page { offset: 0, limit: 1 };

async fn look_up(watched: &Watched, tenant: usher_core::TenantId, hash: &TokenHash) {
    assert!(watched.store.authenticate(tenant, hash).await.unwrap().is_none());
}

async fn r62_a_page_of_200_costs_as_many_statements_as_a_page_of_one(db: Db) {
    let acme = filled(&db, 300).await;
    let watched = Watched::over(&db.store);
    let scope = watched.store.system().scope_of(&acme.record);
    let mut costs = Vec::new();
    for limit in [1, 200] {
        let page = Page { offset: 0, limit };
        let users = scope.find_users(&UserTerm::All, Order::Id, page, true).await.unwrap();
        let groups = scope.find_groups(&GroupTerm::All, Order::Id, page).await.unwrap();
        let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
        scope.members_of(&ids, u64::MAX).await.unwrap();
        assert_eq!((users.len(), groups.len()), (limit.try_into().unwrap(), limit.try_into().unwrap()));
        costs.push(watched.taken().len());
    }
    assert_eq!(costs, [3, 3]);
}
