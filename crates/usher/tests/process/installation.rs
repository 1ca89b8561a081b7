//! usher as an operator runs it: a database, keys, one tenant with a token, and processes over it.

use serde_json::{Value, json};

use crate::home::{Home, Running};
use crate::http::Client;
use crate::postgres;

pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Where the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A migrated database with the tenant acme.
pub struct Installation {
    pub home: Home,
    /// The first token of acme, and its id.
    pub token: String,
    pub token_id: String,
}

impl Backend {
    /// A directory with the settings of `usher serve`, and nothing in the database. Mail goes to nobody; a later
    /// setting wins.
    pub fn home(self, name: &str) -> Home {
        let home = Home::new(&format!("{name}-{self:?}").to_lowercase())
            .with("USHER__SECRETS__KEYS", KEY)
            .with("USHER__MAIL__URL", "smtp://127.0.0.1:1");
        match self {
            Self::Sqlite => home,
            Self::Postgres => home.with("USHER__DATABASE__URL", &postgres::database(name)),
        }
    }
}

impl Installation {
    pub fn new(home: Home) -> Self {
        home.json(&["migrate"]);
        home.json(&["tenant", "create", "acme"]);
        let created = home.json(&["token", "create", "acme", "--connection", "okta"]);
        let text = |name: &str| created[name].as_str().unwrap().to_owned();
        Self { token: text("token"), token_id: text("id"), home }
    }

    pub fn serve(&self, role: &str) -> Running {
        serve(&self.home, role)
    }

    pub fn client(&self) -> Client {
        Client::new(self.home.listen, &self.token)
    }

    /// Makes a group; its id.
    pub fn group(&self) -> String {
        let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Engineers" });
        let answer = self.client().ask("POST", "/scim/v2/Groups", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// The log of acme.
    pub fn events(&self) -> Vec<Value> {
        self.home.json(&["events", "acme"])["events"].as_array().unwrap().clone()
    }
}

/// What `cargo xtask test` tells the tests.
pub fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test`, which starts the servers"))
}

/// The mail server of `cargo xtask test`, as usher takes it.
pub fn mail_server() -> String {
    format!("smtp://{}", variable("USHER_TEST_SMTP"))
}

/// `usher serve` in one role, until it says that it is ready.
pub fn serve(home: &Home, role: &str) -> Running {
    let running = Running::start(&mut home.usher(&["serve", "--role", role, "--output", "json"]));
    running.until("}");
    running
}
