//! The requests of identity providers, as bytes.

use crate::fill;
use uuid::Uuid;

/// One tenant's door.
#[derive(Clone, Debug)]
pub struct Door {
    /// The tenant.
    pub tenant: Uuid,
    /// Its short name.
    pub slug: String,
    /// A bearer token.
    pub token: String,
}

impl Door {
    /// `GET /Users/{id}`.
    pub fn user(&self, number: u32) -> Vec<u8> {
        self.request("GET", &format!("/Users/{}", fill::user_id(number)), "")
    }

    /// `GET /Users?filter=userName eq "…"`, as every identity provider begins.
    pub fn find(&self, number: u32) -> Vec<u8> {
        let name = fill::user_name(number).replace('@', "%40");
        self.request("GET", &format!("/Users?filter=userName%20eq%20%22{name}%22"), "")
    }

    /// A page of users in the order of their ids; `query` says which.
    pub fn users(&self, query: &str) -> Vec<u8> {
        self.request("GET", &format!("/Users?{query}"), "")
    }

    /// `GET /Groups/{id}` with all members.
    pub fn group(&self, number: u32) -> Vec<u8> {
        self.request("GET", &format!("/Groups/{}", fill::group_id(number)), "")
    }

    /// `GET /ServiceProviderConfig`: needs a valid token and no row.
    pub fn discovery(&self) -> Vec<u8> {
        self.request("GET", "/ServiceProviderConfig", "")
    }

    /// `POST /Users` of somebody new, in the shape that Okta sends.
    pub fn create(&self, number: u64) -> Vec<u8> {
        self.request("POST", "/Users", &Self::new_user(number))
    }

    /// `POST /Bulk` of new users with the numbers from `first` on.
    pub fn bulk(&self, first: u64, count: u64) -> Vec<u8> {
        let operation = |number| {
            let data = Self::new_user(number);
            format!(r#"{{"method":"POST","path":"/Users","bulkId":"b{number}","data":{data}}}"#)
        };
        let operations: Vec<String> = (first..first + count).map(operation).collect();
        let schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
        let body = format!(r#"{{"schemas":["{schema}"],"Operations":[{}]}}"#, operations.join(","));
        self.request("POST", "/Bulk", &body)
    }

    fn new_user(number: u64) -> String {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new{number}@bench.example","name":{{"givenName":"Ada","familyName":"Lovelace {number}"}},"emails":[{{"primary":true,"value":"new{number}@bench.example","type":"work"}}],"displayName":"Ada Lovelace {number}","locale":"en-GB","externalId":"new-{number}","groups":[],"active":true}}"#
        )
    }

    /// `PATCH /Users/{id}` that replaces `displayName`.
    pub fn rename(&self, number: u32, name: u64) -> Vec<u8> {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"replace","path":"displayName","value":"Renamed {name}"}}]}}"#
        );
        self.request("PATCH", &format!("/Users/{}", fill::user_id(number)), &body)
    }

    /// `PATCH /Groups/{id}` that adds a member.
    pub fn add_member(&self, group: u32, user: u32) -> Vec<u8> {
        let user = fill::user_id(user);
        let operation = format!(r#"{{"op":"add","path":"members","value":[{{"value":"{user}"}}]}}"#);
        self.change_group(group, &operation)
    }

    /// `PATCH /Groups/{id}` that removes a member.
    pub fn remove_member(&self, group: u32, user: u32) -> Vec<u8> {
        let user = fill::user_id(user);
        let operation = format!(r#"{{"op":"remove","path":"members[value eq \"{user}\"]"}}"#);
        self.change_group(group, &operation)
    }

    fn change_group(&self, group: u32, operation: &str) -> Vec<u8> {
        let body =
            format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#);
        self.request("PATCH", &format!("/Groups/{}", fill::group_id(group)), &body)
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let Self { slug, token, .. } = self;
        let content = if body.is_empty() { String::new() } else { content("application/scim+json", body) };
        format!(
            "{method} /t/{slug}/scim/v2{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Accept: application/scim+json\r\n{content}\r\n{body}"
        )
        .into_bytes()
    }
}

fn content(kind: &str, body: &str) -> String {
    format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len())
}

/// `GET` of a path outside SCIM.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

/// `POST /join/{secret}`: a person presses the button of the page.
pub fn join(secret: &str) -> Vec<u8> {
    let content = content("application/x-www-form-urlencoded", "");
    format!("POST /join/{secret} HTTP/1.1\r\nHost: localhost\r\n{content}\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> Door {
        Door { tenant: Uuid::nil(), slug: "acme".to_owned(), token: "ush_x".to_owned() }
    }

    #[test]
    fn bodies_are_json_of_the_stated_length() {
        let door = door();
        for request in
            [door.create(7), door.bulk(7, 3), door.rename(1, 2), door.add_member(1, 2), door.remove_member(1, 2)]
        {
            let text = String::from_utf8(request).expect("all of it is text");
            let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
            assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
            serde_json::from_str::<serde_json::Value>(body).expect("the body is JSON");
        }
    }

    #[test]
    fn a_look_up_is_one_line_of_a_head() {
        let text = String::from_utf8(door().find(3)).expect("all of it is text");
        let line = "GET /t/acme/scim/v2/Users?filter=userName%20eq%20%22user10000003%40bench.example%22 HTTP/1.1\r\n";
        assert!(text.starts_with(line), "{text}");
        assert!(text.ends_with("\r\n\r\n"));
    }
}
