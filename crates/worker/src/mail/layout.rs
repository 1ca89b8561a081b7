//! One letter, written twice: as plain text and as HTML. Both come from the same parts, so they cannot differ.
//!
//! The HTML sets no colours but the button's: every mail program then picks its own, light or dark. It has only
//! inline styles and loads nothing.

use std::fmt::Write as _;

use maud::{DOCTYPE, html};

use super::Content;

const BODY: &str = "margin:0;padding:0;-webkit-text-size-adjust:100%";
const OUTER: &str = "padding:32px 16px";
const INNER: &str = "width:100%;max-width:560px;text-align:left;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',\
                     Roboto,'Helvetica Neue',Arial,sans-serif;font-size:16px;line-height:1.55";
const SENDER: &str = "margin:0 0 28px;padding:0 0 16px;border-bottom:1px solid #8b93a1;font-size:14px;font-weight:600";
const HEADING: &str = "margin:0 0 20px;font-size:25px;line-height:1.25;font-weight:700;overflow-wrap:anywhere";
const PARAGRAPH: &str = "margin:0 0 16px;overflow-wrap:anywhere";
const BUTTON_CELL: &str = "border-radius:10px;background:#4353d8";
const BUTTON: &str = "display:inline-block;padding:14px 28px;border:1px solid #4353d8;border-radius:10px;\
                      background:#4353d8;color:#ffffff;font-size:16px;font-weight:600;text-decoration:none;\
                      overflow-wrap:anywhere";
const ADDRESS: &str = "margin:0 0 28px;font-size:14px;overflow-wrap:anywhere;word-break:break-all";
const NOTES: &str = "margin:0;padding:24px 0 0;border-top:1px solid #8b93a1";
const NOTE_TITLE: &str = "margin:0 0 4px;font-size:14px;font-weight:700";
const NOTE: &str = "margin:0 0 18px;font-size:14px;overflow-wrap:anywhere";

/// One letter.
pub(super) struct Letter {
    /// The subject, already short enough.
    pub(super) subject: String,
    /// Who sends it.
    pub(super) sender: String,
    /// The heading.
    pub(super) heading: String,
    /// The paragraphs before the button.
    pub(super) paragraphs: Vec<String>,
    /// The one thing to do.
    pub(super) action: Option<Action>,
    /// Questions a careful reader has, with their answers.
    pub(super) notes: Vec<(&'static str, String)>,
}

/// The one thing to do.
pub(super) struct Action {
    /// What the button says.
    pub(super) label: String,
    /// What stands before the address in full.
    pub(super) address_note: &'static str,
    /// The address.
    pub(super) link: String,
}

impl Letter {
    /// Both forms of the letter.
    pub(super) fn content(self) -> Content {
        Content { text: self.text(), html: self.html(), subject: self.subject }
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n\n{}\n\n", self.sender, self.heading);
        for paragraph in &self.paragraphs {
            let _ = write!(text, "{paragraph}\n\n");
        }
        if let Some(Action { label, address_note, link }) = &self.action {
            let _ = write!(text, "{label}\n{address_note}\n{link}\n\n");
        }
        for (title, answer) in &self.notes {
            let _ = write!(text, "{title}\n{answer}\n\n");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    fn html(&self) -> String {
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (self.subject) }
                }
                body style=(BODY) {
                    table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" {
                        tr { td align="center" style=(OUTER) {
                            table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0" style=(INNER) {
                                tr { td { (self.body()) } }
                            }
                        } }
                    }
                }
            }
        };
        markup.into_string()
    }

    fn body(&self) -> maud::Markup {
        html! {
            p style=(SENDER) { (self.sender) }
            h1 style=(HEADING) { (self.heading) }
            @for paragraph in &self.paragraphs { p style=(PARAGRAPH) { (paragraph) } }
            @if let Some(Action { label, address_note, link }) = &self.action {
                table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:28px 0 16px" {
                    tr { td style=(BUTTON_CELL) bgcolor="#4353d8" {
                        a href=(link) rel="noreferrer" style=(BUTTON) { (label) }
                    } }
                }
                p style=(ADDRESS) { (address_note) br; a href=(link) rel="noreferrer" { (link) } }
            }
            @if !self.notes.is_empty() {
                div style=(NOTES) {
                    @for (title, answer) in &self.notes {
                        h2 style=(NOTE_TITLE) { (title) }
                        p style=(NOTE) { (answer) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Content;

    /// The words of an HTML document in their order: what a reader sees.
    pub(in crate::mail) fn words(html: &str) -> String {
        let body = html.split_once("<body").expect("a body").1;
        let mut text = String::new();
        let mut inside = true;
        for c in body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What holds for every mail: both forms say the same, nothing is loaded, the subject is one short line.
    pub(in crate::mail) fn assert_sound(content: &Content) {
        assert_eq!(words(&content.html), content.text.split_whitespace().collect::<Vec<_>>().join(" "));
        for loading in ["<img", "<link", "<script", "<style", "<iframe", " src=", "url(", "@import", " background="] {
            assert!(!content.html.contains(loading), "{loading}");
        }
        assert!(content.subject.chars().count() <= 150, "{}", content.subject);
        assert!(!content.subject.chars().any(char::is_control), "{}", content.subject);
    }
}
