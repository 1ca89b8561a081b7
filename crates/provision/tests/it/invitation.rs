//! What kills the secret in a link, and what a link tells whoever opens it.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;
use usher_core::{InvitationSecret, KeyRing, TenantId, UserId};
use usher_provision::JoinState;

use crate::tenant::{Tenant, op, reason};
use crate::world::World;

on_both!(
    s57_r90_another_address_kills_the_old_secret_and_sends_no_second_invitation,
    s57_an_address_in_another_spelling_is_the_same_address,
    r90_of_two_acceptances_at_the_same_time_one_confirms,
    r90_a_new_invitation_kills_the_old_one,
    r90_an_invitation_ends_with_its_time_its_user_and_its_withdrawal,
    r90_a_secret_that_usher_never_made_says_nothing,
    r91_opening_a_link_changes_nothing,
    a_person_with_an_old_link_gets_a_new_one_at_the_address_on_file,
);

async fn look(tenant: &Tenant, user: &str, issue: u32) -> JoinState {
    tenant.provisioner.invitation(&tenant.secret(user, issue)).await.unwrap().unwrap().state
}

async fn s57_r90_another_address_kills_the_old_secret_and_sends_no_second_invitation(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    for (name, operation) in [
        ("a", op("replace", "emails[type eq \"work\"].value", "new-a@acme.example")),
        ("b", op("replace", "emails", json!([{ "value": "new-b@acme.example", "primary": true }]))),
        ("c", json!({ "op": "remove", "path": "emails" })),
    ] {
        let user = acme.user(name, &format!("{name}@acme.example")).await;
        let issue = acme.row(&user).await.life.issue;
        acme.patch(&user, vec![operation]).await.unwrap();
        assert_eq!(reason(acme.accept(&user, issue).await), "invitation_replaced", "{name}");
        assert_eq!(acme.state(&user).await.state, "invited", "{name}");
        let kinds = acme.kinds_of(&user).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "user.invited").count(), 1, "{kinds:?}");
        assert!(kinds.contains(&"invitation.withdrawn".to_owned()), "{kinds:?}");
        // Issue 2 was used up without a mail: its secret opens nothing either.
        assert_eq!(reason(acme.accept(&user, 2).await), "invitation_withdrawn", "{name}");
    }
    let active = acme.active_user("d", "d@acme.example").await;
    acme.patch(&active, vec![op("replace", "emails[type eq \"work\"].value", "new-d@acme.example")]).await.unwrap();
    assert_eq!(acme.state(&active).await.email.as_deref(), Some("new-d@acme.example"));
    assert_eq!(acme.kinds_of(&active).await, ["user.invited", "user.confirmed", "user.updated"]);
}

async fn s57_an_address_in_another_spelling_is_the_same_address(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    acme.patch(&ada, vec![op("replace", "emails[type eq \"work\"].value", "Ada@ACME.example")]).await.unwrap();
    assert!(acme.accept(&ada, 1).await.unwrap().confirmed_now);
}

async fn r90_of_two_acceptances_at_the_same_time_one_confirms(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let replica = acme.through(&world.replica().await).await;
    for round in 0..5 {
        let ada = acme.user(&format!("ada-{round}"), "ada@acme.example").await;
        let tasks: Vec<_> = (0..6)
            .map(|number| {
                let (tenant, ada) = (if number % 2 == 0 { acme.clone() } else { replica.clone() }, ada.clone());
                tokio::spawn(async move { tenant.accept(&ada, 1).await.unwrap() })
            })
            .collect();
        let mut confirmed = 0;
        for task in tasks {
            let accepted = task.await.unwrap();
            assert_eq!(accepted.state, "active");
            confirmed += usize::from(accepted.confirmed_now);
        }
        assert_eq!(confirmed, 1);
        assert_eq!(acme.kinds_of(&ada).await, ["user.invited", "user.confirmed"]);
    }
}

async fn r90_a_new_invitation_kills_the_old_one(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    world.operator().resend_invitation("acme", &ada, "req-2").await.unwrap();
    assert_eq!(look(&acme, &ada, 1).await, JoinState::Replaced);
    assert_eq!(reason(acme.accept(&ada, 1).await), "invitation_replaced");
    assert!(acme.accept(&ada, 2).await.unwrap().confirmed_now);
    assert_eq!(reason(acme.accept(&ada, 1).await), "invitation_replaced", "after the new one was used, too");
    assert_eq!(look(&acme, &ada, 2).await, JoinState::Used);
}

async fn r90_an_invitation_ends_with_its_time_its_user_and_its_withdrawal(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let late = acme.user("late", "late@acme.example").await;
    world.pass(TimeDelta::days(14));
    assert!(matches!(look(&acme, &late, 1).await, JoinState::Open { .. }), "the last instant");
    world.pass(TimeDelta::milliseconds(1));
    assert_eq!(look(&acme, &late, 1).await, JoinState::Expired);
    assert_eq!(reason(acme.accept(&late, 1).await), "invitation_expired");

    let gone = acme.user("gone", "gone@acme.example").await;
    acme.delete(&gone).await.unwrap();
    assert_eq!(look(&acme, &gone, 1).await, JoinState::Withdrawn);
    assert_eq!(reason(acme.accept(&gone, 1).await), "invitation_withdrawn");

    let unwanted = acme.user("unwanted", "unwanted@acme.example").await;
    world.operator().withdraw_invitation("acme", &unwanted, "req").await.unwrap();
    assert_eq!(look(&acme, &unwanted, 1).await, JoinState::Withdrawn);
    assert_eq!(reason(acme.accept(&unwanted, 1).await), "invitation_withdrawn");

    let left = acme.active_user("left", "left@acme.example").await;
    acme.set_active(&left, false).await.unwrap();
    assert_eq!(reason(acme.accept(&left, 1).await), "invitation_used");
    let refusals =
        acme.events().await.into_iter().filter(|event| event.kind.starts_with("refused.invitation_")).count();
    assert_eq!(refusals, 4);
}

async fn r90_a_secret_that_usher_never_made_says_nothing(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let (ada, eve) = (acme.user("ada", "ada@acme.example").await, globex.user("eve", "eve@acme.example").await);
    let foreign_keys = KeyRing::new(["another-key-another-key-another-key"]).unwrap();
    let (tenant, user) = (TenantId::parse(&acme.id).unwrap(), UserId::parse(&ada).unwrap());
    let (real, other) = (acme.secret(&ada, 1), globex.secret(&eve, 1));
    for secret in [
        String::new(),
        "x".repeat(88),
        acme.secret(&ada, 2),
        acme.secret(&eve, 1),
        globex.secret(&ada, 1),
        format!("{}{}", &other[..44], &real[44..]),
        InvitationSecret::derive(&foreign_keys, tenant, user, 1).expose().to_owned(),
    ] {
        assert!(world.provisioner.invitation(&secret).await.unwrap().is_none());
        assert_eq!(reason(world.provisioner.accept(&secret, "req").await), "invitation_unknown");
        assert_eq!(reason(world.provisioner.ask_for_invitation(&secret, "req").await), "invitation_unknown");
    }
    world.operator().suspend_tenant("acme").await.unwrap();
    assert_eq!(reason(acme.accept(&ada, 1).await), "invitation_unknown", "a suspended tenant invites nobody");
    world.operator().resume_tenant("acme").await.unwrap();
    assert!(acme.accept(&ada, 1).await.unwrap().confirmed_now);
}

async fn r91_opening_a_link_changes_nothing(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "Ada@acme.example").await;
    let (row, events) = (acme.row(&ada).await, acme.events().await.len());
    for _ in 0..5 {
        let view = world.provisioner.invitation(&acme.secret(&ada, 1)).await.unwrap().unwrap();
        assert!(matches!(view.state, JoinState::Open { .. }) && !view.can_ask);
        assert_eq!(
            (view.tenant.as_str(), view.person.as_deref(), view.email.as_str()),
            ("acme", Some("ada"), "Ada@acme.example")
        );
    }
    assert_eq!((acme.row(&ada).await, acme.events().await.len()), (row, events));
}

async fn a_person_with_an_old_link_gets_a_new_one_at_the_address_on_file(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let ada = acme.user("ada", "ada@acme.example").await;
    let secret = acme.secret(&ada, 1);
    assert_eq!(reason(world.provisioner.ask_for_invitation(&secret, "req").await), "wrong_state", "it is still open");
    acme.patch(&ada, vec![op("replace", "emails[type eq \"work\"].value", "new@acme.example")]).await.unwrap();
    let view = world.provisioner.ask_for_invitation(&secret, "req").await.unwrap();
    assert!(view.can_ask);
    assert_eq!(acme.row(&ada).await.invitation_email.as_deref(), Some("new@acme.example"), "R-84: never the old one");
    let latest = acme.row(&ada).await.life.issue;
    assert_eq!(reason(acme.accept(&ada, 1).await), "invitation_replaced");
    assert!(acme.accept(&ada, latest).await.unwrap().confirmed_now);
}
