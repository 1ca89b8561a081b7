//! The cheapest client of HTTP/1.1 that reads answers correctly: one connection, kept alive.
//!
//! It shares the machine with the server, so whatever it spends is missing there.

use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The body as it was sent.
    pub body: &'a [u8],
}

/// Where the head ends and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes of the head, its empty line too.
    length: usize,
    /// Bytes of the body.
    body: usize,
}

impl Connection {
    /// Connects; small packets are sent at once.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(8192) })
    }

    /// Sends a whole request and waits for the whole answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is none of HTTP/1.1 with a known length.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let head = loop {
            self.receive().await?;
            if let Some(head) = Head::read(&self.answer)? {
                break head;
            }
        };
        while self.answer.len() < head.length + head.body {
            self.receive().await?;
        }
        Ok(Answer { status: head.status, body: &self.answer[head.length..] })
    }

    async fn receive(&mut self) -> Result<()> {
        let bytes = self.stream.read_buf(&mut self.answer).await?;
        ensure!(bytes > 0, "the server closed the connection");
        Ok(())
    }
}

impl Head {
    /// `None` while the head is not complete.
    fn read(answer: &[u8]) -> Result<Option<Self>> {
        let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(&answer[..end]).context("a head that is no text")?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let (mut body, mut is_chunked) = (0, false);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                body = value.trim().parse().context("a length that is no number")?;
            }
            is_chunked |= name.eq_ignore_ascii_case("transfer-encoding");
        }
        ensure!(!is_chunked, "the answer has no length");
        Ok(Some(Self { status: status.context("no status")?, length: end + 4, body }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        let answer = b"HTTP/1.1 200 OK\r\nx: y\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(Head::read(&answer[..40]).expect("so far it is good"), None);
        let head = Head::read(answer).expect("it is good");
        assert_eq!(head, Some(Head { status: 200, length: answer.len() - 5, body: 5 }));
    }

    #[test]
    fn an_answer_without_a_body_has_none() {
        let head = Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").expect("it is good").expect("it is complete");
        assert_eq!((head.status, head.body), (204, 0));
    }

    #[test]
    fn an_answer_of_unknown_length_is_an_error() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(Head::read(b"SSH-2.0-x\r\n\r\n").is_err());
    }
}
