//! A client of HTTP/1.1 that keeps its connection, and tells a cut connection from an answer.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::home::PATIENCE;

/// One identity provider's connection.
pub struct Client {
    address: SocketAddr,
    token: String,
    stream: Option<BufReader<TcpStream>>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// Null if there is none.
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

impl Client {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self { address, token: token.to_owned(), stream: None }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection ends before that: nobody knows what became of the request.
    pub fn send(&mut self, method: &str, path: &str, body: &Value) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address)?,
        };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: usher\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let answer = read(&mut stream)?;
        if answer.header("connection") != Some("close") {
            self.stream = Some(stream);
        }
        Ok(answer)
    }

    /// As [`Client::send`], to a server that is there.
    pub fn ask(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        // A connection that lay idle may have been closed in the meantime.
        self.stream = None;
        self.send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The users that the filter of an identity provider finds.
    pub fn users_named(&mut self, user_name: &str) -> Vec<Value> {
        let path = format!("/scim/v2/Users?filter=userName%20eq%20%22{user_name}%22");
        let answer = self.ask("GET", &path, &Value::Null);
        assert_eq!(answer.status, 200, "{answer:?}");
        let found = answer.body["Resources"].as_array().cloned().unwrap_or_default();
        assert_eq!(answer.body["totalResults"], found.len(), "{answer:?}");
        found
    }
}

fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let status =
        line(stream)?.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Value::Null };
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    if !body.is_empty() {
        answer.body = serde_json::from_slice(&body)?;
    }
    Ok(answer)
}

/// A line without its end. One that is cut is an error, not a short line.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    line.strip_suffix("\r\n").map(str::to_owned).ok_or_else(|| ErrorKind::UnexpectedEof.into())
}
