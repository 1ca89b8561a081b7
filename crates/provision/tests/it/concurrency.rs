//! the same wish from many at once.

use std::sync::Arc;

use crate::tenant::{Tenant, id, op, person, reason, values};
use crate::world::World;

on_both!(
    r81_of_eight_creates_at_the_same_time_one_wins_and_seven_are_conflicts,
    r81_of_eight_renames_to_one_name_one_wins_and_seven_are_conflicts,
    r81_of_eight_groups_of_one_name_one_wins_and_seven_are_conflicts,
    r80_32_patches_through_two_replicas_lose_no_member_and_none_is_refused,
    r82_uniqueness_filter_and_return_fold_names_alike,
    s124_patches_of_one_user_at_the_same_time_are_all_kept,
);

async fn two(world: &World) -> [Tenant; 2] {
    let acme = world.tenant("acme").await;
    let replica = acme.through(&world.replica().await).await;
    [acme, replica]
}

/// Runs one future for each number and sorts the reasons of their ends.
async fn race<F>(count: usize, each: impl Fn(usize) -> F) -> Vec<&'static str>
where
    F: Future<Output = &'static str> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(each(number))).collect();
    let mut ends = Vec::new();
    for task in tasks {
        ends.push(task.await.unwrap());
    }
    ends.sort_unstable();
    ends
}

fn one_of_eight(conflict: &'static str) -> Vec<&'static str> {
    let mut ends = vec![conflict; 7];
    ends.push("done");
    ends.sort_unstable();
    ends
}

async fn r81_of_eight_creates_at_the_same_time_one_wins_and_seven_are_conflicts(world: Arc<World>) {
    let tenants = two(&world).await;
    for round in 0..5 {
        let ends = race(8, |number| {
            let tenant = tenants[number % 2].clone();
            async move { reason(tenant.create(person(&format!("Ada-{round}"), "ada@acme.example")).await) }
        });
        assert_eq!(ends.await, one_of_eight("user_name_taken"));
    }
    let invited = tenants[0].events().await.into_iter().filter(|event| event.kind == "user.invited").count();
    assert_eq!(invited, 5);
}

async fn r81_of_eight_renames_to_one_name_one_wins_and_seven_are_conflicts(world: Arc<World>) {
    let tenants = two(&world).await;
    let mut users = Vec::new();
    for number in 0..8 {
        users.push(tenants[0].user(&format!("user-{number}"), &format!("user-{number}@acme.example")).await);
    }
    let ends = race(8, |number| {
        let (tenant, user) = (tenants[number % 2].clone(), users[number].clone());
        async move { reason(tenant.patch(&user, vec![op("replace", "userName", "ADA")]).await) }
    });
    assert_eq!(ends.await, one_of_eight("user_name_taken"));
    assert_eq!(tenants[0].find("userName eq \"ada\"").await.unwrap(), ["ADA"]);
}

async fn r81_of_eight_groups_of_one_name_one_wins_and_seven_are_conflicts(world: Arc<World>) {
    let tenants = two(&world).await;
    let ends = race(8, |number| {
        let tenant = tenants[number % 2].clone();
        async move { reason(tenant.create_group("Team", &[]).await) }
    });
    assert_eq!(ends.await, one_of_eight("group_name_taken"));
}

async fn r80_32_patches_through_two_replicas_lose_no_member_and_none_is_refused(world: Arc<World>) {
    let tenants = two(&world).await;
    let mut users = Vec::new();
    for number in 0..64 {
        users.push(tenants[0].user(&format!("user-{number}"), &format!("user-{number}@acme.example")).await);
    }
    let old: Vec<&str> = users[..32].iter().map(String::as_str).collect();
    let team = tenants[0].group("Team", &old).await;
    let ends = race(32, |number| {
        let (tenant, team) = (tenants[number % 2].clone(), team.clone());
        let (comes, goes) = (users[32 + number].clone(), users[number].clone());
        async move {
            let added = tenant.patch_group(&team, vec![op("add", "members", values(&[&comes]))]).await;
            let out = serde_json::json!({ "op": "remove", "path": format!("members[value eq \"{goes}\"]") });
            match reason(added) {
                "done" => reason(tenant.patch_group(&team, vec![out]).await),
                refused => refused,
            }
        }
    });
    assert_eq!(ends.await, vec!["done"; 32]);
    let (mut members, mut expected) = (tenants[0].members(&team).await, users[32..].to_vec());
    members.sort();
    expected.sort();
    assert_eq!(members, expected);
}

async fn r82_uniqueness_filter_and_return_fold_names_alike(world: Arc<World>) {
    let [acme, _] = two(&world).await;
    let ada = acme.active_user("Straße.Ｘ@acme.example", "ada@acme.example").await;
    for spelling in ["straße.x@acme.example", "STRASSE.X@ACME.EXAMPLE", "Strasse.ｘ@acme.example"] {
        assert_eq!(reason(acme.create(person(spelling, "b@acme.example")).await), "user_name_taken", "{spelling}");
        let found = acme.find(&format!("userName eq \"{spelling}\"")).await.unwrap();
        assert_eq!(found.len(), 1, "{spelling}");
        acme.delete(&ada).await.unwrap();
        assert_eq!(id(&acme.create(person(spelling, "ada@acme.example")).await.unwrap()), ada, "{spelling}");
    }
}

async fn s124_patches_of_one_user_at_the_same_time_are_all_kept(world: Arc<World>) {
    let tenants = two(&world).await;
    let ada = tenants[0].user("ada", "ada@acme.example").await;
    let paths = ["title", "nickName", "userType", "locale", "timezone"];
    let ends = race(paths.len(), |number| {
        let (tenant, ada) = (tenants[number % 2].clone(), ada.clone());
        async move { reason(tenant.patch(&ada, vec![op("add", paths[number], "x")]).await) }
    });
    assert_eq!(ends.await, vec!["done"; paths.len()]);
    let shown = tenants[0].get(&ada).await.unwrap();
    assert!(paths.iter().all(|path| shown.resource[*path] == "x"), "{:?}", shown.resource);
}
