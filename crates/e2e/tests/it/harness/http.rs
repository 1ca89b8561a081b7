//! A client that sends exactly what it is told to: every byte of a request is the test's.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A request to be sent over a connection of its own.
#[derive(Clone)]
pub struct Request {
    address: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    chunked: bool,
}

impl Request {
    pub fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { address, method, path, headers: Vec::new(), body: Vec::new(), chunked: false }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub fn scim(self, body: &Value) -> Self {
        self.bytes("application/scim+json", body.to_string())
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub fn bytes(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", media_type).body(body)
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The length of the body is not announced.
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    fn head(&self) -> String {
        let has = |name: &str| self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.path);
        if !has("host") {
            head.extend(["Host: ", &self.address.to_string(), "\r\n"]);
        }
        if self.chunked {
            head += "Transfer-Encoding: chunked\r\n";
        } else if !has("content-length") && (!self.body.is_empty() || self.method != "GET") {
            head.extend(["Content-Length: ", &self.body.len().to_string(), "\r\n"]);
        }
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head + "\r\n"
    }

    /// Sends it and reads the answer to its end; a server that answers before it has read everything is heard.
    pub async fn send(self) -> Answer {
        let stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let (mut reader, mut writer) = stream.into_split();
        let write = async {
            let head = self.head().into_bytes();
            let mut sent;
            if self.chunked {
                sent = writer.write_all(&head).await;
                for chunk in self.body.chunks(1 << 16) {
                    let frame = [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
                    sent = sent.and(writer.write_all(&frame).await);
                    if sent.is_err() {
                        break;
                    }
                }
                sent = sent.and(writer.write_all(b"0\r\n\r\n").await);
            } else {
                sent = writer.write_all(&[head, self.body.clone()].concat()).await;
            }
            // A server may close as soon as it has answered.
            drop(sent);
        };
        let read = async {
            let mut answer = Vec::new();
            let ended = reader.read_to_end(&mut answer).await;
            assert!(ended.is_ok() || !answer.is_empty(), "no answer to {} {}: {ended:?}", self.method, self.path);
            answer
        };
        let ((), bytes) = tokio::join!(write, read);
        Answer::parse(&bytes)
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head");
        let head = std::str::from_utf8(&bytes[..end]).expect("a head that is text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let headers = lines.map(|line| line.split_once(": ").expect("a header"));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let mut answer = Self { status: status.expect("a status"), headers, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == "chunked" {
            answer.body = joined(&answer.body);
        }
        answer
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("a body that is text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The `id` of the resource in it.
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text())).to_owned()
    }

    /// What must be the same in two answers that tell nothing apart.
    pub fn essence(&self) -> (u16, Vec<(String, String)>, String) {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| name != "x-request-id" && name != "date");
        headers.sort();
        (self.status, headers, self.text())
    }

    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Checks an error in SCIM's form (RFC 7644 §3.12).
    #[track_caller]
    pub fn assert_scim_error(self, status: u16, scim_type: Option<&str>) -> Self {
        let answer = self.assert_status(status);
        let body = answer.json();
        assert_eq!(body["schemas"], serde_json::json!([ERROR]), "{body}");
        assert_eq!(body["status"], status.to_string(), "the status is a text: {body}");
        assert_eq!(body["scimType"].as_str(), scim_type, "{body}");
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
        assert!(matches!(answer.header("content-type"), "application/scim+json" | "application/json"));
        assert_eq!(answer.header("cache-control"), "no-store");
        answer
    }
}

/// Percent-encodes everything that means something in a query.
pub fn encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A body that came in chunks (RFC 9112 §7.1); one that ends before its last chunk was cut off by the server.
fn joined(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n").expect("the length of a chunk");
        let length = std::str::from_utf8(&bytes[..end]).expect("a length that is text");
        let length = usize::from_str_radix(length, 16).expect("a length in hexadecimal");
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 4 + length..];
    }
}
