//! The built-in mailbox of `usher dev`: mail that stays in the house.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

/// How many mails are kept; the oldest makes room.
const KEPT: usize = 200;

/// One mail as the mailbox keeps it. It has no `Debug`: addresses and secrets stand in it.
#[derive(Clone, Serialize)]
pub struct StoredMail {
    /// The mail's message id: the id of its delivery.
    pub id: String,
    /// The address it went to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same content as HTML.
    pub html: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// The last 200 mails, in memory.
#[derive(Default)]
pub struct DevMailbox(Mutex<VecDeque<StoredMail>>);

impl DevMailbox {
    /// An empty mailbox.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a mail in. A second mail with the same id replaces the first, as a mail program shows a mail that was
    /// delivered twice once.
    pub fn push(&self, mail: StoredMail) {
        let mut mails = self.mails();
        mails.retain(|kept| kept.id != mail.id);
        mails.push_front(mail);
        mails.truncate(KEPT);
    }

    /// What is in it, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<StoredMail> {
        self.mails().iter().cloned().collect()
    }

    /// A panic elsewhere leaves the queue whole, so poisoning is no reason to stop.
    fn mails(&self) -> MutexGuard<'_, VecDeque<StoredMail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{DevMailbox, KEPT, StoredMail};

    fn mail(id: usize, subject: &str) -> StoredMail {
        StoredMail {
            id: id.to_string(),
            to: "ada@example.com".to_owned(),
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_newest_mail_comes_first_and_the_oldest_goes() {
        let mailbox = DevMailbox::new();
        for id in 0..=KEPT {
            mailbox.push(mail(id, "hello"));
        }
        let list = mailbox.list();
        assert_eq!(list.len(), KEPT);
        assert_eq!((list[0].id.as_str(), list[KEPT - 1].id.as_str()), ("200", "1"));
    }

    #[test]
    fn a_mail_that_is_delivered_twice_is_shown_once() {
        let mailbox = DevMailbox::new();
        mailbox.push(mail(1, "first"));
        mailbox.push(mail(2, "other"));
        mailbox.push(mail(1, "again"));
        let subjects: Vec<_> = mailbox.list().into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects, ["again", "other"]);
    }

    #[test]
    fn it_reads_as_json() {
        let mailbox = DevMailbox::new();
        mailbox.push(mail(1, "hello"));
        let json = serde_json::to_value(mailbox.list()).unwrap();
        assert_eq!(
            json,
            serde_json::json!([{
                "id": "1", "to": "ada@example.com", "subject": "hello", "text": "", "html": "",
                "at": "1970-01-01T00:00:00Z"
            }])
        );
    }
}
