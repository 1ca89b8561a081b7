//! The pages a person sees: the invitation, and the built-in mailbox of `usher dev`.
//!
//! Pure functions from facts to HTML. A page is one document that loads nothing and runs no script.

use maud::{Markup, html};

mod join;
mod layout;
mod mailbox;
mod style;

pub use join::{JoinPage, join_page};
pub use mailbox::{MailRow, mailbox_page};
pub use style::content_security_policy;

/// Longest name shown, in characters; what is longer is cut and ends in `…`.
const NAME_CHARS: usize = 120;

/// A name from outside: escaped, cut, and set apart so that its writing direction does not turn the words around it.
fn name(name: &str) -> Markup {
    html! { bdi { (shortened(name)) } }
}

/// The text of a name where no markup can stand.
fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME_CHARS - 1).collect();
    format!("{}…", kept.trim_end())
}

/// An address that a page may link to: `http` or `https`, without blanks or control characters.
fn web_link(link: &str) -> Option<&str> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && !link.chars().any(|c| c.is_whitespace() || c.is_control())).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::{shortened, web_link};

    #[test]
    fn a_long_name_is_cut_at_120_characters() {
        assert_eq!(shortened(&"ä".repeat(120)), "ä".repeat(120));
        let cut = shortened(&"ä".repeat(500));
        assert_eq!((cut.chars().count(), cut.ends_with("ä…")), (120, true));
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(web_link("https://a.example/b"), Some("https://a.example/b"));
        for link in ["", "javascript:alert(1)", "//a.example", "https://a\r\nb", "https://a b"] {
            assert_eq!(web_link(link), None, "{link}");
        }
    }
}
