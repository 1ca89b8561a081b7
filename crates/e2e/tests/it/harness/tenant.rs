//! A tenant, and an identity provider that speaks for it.

use std::net::SocketAddr;

use serde_json::Value;
use usher_provision::CreatedToken;

use super::http::{Answer, Request, encode};

/// A tenant with a token of one of its connections.
#[derive(Clone)]
pub struct Tenant {
    pub slug: String,
    pub id: String,
    pub token: String,
    pub token_id: String,
    address: SocketAddr,
}

impl Tenant {
    pub fn new(address: SocketAddr, slug: &str, id: &str, token: &CreatedToken) -> Self {
        Self {
            slug: slug.to_owned(),
            id: id.to_owned(),
            token: token.token.expose().to_owned(),
            token_id: token.id.clone(),
            address,
        }
    }

    /// An identity provider at the tenant's own door.
    pub fn scim(&self) -> Client {
        self.at(&format!("/t/{}/scim/v2", self.slug))
    }

    /// One at the door that all share.
    pub fn shared(&self) -> Client {
        self.at("/scim/v2")
    }

    /// One at the same door of another server.
    pub fn through(&self, address: SocketAddr) -> Client {
        Client { address, ..self.scim() }
    }

    fn at(&self, base: &str) -> Client {
        Client { address: self.address, base: base.to_owned(), token: self.token.clone() }
    }
}

/// An identity provider.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub base: String,
    pub token: String,
}

impl Client {
    /// A request with the token, and nothing else yet.
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self.address, method, &format!("{}{path}", self.base)).bearer(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).scim(body).send().await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.request("PUT", path).scim(body).send().await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request("PATCH", path).scim(body).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send().await
    }

    /// What became of the operations of a bulk request that is answered.
    pub async fn bulk(&self, operations: Value) -> Vec<Value> {
        let body = self.post("/Bulk", &super::bulk(operations)).await.assert_status(200).json();
        assert_eq!(body["schemas"], serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
        body["Operations"].as_array().expect("a list").clone()
    }

    /// What a filter finds, as the list's answer.
    pub async fn find(&self, resources: &str, filter: &str) -> Value {
        self.get(&format!("{resources}?filter={}", encode(filter))).await.assert_status(200).json()
    }

    /// How many a filter finds.
    pub async fn total(&self, resources: &str, filter: &str) -> u64 {
        self.find(resources, filter).await["totalResults"].as_u64().expect("a number")
    }

    /// A new user's id.
    pub async fn create_user(&self, address: &str) -> String {
        self.post("/Users", &super::user(address)).await.assert_status(201).id()
    }

    /// A new group's id.
    pub async fn create_group(&self, name: &str, members: &[&str]) -> String {
        self.post("/Groups", &super::group(name, members)).await.assert_status(201).id()
    }

    /// The ids in a group.
    pub async fn members(&self, group: &str) -> Vec<String> {
        let body = self.get(&format!("/Groups/{group}")).await.assert_status(200).json();
        let members = body["members"].as_array().expect("members are there, even none");
        let ids = members.iter().map(|member| member["value"].as_str().expect("an id").to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    }
}
