//! The built-in mailbox of `usher dev`.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::layout::{Width, document};
use super::web_link;

/// One mail of the mailbox.
pub struct MailRow<'a> {
    /// Its id, the place on the page to link to.
    pub id: &'a str,
    /// The address it went to.
    pub to: &'a str,
    /// Its subject.
    pub subject: &'a str,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Its plain text.
    pub text: &'a str,
}

/// The mailbox as a page, in the order given (newest first); the first mail is open.
#[must_use]
pub fn mailbox_page(mails: &[MailRow<'_>]) -> Markup {
    document(
        "Mailbox of usher dev",
        Width::Column,
        &html! {
            main class="column" {
                header {
                    h1 { "Mailbox" }
                    p { "The built-in mailbox of " code { "usher dev" } ". Mail stays here, in memory, and goes to nobody. \
                         Set " code { "USHER__MAIL__URL" } " to send it through a mail server." }
                }
                @if mails.is_empty() {
                    p class="empty" { "No mail yet. Create a user over SCIM, and the invitation appears here." }
                }
                @for (index, mail) in mails.iter().enumerate() { (row(mail, index == 0)) }
            }
        },
    )
}

fn row(mail: &MailRow<'_>, open: bool) -> Markup {
    html! {
        details class="mail" id={ "mail-" (mail.id) } open[open] {
            summary {
                bdi class="subject" { (mail.subject) }
                time datetime=(mail.at.format("%Y-%m-%dT%H:%M:%SZ")) { (mail.at.format("%-d %b %Y, %H:%M:%S UTC")) }
                span class="to" { "To " bdi { (mail.to) } }
            }
            div class="letter" { (linked(mail.text)) }
        }
    }
}

/// The text with its web addresses as links.
fn linked(text: &str) -> Markup {
    html! {
        @for piece in text.split_inclusive(char::is_whitespace) {
            @let word = piece.trim_end();
            @let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', '"', '\'']);
            @if let Some(link) = web_link(address) {
                a href=(link) rel="noreferrer" { (link) } (&piece[address.len()..])
            } @else { (piece) }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{MailRow, linked, mailbox_page};

    #[test]
    fn addresses_in_the_text_are_links_and_the_rest_stays_text() {
        assert_eq!(
            linked("see (https://a.example/join/x?a=1&b=2),\nnow\n").into_string(),
            "see (https://a.example/join/x?a=1&amp;b=2),\nnow\n",
            "an address begins a word"
        );
        assert_eq!(
            linked("go:\nhttps://a.example/x?a=1&b=2.\n<b> javascript:alert(1)").into_string(),
            "go:\n<a href=\"https://a.example/x?a=1&amp;b=2\" rel=\"noreferrer\">https://a.example/x?a=1&amp;b=2</a>.\n\
             &lt;b&gt; javascript:alert(1)"
        );
    }

    #[test]
    fn the_page_shows_the_mails_in_order_with_the_first_one_open() {
        let mails = ["<one>", "two"].map(|subject| MailRow {
            id: subject,
            to: "ada@example.com",
            subject,
            at: DateTime::UNIX_EPOCH,
            text: "Hello",
        });
        let html = mailbox_page(&mails).into_string();
        assert!(html.find("&lt;one&gt;</bdi>").unwrap() < html.find("two</bdi>").unwrap());
        assert_eq!((html.matches("<details").count(), html.matches(" open>").count()), (2, 1));
        assert!(html.contains("1 Jan 1970, 00:00:00 UTC") && html.contains("usher dev") && !html.contains("<one>"));
    }

    #[test]
    fn an_empty_mailbox_says_what_fills_it() {
        let html = mailbox_page(&[]).into_string();
        assert!(html.contains("No mail yet.") && !html.contains("<details"));
    }
}
