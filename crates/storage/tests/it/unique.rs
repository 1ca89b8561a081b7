//! Values that one resource of a connection has alone.

use serde_json::{Value, json};
use usher_core::ResourceType;
use usher_storage::{Held, SchemaRecord, StorageError, Unfit, UniqueValue, UniqueValues, UserRecord, Write};

use crate::database::Db;
use crate::records::{Tenant, changed, now, tenant, user_record};

on_both!(
    a_value_is_one_users_until_it_is_given_up_or_the_user_goes,
    a_refused_write_leaves_nothing_behind,
    stored_values_are_looked_through_page_after_page_and_counted,
    more_resources_than_the_bound_are_not_looked_through,
);

const URN: &str = "urn:example:acme_1:User";

fn value(text: &str) -> UniqueValue {
    UniqueValue { urn: URN.to_owned(), attribute: "badge".to_owned(), value: text.to_owned() }
}

fn values(tenant: &Tenant, texts: &[&str]) -> UniqueValues {
    UniqueValues { connection: tenant.connection.id, values: texts.iter().copied().map(value).collect() }
}

fn schema(resource: ResourceType) -> SchemaRecord {
    SchemaRecord { urn: URN.to_owned(), resource, declaration: json!({ "id": URN }), changed_at: now() }
}

/// What stored attributes have under the schema.
fn badge(attributes: &str) -> Vec<UniqueValue> {
    let attributes: Value = serde_json::from_str(attributes).unwrap();
    attributes[URN]["badge"].as_str().map(value).into_iter().collect()
}

fn wearing(badge: &str) -> String {
    json!({ "userName": "x", URN: { "badge": badge } }).to_string()
}

#[track_caller]
fn assert_taken(done: &Result<(), StorageError>) {
    let path = format!("{URN}:badge");
    assert!(matches!(done, Err(StorageError::ValueTaken { attribute }) if *attribute == path), "{done:?}");
}

async fn rows(db: &Db) -> i64 {
    db.number("select count(*) from unique_values").await
}

async fn a_value_is_one_users_until_it_is_given_up_or_the_user_goes(db: Db) {
    let (acme, globex) = (tenant(&db.store, "acme").await, tenant(&db.store, "globex").await);
    let write = async |of: &Tenant, user: &UserRecord, how: Write, texts: &[&str]| {
        of.store.write_unique_user(user, how, &values(of, texts), &[]).await
    };
    let (ada, bob) = (user_record(acme.owner(), "ada"), user_record(acme.owner(), "bob"));
    write(&acme, &ada, Write::Insert, &["1"]).await.unwrap();
    assert_taken(&write(&acme, &bob, Write::Insert, &["1"]).await);
    write(&globex, &user_record(globex.owner(), "ada"), Write::Insert, &["1"]).await.unwrap();
    let ada = changed(&ada);
    write(&acme, &ada, Write::Profile, &["1"]).await.unwrap();
    let ada = changed(&ada);
    write(&acme, &ada, Write::Profile, &["2"]).await.unwrap();
    write(&acme, &bob, Write::Insert, &["1"]).await.unwrap();
    let (ada, bob) = (changed(&ada), changed(&bob));
    acme.store.write_user(&ada, Write::Departure, &[]).await.unwrap();
    write(&acme, &bob, Write::Profile, &["2"]).await.unwrap();
    let bob = changed(&bob);
    acme.store.write_user(&bob, Write::Erasure, &[]).await.unwrap();
    assert_eq!(rows(&db).await, 1, "the other tenant's");
}

async fn a_refused_write_leaves_nothing_behind(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let (ada, bob) = (user_record(acme.owner(), "ada"), user_record(acme.owner(), "bob"));
    acme.store.write_unique_user(&ada, Write::Insert, &values(&acme, &["1"]), &[]).await.unwrap();
    assert_taken(&acme.store.write_unique_user(&bob, Write::Insert, &values(&acme, &["1"]), &[]).await);
    assert_eq!(acme.store.user(bob.id).await.unwrap(), None);
    let late = UserRecord { version: 5, ..ada.clone() };
    let lost = acme.store.write_unique_user(&late, Write::Profile, &values(&acme, &["2"]), &[]).await;
    assert!(matches!(lost, Err(StorageError::VersionConflict)), "{lost:?}");
    assert_taken(&acme.store.write_unique_user(&bob, Write::Insert, &values(&acme, &["1"]), &[]).await);
    acme.store.write_unique_user(&bob, Write::Insert, &values(&acme, &["2"]), &[]).await.unwrap();
}

async fn stored_values_are_looked_through_page_after_page_and_counted(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    for number in 0..250 {
        // the first two wear what the last two do
        let worn = if number >= 248 { number - 248 } else { number };
        acme.user(&format!("u{number}"), |user| user.attributes = wearing(&worn.to_string())).await;
    }
    // an URN that a `_` as a wildcard would find is read and has nothing
    acme.user("other", |user| user.attributes = wearing("0").replace("acme_1", "acmeX1")).await;
    let declared = schema(ResourceType::User);
    let refused = acme.store.put_schema(&acme.connection, &declared, Held::Take(&badge), &[]).await;
    let expected = Unfit::Repeated { attribute: format!("{URN}:badge"), resources: 2 };
    assert!(matches!(&refused, Err(StorageError::Unfit(unfit)) if *unfit == expected), "{refused:?}");
    assert_eq!((rows(&db).await, acme.store.schemas(acme.connection.id).await.unwrap().len()), (0, 0));
    db.execute("delete from users where user_name in ('u248', 'u249')").await;
    acme.store.put_schema(&acme.connection, &declared, Held::Take(&badge), &[]).await.unwrap();
    assert_eq!(rows(&db).await, 248);
    let present = async || acme.store.connections().await.unwrap().remove(0);
    acme.store.put_schema(&present().await, &declared, Held::Keep, &[]).await.unwrap();
    assert_eq!(rows(&db).await, 248);
    acme.store.put_schema(&present().await, &declared, Held::Free, &[]).await.unwrap();
    assert_eq!(rows(&db).await, 0);
    acme.store.put_schema(&present().await, &declared, Held::Take(&badge), &[]).await.unwrap();
    acme.store.delete_schema(&present().await, URN, &[]).await.unwrap();
    assert_eq!(rows(&db).await, 0);
}

async fn more_resources_than_the_bound_are_not_looked_through(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    acme.group("Team", &[]).await;
    let id = if db.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
    let many = |count: u32| {
        format!(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < {count}) \
             insert into groups (tenant_id, group_id, connection_id, kind, display_name, display_name_folded, attributes, \
             version, created_at, updated_at) select g.tenant_id, {id}, g.connection_id, g.kind, \
             cast(i as text), cast(i as text), '{{\"{URN}\":{{}}}}', 1, 0, 0 \
             from n cross join (select * from groups where display_name = 'Team') g"
        )
    };
    db.execute(&many(10_001)).await;
    let declared = schema(ResourceType::Group);
    let refused = acme.store.put_schema(&acme.connection, &declared, Held::Take(&badge), &[]).await;
    assert!(matches!(&refused, Err(StorageError::Unfit(Unfit::TooMany { most: 10_000 }))), "{refused:?}");
    db.execute("delete from groups where display_name = '1'").await;
    acme.store.put_schema(&acme.connection, &declared, Held::Take(&badge), &[]).await.unwrap();
}
