//! Who comes in: tokens, their rotation and their end.

use std::sync::Arc;

use chrono::TimeDelta;
use usher_core::{ConnectionKind, OsEntropy, PlainToken, TenantId};
use usher_provision::{AuthError, Door, NewToken, Provisioner, RequestInfo};

use crate::tenant::reason;
use crate::world::World;

on_both!(
    r25_nothing_but_a_whole_token_of_the_door_comes_in,
    s31_a_rotated_token_works_beside_its_successor_and_ends_ten_minutes_after_the_first_use,
    a_revoked_token_is_refused_by_every_process,
    a_token_ends_with_its_time,
    r28_a_suspended_tenant_lets_nobody_in,
    s25_what_is_known_of_a_token_is_not_the_token,
    an_answer_gives_addresses_of_the_door_that_was_used,
    the_kind_of_a_connection_picks_its_dialect,
);

async fn enters(provisioner: &Provisioner, door: Door<'_>, token: &str) -> bool {
    let info = RequestInfo { request_id: "req".to_owned() };
    match provisioner.for_bearer(door, token, info).await {
        Ok(_) => true,
        Err(AuthError::Unauthorized) => false,
        Err(AuthError::Trouble(error)) => panic!("{error:?}"),
    }
}

/// Whether a process that remembers nothing lets the token in.
async fn fresh(world: &World, token: &str) -> bool {
    enters(&world.replica().await, Door::Shared, token).await
}

async fn r25_nothing_but_a_whole_token_of_the_door_comes_in(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    let p = &world.provisioner;
    for door in [Door::Shared, Door::Tenant("acme"), Door::Tenant(&acme.id), Door::Host("acme"), Door::Host("ACME")] {
        assert!(enters(p, door, &acme.token).await, "{door:?}");
        assert!(!enters(p, door, &globex.token).await || door == Door::Shared, "{door:?}");
    }
    let never_kept = PlainToken::generate(TenantId::parse(&acme.id).unwrap(), &OsEntropy);
    let (cut, padded) = (&acme.token[..75], format!("{} ", acme.token));
    let swapped = format!("{}{}", &globex.token[..26], &acme.token[26..]);
    for token in ["", " ", "null", "undefined", "\0", cut, &padded, &swapped, never_kept.expose(), &"x".repeat(100_000)]
    {
        assert!(!enters(p, Door::Shared, token).await, "{token:.30}");
    }
    world
        .operator()
        .create_tenant(usher_provision::NewTenant {
            slug: usher_core::TenantSlug::parse("empty").unwrap(),
            name: None,
            domains: Vec::new(),
        })
        .await
        .unwrap();
    assert!(!enters(p, Door::Tenant("empty"), &acme.token).await, "a tenant without tokens lets nobody in");
}

async fn s31_a_rotated_token_works_beside_its_successor_and_ends_ten_minutes_after_the_first_use(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let new = world.operator().rotate_token("acme", &acme.token_id).await.unwrap();
    assert_eq!(new.replaces.as_deref(), Some(acme.token_id.as_str()));
    world.pass(TimeDelta::days(30));
    assert!(fresh(&world, &acme.token).await, "nothing ends before the new one is in use");
    assert!(!enters(&world.provisioner, Door::Tenant("globex"), new.token.expose()).await);
    assert_ne!(acme.last_event().await.kind, "token.sunset", "a try at a wrong address is no use");
    assert!(fresh(&world, new.token.expose()).await);
    assert_eq!(acme.last_event().await.kind, "token.sunset");
    world.pass(TimeDelta::minutes(10) - TimeDelta::milliseconds(1));
    assert!(fresh(&world, &acme.token).await);
    assert!(fresh(&world, new.token.expose()).await, "a later use moves nothing");
    for token in world.operator().tokens("acme").await.unwrap() {
        assert_eq!(token.state, if token.id == new.id { "active" } else { "ending" });
    }
    world.pass(TimeDelta::milliseconds(1));
    assert!(!fresh(&world, &acme.token).await);
    assert!(fresh(&world, new.token.expose()).await);
    let sunsets = acme.events().await.into_iter().filter(|event| event.kind == "token.sunset").count();
    assert_eq!(sunsets, 1);
    assert_eq!(reason(world.operator().rotate_token("acme", &acme.token_id).await), "wrong_state");
}

async fn a_revoked_token_is_refused_by_every_process(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    assert!(enters(&world.provisioner, Door::Shared, &acme.token).await);
    let info = world.operator().revoke_token("acme", &acme.token_id).await.unwrap();
    assert_eq!((info.state, info.revoked_at), ("revoked", Some(world.now())));
    assert!(!enters(&world.provisioner, Door::Shared, &acme.token).await, "at once where it was revoked");
    assert!(!fresh(&world, &acme.token).await);
    assert_eq!(acme.last_event().await.kind, "token.revoked");
    assert_eq!(reason(world.operator().revoke_token("acme", "no-token").await), "not_found");
}

async fn a_token_ends_with_its_time(world: Arc<World>) {
    world.tenant("acme").await;
    let new = NewToken { expires: Some(TimeDelta::days(1)), ..NewToken::default() };
    let short = world.operator().create_token("acme", new).await.unwrap();
    world.pass(TimeDelta::days(1) - TimeDelta::milliseconds(1));
    assert!(fresh(&world, short.token.expose()).await);
    assert!(enters(&world.provisioner, Door::Shared, short.token.expose()).await);
    world.pass(TimeDelta::milliseconds(1));
    assert!(!fresh(&world, short.token.expose()).await);
    assert!(!enters(&world.provisioner, Door::Shared, short.token.expose()).await, "remembered or not");
}

async fn r28_a_suspended_tenant_lets_nobody_in(world: Arc<World>) {
    let (acme, globex) = (world.tenant("acme").await, world.tenant("globex").await);
    world.operator().suspend_tenant("acme").await.unwrap();
    assert!(!enters(&world.provisioner, Door::Shared, &acme.token).await);
    assert!(!fresh(&world, &acme.token).await);
    assert!(fresh(&world, &globex.token).await);
    world.operator().resume_tenant(&acme.id).await.unwrap();
    assert!(fresh(&world, &acme.token).await);
    let kinds: Vec<_> = acme.events().await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds[kinds.len() - 2..], ["tenant.suspended", "tenant.resumed"]);
}

async fn s25_what_is_known_of_a_token_is_not_the_token(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    let known = serde_json::to_string(&world.operator().tokens("acme").await.unwrap()).unwrap();
    let log = serde_json::to_string(&acme.events().await).unwrap();
    let secret = &acme.token[26..71];
    assert!(!known.contains(secret) && !log.contains(secret));
    assert!(known.contains(&acme.token[72..]), "the last four");
}

async fn an_answer_gives_addresses_of_the_door_that_was_used(world: Arc<World>) {
    let acme = world.tenant_with("acme", ConnectionKind::Okta, &[]).await;
    for (door, base) in [
        (Door::Shared, "https://usher.example/scim/v2"),
        (Door::Tenant("acme"), "https://usher.example/t/acme/scim/v2"),
        (Door::Host("acme"), "https://acme.usher.example/scim/v2"),
    ] {
        let info = RequestInfo { request_id: "req".to_owned() };
        assert_eq!(world.provisioner.for_bearer(door, &acme.token, info).await.unwrap().base(), base);
    }
}

async fn the_kind_of_a_connection_picks_its_dialect(world: Arc<World>) {
    let acme = world.tenant("acme").await;
    for kind in ConnectionKind::ALL {
        let connection = world.connection(&acme.id, "acme", &format!("for {}", kind.as_str()), kind).await;
        let info = RequestInfo { request_id: "req".to_owned() };
        let scope = world.provisioner.for_bearer(Door::Shared, &connection.token, info).await.unwrap();
        assert_eq!(scope.dialect().name, kind.as_str());
        assert_eq!(scope.user_definition().dialect.name, kind.as_str());
        assert_eq!(scope.group_definition().dialect.name, kind.as_str());
    }
}
