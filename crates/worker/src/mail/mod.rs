//! The mails that usher writes: pure functions from facts to subject, plain text and HTML.
//!
//! The wording is code, never configuration: no text from outside is ever read as a template, and names are escaped
//! where they enter (ASVS 1.3.7).

use chrono::{DateTime, Utc};
use usher_core::EmailAddress;

mod confirmed;
mod invitation;
mod layout;

pub use confirmed::{Confirmed, confirmed};
pub use invitation::{Invitation, invitation};

/// Longest name shown, in characters; what is longer is cut and ends in `…`.
const NAME_CHARS: usize = 120;

/// Longest name in a subject, in characters: two of them and the words around stay within 150.
const SUBJECT_NAME_CHARS: usize = 50;

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// One line of at most 150 characters.
    pub subject: String,
    /// The plain text; lines end in `\n`.
    pub text: String,
    /// The same content as a whole HTML document that loads nothing.
    pub html: String,
}

/// A mail that is ready to go. It has no `Debug`: an address and a secret stand in it.
#[derive(Clone)]
pub struct Mail {
    /// Where it goes.
    pub to: EmailAddress,
    /// The person's name, as it came from outside.
    pub to_name: Option<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same content as HTML.
    pub html: String,
    /// What makes the mail one of its kind: the delivery's id, the same in every attempt, so that a mail program can
    /// recognise a second copy.
    pub message_id: String,
    /// When it is sent: the mail's `Date`.
    pub at: DateTime<Utc>,
}

/// A name as a mail shows it: one line, at most 120 characters, `None` if nothing readable is left of it.
///
/// Control characters and line ends become blanks (a name must not end a header, ASVS 1.3.11), and so do marks that
/// turn the direction of the text around it (they make one name look like another).
#[must_use]
pub(crate) fn clean_name(name: &str) -> Option<String> {
    let visible: String = name.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then(|| cut(&line, NAME_CHARS))
}

fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The name of the tenant or the product, which a mail cannot do without.
fn name_or(name: &str, otherwise: &str) -> String {
    clean_name(name).unwrap_or_else(|| otherwise.to_owned())
}

fn greeting(person: Option<&str>) -> String {
    person.and_then(clean_name).map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"))
}

/// A link that a mail may carry: `http` or `https`, without blanks or control characters.
fn web_link(link: &str) -> Option<&str> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && !link.chars().any(|c| c.is_whitespace() || c.is_control())).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::{clean_name, web_link};

    #[test]
    fn r92_a_name_is_one_line_without_hidden_characters() {
        assert_eq!(clean_name("Ada\r\nBcc: eve@example.com\0").as_deref(), Some("Ada Bcc: eve@example.com"));
        assert_eq!(clean_name(" Ada\t \u{202e}Lovelace\u{2028}").as_deref(), Some("Ada Lovelace"));
        assert_eq!(clean_name("\r\n \u{200b}"), None);
        assert_eq!(clean_name("می\u{200c}خواهم").as_deref(), Some("می\u{200c}خواهم"), "a joiner is spelling");
    }

    #[test]
    fn a_long_name_is_cut_at_120_characters() {
        assert_eq!(clean_name(&"ä".repeat(120)).unwrap(), "ä".repeat(120));
        let cut = clean_name(&"ä".repeat(121)).unwrap();
        assert_eq!((cut.chars().count(), cut.ends_with("ä…")), (120, true));
    }

    #[test]
    fn only_web_addresses_are_links() {
        for link in ["https://app.example.com/a?b=c", "http://127.0.0.1:8080/join/x"] {
            assert_eq!(web_link(link), Some(link));
        }
        for link in ["", "javascript:alert(1)", "data:text/html,x", "https://a\r\nb", "https://a b", "ftp://a"] {
            assert_eq!(web_link(link), None, "{link}");
        }
    }
}
