//! How mail leaves the house: over SMTP, or into the built-in mailbox of `usher dev`.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Message, MultiPart};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use thiserror::Error;
use usher_provision::{DevMailbox, StoredMail};

pub use lettre::message::Mailbox;

use crate::mail::{Mail, clean_name};

/// How long a connection, and how long a whole conversation with the mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Replies that refuse us, not the mail (RFC 4954 §6, RFC 3207 §4): the operator can mend that, so the mail waits.
const REFUSES_US: [u16; 4] = [530, 534, 535, 538];

/// The ways out.
pub enum Mailer {
    /// A mail server.
    Smtp(Box<Smtp>),
    /// The mailbox in memory.
    Outbox(Arc<DevMailbox>),
}

/// A mail server and how long to wait for it.
pub struct Smtp {
    // Built anew for each mail: the library can make or drop a transport only inside a runtime, and an address is
    // checked where there is none.
    builder: AsyncSmtpTransportBuilder,
    timeout: Duration,
}

/// Why a mail did not leave. The text names no address and repeats nothing the server said, because it goes to logs.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct MailError {
    /// Whether a later attempt can succeed.
    pub retry: bool,
    message: String,
}

/// Why a mail server's address cannot be used. The address itself is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MailUrlError {
    /// Not `smtp://host:port` or `smtps://host:port`.
    #[error("a mail server's address looks like smtp://user:password@host:port or smtps://user:password@host:port")]
    Form,
    /// A query other than `tls=required`. There is no "TLS if the server has it": whoever listens would take it away.
    #[error("the only option of a mail server's address is tls=required")]
    Option,
    /// A user without a password, which would be ignored.
    #[error("a mail server's address with a user needs a password: smtp://user:password@host:port")]
    Password,
}

impl Mailer {
    /// The mail server at `smtp://[user:password@]host[:port]` (no TLS), the same with `?tls=required` (STARTTLS), or
    /// `smtps://…` (TLS from the first byte). A path gives the name to greet with.
    ///
    /// # Errors
    /// [`MailUrlError`] says what is wrong with the address.
    pub fn smtp(url: &str) -> Result<Self, MailUrlError> {
        Ok(Self::Smtp(Box::new(Smtp::new(url, TIMEOUT)?)))
    }

    /// Hands one mail over. When it returns without error, the mail server has the mail.
    ///
    /// # Errors
    /// [`MailError`], with `retry` telling a passing trouble from a refusal of this mail.
    pub async fn send(&self, from: &Mailbox, mail: &Mail) -> Result<(), MailError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message(from, mail)?, mail).await,
            Self::Outbox(mailbox) => {
                mailbox.push(StoredMail {
                    id: mail.message_id.clone(),
                    to: mail.to.as_written().to_owned(),
                    subject: mail.subject.clone(),
                    text: mail.text.clone(),
                    html: mail.html.clone(),
                    at: mail.at,
                });
                Ok(())
            }
        }
    }
}

impl Smtp {
    fn new(url: &str, timeout: Duration) -> Result<Self, MailUrlError> {
        check_url(url)?;
        // Every mail has its own connection: one that a timeout left in mid-sentence must not go back to a pool, where
        // the answer to the last mail would be read as the answer to the next.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailUrlError::Form)?
            .timeout(Some(timeout))
            .pool_config(PoolConfig::new().max_size(0));
        Ok(Self { builder, timeout })
    }

    async fn send(&self, message: Message, mail: &Mail) -> Result<(), MailError> {
        let transport = self.builder.clone().build::<Tokio1Executor>();
        match tokio::time::timeout(self.timeout, transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(explain(&error, mail)),
            Err(_) => Err(MailError { retry: true, message: "the mail server did not answer in time".to_owned() }),
        }
    }
}

fn check_url(url: &str) -> Result<(), MailUrlError> {
    let rest = url.strip_prefix("smtp://").or_else(|| url.strip_prefix("smtps://")).ok_or(MailUrlError::Form)?;
    let (place, option) = rest.split_once('?').map_or((rest, None), |(place, option)| (place, Some(option)));
    if option.is_some_and(|option| option != "tls=required") {
        return Err(MailUrlError::Option);
    }
    let authority = place.split('/').next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    if user.is_some_and(|user| user.split_once(':').is_none_or(|(_, password)| password.is_empty())) {
        return Err(MailUrlError::Password);
    }
    Ok(())
}

fn explain(error: &lettre::transport::smtp::Error, mail: &Mail) -> MailError {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let retry = !error.is_permanent() || REFUSES_US.contains(&code);
        return MailError { retry, message: format!("the mail server answered {code}") };
    }
    if error.is_client() && !mail.to.as_written().is_ascii() {
        // The library looks for SMTPUTF8 (RFC 6531) before it sends such an address.
        return refusal("the mail server takes no address with letters beyond ASCII");
    }
    let message = if error.is_tls() {
        "no secure connection to the mail server".to_owned()
    } else if let Some(kind) = io_kind(error) {
        format!("no conversation with the mail server: {kind}")
    } else {
        "the mail server could not be used".to_owned()
    };
    MailError { retry: true, message }
}

fn io_kind(error: &lettre::transport::smtp::Error) -> Option<io::ErrorKind> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        source = cause.source();
    }
    None
}

fn refusal(message: &str) -> MailError {
    MailError { retry: false, message: message.to_owned() }
}

/// The mail as it goes over the wire (RFC 5322), text and HTML side by side (RFC 2046 §5.1.4).
fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    let to: Address = mail.to.as_written().parse().map_err(|_| refusal("the address cannot be mailed to"))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(mail.to_name.as_deref().and_then(clean_name), to))
        .subject(one_line(&mail.subject))
        .date(SystemTime::from(mail.at))
        .message_id(Some(format!("<{}@{}>", id_characters(&mail.message_id), from.email.domain())))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|_| refusal("the mail cannot be put together"))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn id_characters(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect()
}

/// `Auto-Submitted: auto-generated` (RFC 3834 §5): keeps holiday replies away.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use chrono::DateTime;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;
    use usher_core::EmailAddress;
    use usher_provision::DevMailbox;

    use super::{MailUrlError, Mailbox, Mailer, Smtp, message};
    use crate::mail::Mail;

    fn from() -> Mailbox {
        "Vault <no-reply@vault.example.com>".parse().unwrap()
    }

    fn mail(to: &str, to_name: &str, subject: &str) -> Mail {
        Mail {
            to: EmailAddress::parse(to).unwrap(),
            to_name: Some(to_name.to_owned()),
            subject: subject.to_owned(),
            text: "Grüße\n.\nfrom Acme\n".to_owned(),
            html: "<p>Grüße</p>".to_owned(),
            message_id: "0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e".to_owned(),
            at: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        }
    }

    fn head(mail: &Mail) -> String {
        let raw = String::from_utf8(message(&from(), mail).unwrap().formatted()).unwrap();
        raw.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    #[test]
    fn r92_the_head_of_the_message_is_exactly_this() {
        let hostile = "Ada\r\nBcc: eve@example.com\r\n\r\nbody \u{0}\u{2028}";
        let head = head(&mail("ada@example.com", hostile, "Acme\r\nX-Evil: 1 invites you"));
        let (fixed, boundary) = head.split_once("boundary=").unwrap();
        assert_eq!(
            fixed,
            "From: Vault <no-reply@vault.example.com>\r\n\
             To: =?utf-8?b?QWRhIEJjYzogZXZlQGV4YW1wbGUuY29tIGJvZHk=?= <ada@example.com>\r\n\
             Subject: Acme  X-Evil: 1 invites you\r\n\
             Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n\
             Message-ID: <0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e@vault.example.com>\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative;\r\n "
        );
        assert!(!boundary.contains("\r\n"), "{boundary}");
    }

    #[test]
    fn r92_names_beyond_ascii_are_encoded_words_and_ids_end_no_header() {
        let mut mail = mail("ada@example.com", "Žofie <eve@example.com>\r\nCc: x", "Grüße");
        mail.message_id = "1>\r\nX-Evil: 1".to_owned();
        let head = head(&mail);
        assert!(head.is_ascii());
        assert!(head.contains("To: =?utf-8?b?") && head.contains("<ada@example.com>\r\n"), "{head}");
        assert!(head.contains("Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"), "{head}");
        assert!(head.contains("Message-ID: <1X-Evil1@vault.example.com>\r\n"), "{head}");
        for line in head.split("\r\n").filter(|line| !line.starts_with(' ')) {
            let name = line.split(':').next().unwrap();
            let known =
                ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
            assert!(known.contains(&name), "{line}");
        }
    }

    #[tokio::test]
    async fn the_built_in_mailbox_keeps_the_mail() {
        let mailbox = Arc::new(DevMailbox::new());
        let mail = mail("Ada@Example.com", "Ada", "Hello");
        Mailer::Outbox(Arc::clone(&mailbox)).send(&from(), &mail).await.unwrap();
        let kept = &mailbox.list()[0];
        assert_eq!((kept.to.as_str(), kept.subject.as_str(), kept.at), ("Ada@Example.com", "Hello", mail.at));
        assert_eq!((&kept.id, &kept.text, &kept.html), (&mail.message_id, &mail.text, &mail.html));
    }

    #[test]
    fn an_address_of_a_mail_server_is_checked() {
        for good in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://me:pa%40ss@mail.example.com:587?tls=required",
            "smtps://me:pass@mail.example.com",
            "smtps://mail.example.com:465/usher.example.com",
        ] {
            assert!(Smtp::new(good, Duration::from_secs(1)).is_ok(), "{good}");
        }
        for (bad, error) in [
            ("", MailUrlError::Form),
            ("mail.example.com:25", MailUrlError::Form),
            ("http://mail.example.com", MailUrlError::Form),
            ("smtp://", MailUrlError::Form),
            ("smtp://mail.example.com:port", MailUrlError::Form),
            ("smtp://mail.example.com?tls=opportunistic", MailUrlError::Option),
            ("smtps://mail.example.com?tls=none", MailUrlError::Option),
            ("smtp://me@mail.example.com", MailUrlError::Password),
            ("smtp://me:@mail.example.com", MailUrlError::Password),
        ] {
            assert_eq!(Smtp::new(bad, Duration::from_secs(1)).err(), Some(error), "{bad}");
        }
    }

    /// A mail server for one conversation: it gives `reply` to the command that begins with `on`, and 2xx or 3xx to
    /// the others. It ends with what it received.
    async fn server(on: &'static str, reply: &'static str) -> (Mailer, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://me:pass@{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 ready\r\n").await.unwrap();
            let (mut received, mut data) = (String::new(), false);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return received;
                }
                received.push_str(&line);
                if data && line != ".\r\n" {
                    continue;
                }
                data = !data && line == "DATA\r\n" && on != "DATA";
                let answer = match line.as_str() {
                    line if line.starts_with(on) => reply,
                    line if line.starts_with("EHLO") => "250-me\r\n250 AUTH PLAIN\r\n",
                    line if line.starts_with("AUTH") => "235 ok\r\n",
                    line if line.starts_with("DATA") => "354 go\r\n",
                    _ => "250 ok\r\n",
                };
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return received;
                }
            }
        });
        (Mailer::smtp(&url).unwrap(), server)
    }

    #[tokio::test]
    async fn a_mail_goes_out_whole() {
        let (mailer, server) = server("none", "").await;
        mailer.send(&from(), &mail("ada@example.com", "Ada", "Hello")).await.unwrap();
        let received = server.await.unwrap();
        for part in [
            "MAIL FROM:<no-reply@vault.example.com>",
            "RCPT TO:<ada@example.com>\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
            "QUIT\r\n",
        ] {
            assert!(received.contains(part), "{part} in {received}");
        }
    }

    #[tokio::test]
    async fn a_refused_mail_is_given_up_and_a_passing_trouble_is_not() {
        for (on, reply, retry, message) in [
            ("RCPT", "550 no ada@example.com here\r\n", false, "the mail server answered 550"),
            ("DATA", "554 spam\r\n", false, "the mail server answered 554"),
            (".\r\n", "552 too big\r\n", false, "the mail server answered 552"),
            ("RCPT", "451 later\r\n", true, "the mail server answered 451"),
            ("AUTH", "535 who are you\r\n", true, "the mail server answered 535"),
            ("MAIL", "530 say who you are\r\n", true, "the mail server answered 530"),
        ] {
            let (mailer, _server) = server(on, reply).await;
            let error = mailer.send(&from(), &mail("ada@example.com", "Ada", "Hello")).await.unwrap_err();
            assert_eq!((error.retry, error.to_string().as_str()), (retry, message));
        }
    }

    #[tokio::test]
    async fn an_address_beyond_ascii_needs_a_server_that_takes_it() {
        let (mailer, _server) = server("none", "").await;
        let error = mailer.send(&from(), &mail("žofie@example.com", "Žofie", "Hello")).await.unwrap_err();
        assert!(!error.retry && error.to_string().contains("beyond ASCII"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_is_away_or_silent_is_tried_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let silent = Mailer::Smtp(Box::new(Smtp::new(&url, Duration::from_millis(50)).unwrap()));
        let mail = mail("ada@example.com", "Ada", "Hello");
        let error = silent.send(&from(), &mail).await.unwrap_err();
        assert_eq!((error.retry, error.to_string().as_str()), (true, "the mail server did not answer in time"));
        drop(listener);
        let error = Mailer::smtp(&url).unwrap().send(&from(), &mail).await.unwrap_err();
        assert!(error.retry && error.to_string().ends_with("connection refused"), "{error}");
    }
}
