//! The complete cycle of a client, and what has to be true after each step.

use serde_json::{Value, json};
use usher_scim::dialect::{Leaver, Method, Need};

use super::client::{Call, Crew, Person, Speaks, delete, get, post};
use super::idp::{Idp, listed};
use super::needs;

/// How many people a client with groups brings: enough for many members in one request.
const CROWD: usize = 13;

/// Everything that a client does in its life: test, first synchronisation, matching, changes, groups, leavers and their
/// return, deletes.
pub async fn replay<C: Speaks>(idp: &Idp<'_, C>) {
    idp.send_all(idp.client.test()).await;
    matches(idp).await;
    let groups = idp.dialect.updates.groups != Method::Never;
    let mut crowd = first_synchronisation(idp, if groups { CROWD } else { 3 }).await;
    needs::of_the_server(idp, &crowd[1].0, &crowd[1].1).await;
    accept(idp, &crowd[0].0, &crowd[0].1).await;
    changes(idp, &mut crowd[0]).await;
    if groups {
        let ids: Vec<String> = crowd.iter().map(|(_, id)| id.clone()).collect();
        group_push(idp, &ids).await;
    }
    let (person, id) = &crowd[0];
    leaves_and_returns(idp, person, id).await;
    let (person, id) = &crowd[1];
    match idp.dialect.leaver {
        Leaver::Deactivates => {}
        Leaver::DeactivatesThenDeletes | Leaver::AdminChooses | Leaver::Unknown => deleted(idp, person, id).await,
    }
}

/// Somebody whom the application knows already is taken over as they are: no mail, no second user.
async fn matches<C: Speaks>(idp: &Idp<'_, C>) {
    let new = Person::new("member");
    let old = Person { family: "Before".to_owned(), ..new.clone() };
    let register = json!({ "email": old.email, "user_name": old.user_name, "display_name": old.display() });
    let registered = idp.app.api("POST", "/api/v1/tenants/acme/users").json(&register).send().await;
    let id = registered.assert_status(201).id();
    let found = idp.send(idp.client.look_up(&new)).await.json();
    let found = listed(&found, "userName", &new.user_name).expect("the application's member is found");
    assert_eq!((&found["id"], found.get("externalId")), (&json!(id), None));
    if C::LOOKS_FIRST {
        update(idp, &id, &old, &new).await;
    } else {
        assert_eq!(idp.send(post("/Users", idp.client.user(&new))).await.id(), id);
    }
    assert_eq!(idp.state(&id).await, ("active".to_owned(), new.email.clone()));
    assert_eq!((idp.app.count(&idp.tenant, "user.matched").await, idp.mails(&new.email).await), (1, 0));
}

/// Nobody is found, everybody is made and invited once, and found again; a create whose answer was lost is a conflict.
async fn first_synchronisation<C: Speaks>(idp: &Idp<'_, C>, count: usize) -> Vec<(Person, String)> {
    let mut crowd = Vec::new();
    for number in 0..count {
        let person = Person::new(&format!("user{number:02}"));
        let found = idp.send(idp.client.look_up(&person)).await.json();
        assert_eq!(listed(&found, "userName", &person.user_name), None);
        let made = idp.send(post("/Users", idp.client.user(&person))).await;
        shows(idp, &person, &made.json());
        assert_eq!(idp.state(&made.id()).await, ("invited".to_owned(), person.email.clone()));
        crowd.push((person, made.id()));
    }
    for (person, id) in &crowd {
        assert_eq!(idp.mails(&person.email).await, 1, "{}", person.email);
        let found = idp.send(idp.client.look_up(person)).await.json();
        assert_eq!(listed(&found, "userName", &person.user_name).expect("they are found")["id"], id.as_str());
    }
    let again = idp.attempt(&post("/Users", idp.client.user(&crowd[0].0))).await;
    again.assert_scim_error(409, Some("uniqueness"));
    assert_eq!(idp.mails(&crowd[0].0.email).await, 1, "a repetition sends no mail");
    crowd
}

async fn accept<C: Speaks>(idp: &Idp<'_, C>, person: &Person, id: &str) {
    let link = idp.app.link_of(&person.email).await;
    idp.app.post(&link).await.assert_status(200);
    assert_eq!(idp.state(id).await.0, "active");
    assert_eq!(idp.mails(&person.email).await, 2, "they may start");
}

/// A family name and an address change; nobody is invited or confirmed again.
async fn changes<C: Speaks>(idp: &Idp<'_, C>, (person, id): &mut (Person, String)) {
    let old = person.clone();
    "King".clone_into(&mut person.family);
    update(idp, id, &old, person).await;
    if C::UPDATES_ALL {
        let old = person.clone();
        "augusta@acme.example".clone_into(&mut person.email);
        update(idp, id, &old, person).await;
        assert_eq!(idp.mails("augusta@acme.example").await, 0, "they have accepted before");
    }
    assert_eq!(idp.state(id).await, ("active".to_owned(), person.email.clone()));
    assert_eq!(idp.mails(&person.user_name).await, 2);
}

async fn update<C: Speaks>(idp: &Idp<'_, C>, id: &str, old: &Person, new: &Person) {
    let path = format!("/Users/{id}");
    let fetched = if C::READS_FIRST { idp.send(get(path.as_str())).await.json() } else { Value::Null };
    idp.send_all(idp.client.update(id, old, new, &fetched)).await;
    let now = idp.now(&path).await;
    assert_eq!(now["id"], id);
    shows(idp, new, &now);
}

/// A user shows what the client said last.
fn shows<C: Speaks>(_: &Idp<'_, C>, person: &Person, user: &Value) {
    assert_eq!((&user["userName"], &user["active"]), (&json!(person.user_name), &json!(person.active)), "{user}");
    assert_eq!(user["displayName"], person.display(), "{user}");
    if C::UPDATES_ALL {
        assert_eq!(user["name"]["familyName"], person.family, "{user}");
        assert_eq!(user["emails"][0]["value"], person.email, "{user}");
    }
}

/// A group is made, filled one by one and in bulk, emptied, renamed, deleted; its people stay.
async fn group_push<C: Speaks>(idp: &Idp<'_, C>, ids: &[String]) {
    let client = &idp.client;
    let mut crew = Crew { name: "Engineering".to_owned(), external: "00g-1".to_owned(), members: ids[..2].to_vec() };
    assert_eq!(look_up_group(idp, &crew.name).await, None);
    let id = idp.send(post("/Groups", client.group(&crew))).await.id();
    idp.send_all(client.after_create(&id, &crew)).await;
    holds(idp, &id, &crew).await;
    idp.attempt(&post("/Groups", client.group(&crew))).await.assert_scim_error(409, Some("uniqueness"));
    assert_eq!(look_up_group(idp, &crew.name).await, Some(id.clone()));

    let (one, many) = (&ids[2..3], &ids[3..]);
    moves(idp, &id, &mut crew, one, &[]).await;
    moves(idp, &id, &mut crew, &[], &ids[..1]).await;
    let requests = moves(idp, &id, &mut crew, many, &[]).await;
    assert!(requests == 1 || !idp.dialect.needs(Need::ManyMembersInOnePatch), "many members in one request");
    moves(idp, &id, &mut crew, &ids[..1], &many[..3]).await;
    assert_eq!(idp.now(&format!("/Users/{}", ids[0])).await["groups"][0]["value"], id.as_str());
    let all = crew.members.clone();
    moves(idp, &id, &mut crew, &[], &all).await;
    moves(idp, &id, &mut crew, &ids[..2], &[]).await;

    "Platform".clone_into(&mut crew.name);
    idp.send_all(client.rename(&id, &crew)).await;
    holds(idp, &id, &crew).await;
    assert_eq!(
        (look_up_group(idp, "Engineering").await, look_up_group(idp, "Platform").await),
        (None, Some(id.clone()))
    );

    let path = format!("/Groups/{id}");
    idp.send(delete(path.as_str())).await;
    idp.attempt(&get(path)).await.assert_scim_error(404, None);
    assert_eq!(look_up_group(idp, "Platform").await, None);
    let member = idp.now(&format!("/Users/{}", ids[0])).await;
    assert_eq!((&member["active"], member.get("groups")), (&json!(true), None), "its people stay");
}

/// Members come and go; answers how many requests that took.
async fn moves<C: Speaks>(idp: &Idp<'_, C>, id: &str, crew: &mut Crew, add: &[String], remove: &[String]) -> usize {
    crew.members.retain(|member| !remove.contains(member));
    crew.members.extend_from_slice(add);
    let calls: Vec<Call> = idp.client.members(id, crew, add, remove);
    let count = calls.len();
    idp.send_all(calls).await;
    holds(idp, id, crew).await;
    count
}

async fn holds<C: Speaks>(idp: &Idp<'_, C>, id: &str, crew: &Crew) {
    assert_eq!(idp.now(&format!("/Groups/{id}")).await["displayName"], crew.name.as_str());
    let mut wanted = crew.members.clone();
    wanted.sort();
    assert_eq!(idp.tenant.scim().members(id).await, wanted);
}

async fn look_up_group<C: Speaks>(idp: &Idp<'_, C>, name: &str) -> Option<String> {
    let found = idp.send(idp.client.look_up_group(name)).await.json();
    listed(&found, "displayName", name).map(|group| group["id"].as_str().expect("an id").to_owned())
}

/// Somebody leaves, stays visible, and comes back as the same user, without a mail.
async fn leaves_and_returns<C: Speaks>(idp: &Idp<'_, C>, person: &Person, id: &str) {
    let gone = Person { active: false, ..person.clone() };
    update(idp, id, person, &gone).await;
    assert_eq!(idp.state(id).await.0, "suspended");
    let found = idp.send(idp.client.look_up(&gone)).await.json();
    let found = listed(&found, "userName", &gone.user_name).expect("who left is still found");
    assert_eq!((&found["id"], &found["active"]), (&json!(id), &json!(false)));
    update(idp, id, &gone, person).await;
    assert_eq!(idp.state(id).await.0, "active");
    assert_eq!(idp.mails(&person.user_name).await, 2, "nobody who had accepted is invited again");
}

/// Somebody is deleted: gone for the client, suspended in truth, and the same user when made again.
async fn deleted<C: Speaks>(idp: &Idp<'_, C>, person: &Person, id: &str) {
    let path = format!("/Users/{id}");
    idp.send(delete(path.as_str())).await;
    assert_eq!(idp.state(id).await.0, "suspended");
    idp.attempt(&get(path)).await.assert_scim_error(404, None);
    let found = idp.send(idp.client.look_up(person)).await.json();
    assert_eq!(listed(&found, "userName", &person.user_name), None);
    assert_eq!(idp.send(post("/Users", idp.client.user(person))).await.id(), id, "the same id");
    assert_eq!(idp.state(id).await.0, "invited");
}
