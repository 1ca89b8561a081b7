//! Users: written, read back, unique, versioned, erased.

use chrono::TimeDelta;
use usher_core::{OsEntropy, UserId};
use usher_lifecycle::{InvitationState, Life, Owner, StagedReason, State};
use usher_storage::{CandidateKeys, GroupRef, StorageError, Subject, Unique, UserRecord, UserTerm, Walk, Write};

use crate::database::Db;
use crate::records::{Tenant, active, changed, connection_record, event, members, now, tenant, user_record};

on_both!(
    a_user_in_every_state_is_read_as_written,
    a_user_name_belongs_to_one_listed_user_in_any_case_and_width,
    an_external_id_belongs_to_one_listed_user_of_a_connection_as_it_is_spelled,
    s135_two_connections_use_the_same_external_id,
    a_hidden_user_frees_the_names,
    a_rename_to_a_taken_name_changes_nothing,
    a_write_over_another_version_is_a_conflict_and_leaves_no_event,
    everyone_who_shares_a_key_is_a_candidate_but_no_tombstone,
    the_owner_of_a_name_is_a_candidate_however_many_share_the_mailbox,
    a_user_who_departs_leaves_every_group_and_the_groups_versions_go_up,
    an_erased_user_leaves_no_personal_data_in_any_row,
);

fn lives(owner: Owner) -> Vec<Life> {
    let later = now() + TimeDelta::days(14);
    let states = [
        State::Staged { reason: StagedReason::Inactive },
        State::Staged { reason: StagedReason::NoAddress },
        State::Staged { reason: StagedReason::Held },
        State::Invited { expires_at: later },
        State::Active,
        State::Suspended { since: now(), accepted: true },
        State::Suspended { since: now(), accepted: false },
        State::Deleted,
    ];
    let invitations =
        [InvitationState::None, InvitationState::Open, InvitationState::Accepted, InvitationState::Withdrawn];
    let mut lives = Vec::new();
    for state in states {
        for invitation in invitations {
            for listed in [true, false] {
                lives.push(Life { state, invitation, listed, wanted_active: listed, issue: 7, ..active(owner) });
            }
        }
    }
    lives
}

async fn a_user_in_every_state_is_read_as_written(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    for (number, life) in lives(acme.owner()).into_iter().chain(lives(Owner::Unmanaged)).enumerate() {
        let accepted = !matches!(life.state, State::Suspended { accepted: false, .. });
        let user = UserRecord {
            life,
            accepted_at: accepted.then(now),
            suspended_at: matches!(life.state, State::Suspended { .. }).then(now),
            invitation_email: Some("Old@Acme.example".to_owned()),
            external_id: Some(format!("EXT {number}")),
            display_name: Some("Ada \u{1F469}\u{200D}\u{1F4BB}".to_owned()),
            email: Some("Ada@Acme.example".to_owned()),
            ..user_record(life.owner, &format!("Ada{number}"))
        };
        acme.store.write_user(&user, Write::Insert, &[]).await.unwrap();
        assert_eq!(acme.store.user(user.id).await.unwrap().as_ref(), Some(&user));
        let user = UserRecord { updated_at: now() + TimeDelta::seconds(1), ..changed(&user) };
        acme.store.write_user(&user, Write::State, &[]).await.unwrap();
        assert_eq!(acme.store.user_with_groups(user.id).await.unwrap(), Some((user, Vec::new())));
    }
    assert_eq!(acme.store.user(UserId::mint(now(), &OsEntropy)).await.unwrap(), None);
}

async fn insert(tenant: &Tenant, name: &str, edit: impl FnOnce(&mut UserRecord)) -> Result<UserRecord, StorageError> {
    let mut user = user_record(tenant.owner(), name);
    edit(&mut user);
    tenant.store.write_user(&user, Write::Insert, &[event("user.invited", Subject::User(user.id))]).await?;
    Ok(user)
}

async fn a_user_name_belongs_to_one_listed_user_in_any_case_and_width(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    insert(&acme, "Straße@acme.example", |_| {}).await.unwrap();
    for spelling in ["straße@acme.example", "STRASSE@ACME.EXAMPLE", "ｓtrasse@acme.example"] {
        let taken = insert(&acme, spelling, |_| {}).await;
        assert!(matches!(taken, Err(StorageError::Taken(Unique::UserName))), "{spelling}: {taken:?}");
    }
    db.store.system().number_events(10).await.unwrap();
    assert_eq!(acme.store.events(0, 10).await.unwrap().len(), 1, "a refused row leaves no event");
}

async fn an_external_id_belongs_to_one_listed_user_of_a_connection_as_it_is_spelled(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let with =
        async |name: &str, label: &str| insert(&acme, name, |user| user.external_id = Some(label.to_owned())).await;
    with("a", "00u1").await.unwrap();
    with("b", "00U1").await.unwrap();
    let taken = with("c", "00u1").await;
    assert!(matches!(taken, Err(StorageError::Taken(Unique::UserExternalId))), "{taken:?}");
}

async fn s135_two_connections_use_the_same_external_id(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let second = connection_record("second");
    acme.store.create_connection(&second, &[], &[]).await.unwrap();
    insert(&acme, "a", |user| user.external_id = Some("1".to_owned())).await.unwrap();
    let other = insert(&acme, "b", |user| {
        user.external_id = Some("1".to_owned());
        user.life.owner = Owner::Connection(second.id);
    });
    other.await.unwrap();
}

async fn a_hidden_user_frees_the_names(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let label = |user: &mut UserRecord| user.external_id = Some("1".to_owned());
    let mut first = insert(&acme, "ada", label).await.unwrap();
    for _ in 0..3 {
        let mut hidden = changed(&first);
        hidden.life = Life { listed: false, state: State::Suspended { since: now(), accepted: true }, ..hidden.life };
        hidden.suspended_at = Some(now());
        acme.store.write_user(&hidden, Write::Departure, &[]).await.unwrap();
        assert_eq!(acme.store.count_users(&UserTerm::UserName("ada".to_owned())).await.unwrap(), 0);
        first = insert(&acme, "ADA", label).await.unwrap();
    }
    assert_eq!(acme.store.count_users(&UserTerm::UserName("ada".to_owned())).await.unwrap(), 1);
}

async fn a_rename_to_a_taken_name_changes_nothing(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    insert(&acme, "ada", |_| {}).await.unwrap();
    let grace = insert(&acme, "grace", |user| user.email = Some("grace@acme.example".to_owned())).await.unwrap();
    let renamed = UserRecord { user_name: "ADA".to_owned(), email: None, ..changed(&grace) };
    let taken =
        acme.store.write_user(&renamed, Write::Profile, &[event("user.updated", Subject::User(grace.id))]).await;
    assert!(matches!(taken, Err(StorageError::Taken(Unique::UserName))), "{taken:?}");
    assert_eq!(acme.store.user(grace.id).await.unwrap(), Some(grace));
}

async fn a_write_over_another_version_is_a_conflict_and_leaves_no_event(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = insert(&acme, "ada", |_| {}).await.unwrap();
    acme.store.write_user(&changed(&ada), Write::State, &[]).await.unwrap();
    let late = UserRecord { display_name: Some("Late".to_owned()), ..changed(&ada) };
    let events = [event("user.updated", Subject::User(ada.id))];
    let lost = acme.store.write_user(&late, Write::Profile, &events).await;
    assert!(matches!(lost, Err(StorageError::VersionConflict)), "{lost:?}");
    assert_eq!(acme.store.user(ada.id).await.unwrap(), Some(changed(&ada)));
    db.store.system().number_events(10).await.unwrap();
    assert_eq!(acme.store.events(0, 10).await.unwrap().len(), 1, "only the creation's");
}

async fn candidates(tenant: &Tenant, name: &str, label: Option<&str>, email: Option<&str>) -> Vec<UserId> {
    let keys = CandidateKeys { user_name: name, external_id: label, email, connection: tenant.connection.id };
    let mut found: Vec<_> = tenant.store.candidates(&keys).await.unwrap().into_iter().map(|user| user.id).collect();
    found.sort();
    found
}

async fn everyone_who_shares_a_key_is_a_candidate_but_no_tombstone(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let hide = |user: &mut UserRecord, state| {
        user.life = Life { listed: false, state, ..user.life };
        user.suspended_at = Some(now());
    };
    let suspended = State::Suspended { since: now(), accepted: true };
    let name = insert(&acme, "ADA", |_| {}).await.unwrap().id;
    let hidden_name = insert(&acme, "ada", |user| hide(user, suspended)).await.unwrap().id;
    insert(&acme, "ada", |user| hide(user, State::Deleted)).await.unwrap();
    let label = insert(&acme, "b", |user| user.external_id = Some("X".to_owned())).await.unwrap().id;
    let hidden_label = insert(&acme, "c", |user| {
        user.external_id = Some("X".to_owned());
        hide(user, suspended);
    });
    let hidden_label = hidden_label.await.unwrap().id;
    let email = insert(&acme, "d", |user| user.email = Some("ADA@acme.example".to_owned())).await.unwrap().id;
    insert(&acme, "e", |_| {}).await.unwrap();
    let foreign = connection_record("other");
    acme.store.create_connection(&foreign, &[], &[]).await.unwrap();
    let theirs = insert(&acme, "f", |user| {
        user.external_id = Some("X".to_owned());
        user.life.owner = Owner::Connection(foreign.id);
    });
    theirs.await.unwrap();

    assert_eq!(candidates(&acme, "Ada", None, None).await, [name, hidden_name]);
    assert_eq!(candidates(&acme, "z", Some("X"), None).await, [label, hidden_label]);
    assert_eq!(candidates(&acme, "z", None, Some("Ada@Acme.Example")).await, [email]);
    let all = candidates(&acme, "ada", Some("X"), Some("ada@acme.example")).await;
    assert_eq!(all, [name, hidden_name, label, hidden_label, email]);
    assert!(candidates(&acme, "z", Some("x"), Some("nobody@acme.example")).await.is_empty());
}

async fn the_owner_of_a_name_is_a_candidate_however_many_share_the_mailbox(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let shared = |user: &mut UserRecord| user.email = Some("office@acme.example".to_owned());
    for number in 0..120 {
        insert(&acme, &format!("desk-{number}"), shared).await.unwrap();
    }
    let member = insert(&acme, "member", |user| {
        shared(user);
        user.life.owner = Owner::Unmanaged;
    });
    let member = member.await.unwrap().id;
    let ada = insert(&acme, "ada", |_| {}).await.unwrap().id;
    let found = candidates(&acme, "ada", None, Some("office@acme.example")).await;
    assert!(found.contains(&ada) && found.contains(&member) && found.len() <= 101, "{}", found.len());
}

async fn a_user_who_departs_leaves_every_group_and_the_groups_versions_go_up(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let ada = acme.user("ada", |_| {}).await;
    let grace = acme.user("grace", |_| {}).await;
    let one = acme.group("One", &[ada.id, grace.id]).await;
    let two = acme.group("Two", &[ada.id]).await;
    let three = acme.group("Three", &[grace.id]).await;
    let (_, groups) = acme.store.user_with_groups(ada.id).await.unwrap().unwrap();
    let reference =
        |group: &usher_storage::GroupRecord| GroupRef { id: group.id, display_name: group.display_name.clone() };
    assert_eq!(groups, [reference(&one), reference(&two)]);

    let later = now() + TimeDelta::hours(1);
    let mut gone = UserRecord { updated_at: later, suspended_at: Some(later), ..changed(&ada) };
    gone.life = Life { listed: false, state: State::Suspended { since: later, accepted: true }, ..gone.life };
    acme.store.write_user(&gone, Write::Departure, &[event("user.delisted", Subject::User(ada.id))]).await.unwrap();

    assert_eq!(acme.store.user_with_groups(ada.id).await.unwrap(), Some((gone, Vec::new())));
    for (group, version, at) in [(&one, 2, later), (&two, 2, later), (&three, 1, now())] {
        let found = acme.store.group(group.id).await.unwrap().unwrap();
        assert_eq!((found.version, found.updated_at), (version, at), "{}", group.display_name);
    }
    assert_eq!(members(&acme.store, one.id).await, [grace.id]);
}

async fn an_erased_user_leaves_no_personal_data_in_any_row(db: Db) {
    let acme = tenant(&db.store, "acme").await;
    let mut ada = user_record(acme.owner(), "canary-name");
    ada.email = Some("canary@acme.example".to_owned());
    ada.other_emails = vec!["canary-two@acme.example".to_owned()];
    ada.display_name = Some("Canary".to_owned());
    ada.external_id = Some("canary-label".to_owned());
    ada.invitation_email = Some("canary@acme.example".to_owned());
    r#"{"title":"canary"}"#.clone_into(&mut ada.attributes);
    let mut created = event("user.invited", Subject::User(ada.id));
    created.data = serde_json::json!({ "after": { "title": "canary" } });
    acme.store.write_user(&ada, Write::Insert, &[created]).await.unwrap();
    let bystander = acme.user("bystander", |_| {}).await;
    acme.store.record(&[event("kept", Subject::User(bystander.id))]).await.unwrap();
    let group = acme.group("One", &[ada.id]).await;
    assert!(dump(&db).await.to_lowercase().contains("canary"), "the test can see it");

    let tombstone = UserRecord {
        life: Life { state: State::Deleted, listed: false, ..ada.life },
        user_name: String::new(),
        email: None,
        other_emails: Vec::new(),
        display_name: None,
        external_id: None,
        invitation_email: None,
        attributes: "{}".to_owned(),
        ..changed(&ada)
    };
    let mut deleted = event("user.deleted", Subject::User(ada.id));
    deleted.data = serde_json::json!({ "by": "operator" });
    acme.store.write_user(&tombstone, Write::Erasure, &[deleted]).await.unwrap();

    let dump = dump(&db).await.to_lowercase();
    assert!(!dump.contains("canary"), "{dump}");
    assert!(members(&acme.store, group.id).await.is_empty());
    assert!(
        acme.store.walk_users(&UserTerm::All, Walk::all(10), false).await.unwrap().iter().all(|(u, _)| u.id != ada.id)
    );
    db.store.system().number_events(10).await.unwrap();
    let events = acme.store.events(0, 10).await.unwrap();
    let seen: Vec<_> = events.iter().map(|one| (one.event.kind.as_str(), one.event.data.to_string())).collect();
    assert_eq!(
        seen,
        [
            ("user.invited", "{}".to_owned()),
            ("kept", r#"{"kind":"kept"}"#.to_owned()),
            ("user.deleted", r#"{"by":"operator"}"#.to_owned())
        ]
    );
}

/// Every text column of every table that holds people.
async fn dump(db: &Db) -> String {
    let columns = "coalesce(user_name, '') || user_name_folded || coalesce(external_id, '') || coalesce(display_name, '') || \
         coalesce(display_name_folded, '') || coalesce(email, '') || coalesce(email_folded, '') || \
         coalesce(invitation_email, '') || attributes";
    let mut out = String::new();
    for sql in [
        format!("select {columns} as text from users"),
        "select email_folded as text from user_emails".to_owned(),
        "select data || coalesce(reason, '') as text from events".to_owned(),
    ] {
        for row in db.rows(&sql).await {
            out.push_str(&row.try_get::<String>("", "text").unwrap());
            out.push('\n');
        }
    }
    out
}
