//! Identity providers at work: they create users, change them, add them to a group, and remember every acknowledgement.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{JoinHandle, park_timeout};
use std::time::Duration;

use serde_json::{Value, json};

use crate::home::PATIENCE;
use crate::http::{Answer, Client};
use crate::installation::Installation;

/// Identity providers at once.
const CLIENTS: usize = 4;

/// What one identity provider knows of one user. What is not there was not acknowledged.
#[derive(Debug)]
pub struct Person {
    name: String,
    id: Option<String>,
    title: Option<String>,
    is_member: bool,
}

impl Person {
    /// Whether every request about them was acknowledged.
    pub fn is_complete(&self) -> bool {
        self.is_member
    }
}

/// The clients at work.
pub struct Load {
    clients: Vec<JoinHandle<Vec<Person>>>,
    acknowledged: Receiver<()>,
    refused: Receiver<String>,
    enough: Arc<AtomicBool>,
}

/// One of the clients.
struct Worker {
    client: Client,
    group: String,
    acknowledged: Sender<()>,
    refused: Sender<String>,
}

impl Load {
    /// Starts them; `round` makes the names of the users unique.
    pub fn start(installation: &Installation, group: &str, round: usize) -> Self {
        let (acknowledged, acknowledgements) = channel();
        let (refused, refusals) = channel();
        let enough = Arc::new(AtomicBool::new(false));
        let clients = (0..CLIENTS).map(|number| {
            let mut worker = Worker {
                client: installation.client(),
                group: group.to_owned(),
                acknowledged: acknowledged.clone(),
                refused: refused.clone(),
            };
            let enough = Arc::clone(&enough);
            std::thread::spawn(move || {
                let mut people = Vec::new();
                while !enough.load(Ordering::Relaxed) {
                    let name = format!("user-{round}-{number}-{}@acme.example", people.len());
                    people.push(Person { name, id: None, title: None, is_member: false });
                    if worker.provision(people.last_mut().unwrap()).is_err() {
                        break;
                    }
                }
                people
            })
        });
        Self { clients: clients.collect(), acknowledged: acknowledgements, refused: refusals, enough }
    }

    /// Waits until so many more requests were acknowledged.
    pub fn wait_for(&self, acknowledgements: usize) {
        self.acknowledged.try_iter().for_each(drop);
        for _ in 0..acknowledgements {
            self.acknowledged.recv_timeout(PATIENCE).expect("no request is acknowledged any more");
        }
    }

    /// Waits until so many more requests were answered 503.
    pub fn wait_for_refusals(&self, refusals: usize) {
        self.refused.try_iter().for_each(drop);
        for _ in 0..refusals {
            self.refused.recv_timeout(PATIENCE).expect("no request is answered 503");
        }
    }

    /// Waits for the clients, which end when their server does.
    pub fn end(self) -> Vec<Person> {
        let refused: Vec<String> = self.refused.try_iter().collect();
        assert!(refused.is_empty(), "{refused:?}");
        self.join()
    }

    /// Has the clients finish their user; then waits for them.
    pub fn finish(self) -> Vec<Person> {
        self.enough.store(true, Ordering::Relaxed);
        self.join()
    }

    fn join(self) -> Vec<Person> {
        self.clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    }
}

impl Worker {
    fn provision(&mut self, person: &mut Person) -> io::Result<()> {
        let created = self.insist("POST", "/scim/v2/Users", &body(&person.name))?;
        let id = created["id"].as_str().unwrap().to_owned();
        person.id = Some(id.clone());
        let title = format!("title of {}", person.name);
        let change = json!([{ "op": "replace", "value": { "title": title } }]);
        self.insist("PATCH", &format!("/scim/v2/Users/{id}"), &patch(&change))?;
        person.title = Some(title);
        let join = json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
        self.insist("PATCH", &format!("/scim/v2/Groups/{}", self.group), &patch(&join))?;
        person.is_member = true;
        Ok(())
    }

    /// Sends until it is acknowledged, as identity providers do. 503 with `Retry-After` is the only refusal there may be;
    /// only after one of those may a create find that it was done already.
    fn insist(&mut self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let mut is_repeated = false;
        loop {
            let answer = self.client.send(method, path, body)?;
            let done = match answer.status {
                200 | 201 | 204 => Some(answer.body),
                409 if is_repeated => self.client.users_named(body["userName"].as_str().unwrap()).pop(),
                503 if says_when(&answer) => {
                    let _ = self.refused.send(format!("{method} {path}: {answer:?}"));
                    None
                }
                _ => panic!("{method} {path}: {answer:?}"),
            };
            if let Some(done) = done {
                let _ = self.acknowledged.send(());
                return Ok(done);
            }
            is_repeated = true;
            park_timeout(Duration::from_millis(20));
        }
    }
}

/// Whether an answer says after how many seconds to try again.
fn says_when(answer: &Answer) -> bool {
    answer.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok()).is_some_and(|seconds| seconds > 0)
}

fn body(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "externalId": format!("external {name}"),
        "name": { "givenName": "Ada", "familyName": name },
        "emails": [{ "value": name, "type": "work", "primary": true }],
        "displayName": format!("Ada {name}"),
        "active": true
    })
}

fn patch(operations: &Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

/// Everything that was acknowledged is there, whole, and has left its event; what was not acknowledged can be repeated,
/// and is whole then.
pub fn assert_kept(installation: &Installation, group: &str, people: &[Person]) {
    let mut client = installation.client();
    for person in people {
        let found = client.users_named(&person.name);
        let ids: Vec<_> = found.iter().map(|user| user["id"].as_str().unwrap()).collect();
        match &person.id {
            Some(id) => assert_eq!(ids, [id], "{person:?}"),
            None => assert!(ids.len() <= 1, "{found:?}"),
        }
        if person.title.is_some() {
            assert_eq!(found[0]["title"].as_str(), person.title.as_deref(), "{person:?}");
        }
        // Only the last of each client can be unfinished.
        if !person.is_member {
            let expected = if found.is_empty() { 201 } else { 409 };
            let answer = client.ask("POST", "/scim/v2/Users", &body(&person.name));
            assert_eq!(answer.status, expected, "{answer:?}");
        }
        assert_whole(&client.users_named(&person.name), &person.name);
    }
    assert_members(&mut client, group, people);
    assert_invited_once(installation, people);
}

fn assert_whole(found: &[Value], name: &str) {
    let [user] = found else { panic!("{name} is there {} times", found.len()) };
    let sent = body(name);
    for attribute in ["userName", "externalId", "name", "emails", "displayName", "active"] {
        assert_eq!(user[attribute], sent[attribute], "{user}");
    }
}

fn assert_members(client: &mut Client, group: &str, people: &[Person]) {
    let answer = client.ask("GET", &format!("/scim/v2/Groups/{group}"), &Value::Null);
    let members: HashSet<&str> =
        answer.body["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str()).collect();
    for person in people.iter().filter(|person| person.is_member) {
        assert!(members.contains(person.id.as_deref().unwrap()), "{person:?} is no member");
    }
}

/// Each user has exactly one event of their creation: state and event are written together.
fn assert_invited_once(installation: &Installation, people: &[Person]) {
    let mut invited: HashMap<String, usize> = HashMap::new();
    for event in installation.events().iter().filter(|event| event["kind"] == "user.invited") {
        *invited.entry(event["data"]["after"]["userName"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for person in people {
        assert_eq!(invited.get(&person.name), Some(&1), "{person:?}");
    }
}
