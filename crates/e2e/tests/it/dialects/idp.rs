//! A client at a tenant of its own: sends, and checks of each answer what its dialect says that it needs.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;
use usher_core::ConnectionKind;
use usher_scim::dialect::{Dialect, PatchAnswer, Sends};

use super::client::{Call, Speaks};
use super::{needs, spoken};
use crate::harness::{Answer, App, Client, Tenant};

/// A replay under way.
pub struct Idp<'a, C> {
    pub app: &'a App,
    pub tenant: Tenant,
    pub client: C,
    pub dialect: &'static Dialect,
    scim: Client,
    /// Which leniencies were needed so far.
    spoken: RefCell<BTreeSet<&'static str>>,
}

impl<'a, C: Speaks> Idp<'a, C> {
    /// A tenant whose connection is of the kind under which the dialect comes.
    pub async fn new(app: &'a App, client: C) -> Self {
        let dialect = Dialect::all().iter().find(|dialect| dialect.name == C::DIALECT).expect("a dialect");
        let kind = ConnectionKind::parse(dialect.kind).expect("a kind of connection");
        let tenant = app.tenant_of("acme", kind).await;
        let mut scim = tenant.scim();
        scim.base += C::BASE_END;
        Self { app, tenant, client, dialect, scim, spoken: RefCell::default() }
    }

    /// Sends a request with the client's headers; nothing is expected.
    pub async fn attempt(&self, call: &Call) -> Answer {
        self.note(call);
        let mut request = self.scim.request(call.method, &call.path);
        for (name, value) in C::HEADERS {
            request = request.header(name, value);
        }
        request = request.header("Content-Type", self.client.media_type(call.method));
        if call.body.is_null() { request.send().await } else { request.body(call.body.to_string()).send().await }
    }

    /// Sends a request that has to succeed.
    pub async fn send(&self, call: Call) -> Answer {
        let answer = self.attempt(&call).await;
        let (method, path) = (call.method, &call.path);
        assert_eq!(answer.status, self.success(&call), "{method} {path} {}: {}", call.body, answer.text());
        for need in self.dialect.needs {
            needs::of_an_answer(*need, &call, &self.scim.base, &answer);
        }
        answer
    }

    pub async fn send_all(&self, calls: Vec<Call>) {
        for call in calls {
            self.send(call).await;
        }
    }

    fn note(&self, call: &Call) {
        if let Sends::Named(names) = self.dialect.sends {
            self.spoken.borrow_mut().extend(names.iter().filter(|name| spoken::needs(name, call)));
        }
    }

    /// At the end of a replay: everything that the data says of the client has been sent.
    pub fn has_sent_all(&self) {
        let spoken = self.spoken.borrow();
        let left: Vec<&str> = match self.dialect.sends {
            Sends::Anything => Vec::new(),
            Sends::Named(names) => names.iter().copied().filter(|name| !spoken.contains(name)).collect(),
        };
        assert!(left.is_empty(), "{} does not send {left:?} in its replay", self.dialect.name);
    }

    /// The status of success. That of a PATCH is the dialect's.
    fn success(&self, call: &Call) -> u16 {
        match call.method {
            "POST" => 201,
            "DELETE" => 204,
            "PATCH" => {
                let answers = self.dialect.answers;
                let user = call.path.starts_with("/Users");
                match if user { answers.patch_user } else { answers.patch_group } {
                    PatchAnswer::Resource => 200,
                    PatchAnswer::NoContent => 204,
                }
            }
            _ => 200,
        }
    }

    /// A resource as it is now, read without the client's habits.
    pub async fn now(&self, path: &str) -> Value {
        self.tenant.scim().get(path).await.assert_status(200).json()
    }

    /// A user's state and address of mail, as the application sees them.
    pub async fn state(&self, id: &str) -> (String, String) {
        let state = self.app.state_of(&self.tenant, id).await;
        let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
        (text("state"), text("email"))
    }

    pub async fn mails(&self, address: &str) -> usize {
        self.app.deliver().await;
        self.app.mails_to(address).len()
    }
}

/// The resource of a list whose attribute is this text, in any case.
pub fn listed(list: &Value, name: &str, text: &str) -> Option<Value> {
    let found = list["Resources"].as_array().expect("a list has Resources").iter();
    let mut found = found.filter(|one| one[name].as_str().is_some_and(|value| value.eq_ignore_ascii_case(text)));
    found.next().cloned()
}
