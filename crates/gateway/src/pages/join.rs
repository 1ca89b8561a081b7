//! The pages behind an invitation's link. Each says what happened and what to do now.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::layout::{Sign, Width, document, medallion};
use super::{name, shortened, web_link};

/// What the link's owner gets to see.
pub enum JoinPage<'a> {
    /// The invitation waits for its answer. Seeing it changes nothing.
    Open {
        /// The tenant that invites.
        tenant: &'a str,
        /// The person's name, if the tenant told one.
        person: Option<&'a str>,
        /// The invited address.
        email: &'a str,
        /// From when on the invitation cannot be accepted.
        expires_at: DateTime<Utc>,
        /// What the operator calls the application.
        product: &'a str,
    },
    /// It was accepted just now.
    Welcome {
        /// The tenant that was joined.
        tenant: &'a str,
        /// The person's name, if the tenant told one.
        person: Option<&'a str>,
        /// What the operator calls the application.
        product: &'a str,
        /// Where the work begins; anything but a web address is left out.
        start_url: Option<&'a str>,
    },
    /// It was accepted before.
    AlreadyUsed {
        /// The tenant that was joined.
        tenant: &'a str,
        /// What the operator calls the application.
        product: &'a str,
        /// Where the work begins; anything but a web address is left out.
        start_url: Option<&'a str>,
    },
    /// Its time is over.
    Expired {
        /// The tenant that invited.
        tenant: &'a str,
        /// Whether the person may ask for a new one here.
        can_ask: bool,
    },
    /// The tenant took it back.
    Withdrawn {
        /// The tenant that invited.
        tenant: &'a str,
    },
    /// A later mail has a newer link.
    Replaced {
        /// The tenant that invites.
        tenant: &'a str,
        /// Whether the person may ask for a new one here.
        can_ask: bool,
    },
    /// A new mail is on its way.
    Asked {
        /// The tenant that invites.
        tenant: &'a str,
    },
    /// No invitation has this link.
    Unknown,
    /// The service cannot answer at present (503).
    Trouble,
}

/// The whole page.
#[must_use]
pub fn join_page(page: &JoinPage<'_>) -> Markup {
    match page {
        JoinPage::Open { tenant, person, email, expires_at, product } => {
            open(tenant, *person, email, *expires_at, product)
        }
        JoinPage::Welcome { tenant, person, product, start_url } => welcome(tenant, *person, product, *start_url),
        JoinPage::AlreadyUsed { tenant, product, start_url } => already_used(tenant, product, *start_url),
        JoinPage::Expired { tenant, can_ask } => expired(tenant, *can_ask),
        JoinPage::Withdrawn { tenant } => withdrawn(tenant),
        JoinPage::Replaced { tenant, can_ask } => replaced(tenant, *can_ask),
        JoinPage::Asked { tenant } => asked(tenant),
        JoinPage::Unknown => unknown(),
        JoinPage::Trouble => trouble(),
    }
}

fn open(tenant: &str, person: Option<&str>, email: &str, expires_at: DateTime<Utc>, product: &str) -> Markup {
    let person = person.filter(|person| !person.trim().is_empty());
    card(
        &format!("Join {} on {}", shortened(tenant), shortened(product)),
        &html! {
            (crest(tenant))
            h1 { "Join " (name(tenant)) }
            p { (name(tenant)) " invites you to work with them on " (name(product)) "." }
            dl class="facts" {
                div {
                    dt { "Invited" }
                    dd {
                        @if let Some(person) = person { span { (name(person)) } }
                        span class=[person.map(|_| "soft")] { (name(email)) }
                    }
                }
                div { dt { "Valid until" } dd { (instant(expires_at)) } }
            }
            form method="post" { button class="button" type="submit" { "Accept and join " (name(tenant)) } }
            p class="small" { "You join only when you press the button. Your access is active at once." }
        },
        Some(&html! {
            "Not you, or not expected? Close this page: nothing has changed, and nothing will without your answer."
        }),
    )
}

fn welcome(tenant: &str, person: Option<&str>, product: &str, start_url: Option<&str>) -> Markup {
    let person = person.filter(|person| !person.trim().is_empty());
    card(
        &format!("Welcome to {}", shortened(tenant)),
        &html! {
            (medallion(Sign::Done))
            h1 { "Welcome" @if let Some(person) = person { ", " (name(person)) } }
            p { "You have joined " (name(tenant)) " on " (name(product)) ". You are confirmed and can start now." }
            (start(product, start_url))
        },
        None,
    )
}

fn already_used(tenant: &str, product: &str, start_url: Option<&str>) -> Markup {
    card(
        "You have joined already",
        &html! {
            (medallion(Sign::Done))
            h1 { "You have joined already" }
            p { "This invitation of " (name(tenant)) " has been accepted: you are confirmed and can start. It is no longer needed." }
            (start(product, start_url))
        },
        Some(&html! { "You did not accept it yourself? Then tell the administrators of " (name(tenant)) " at once." }),
    )
}

fn expired(tenant: &str, can_ask: bool) -> Markup {
    card(
        "This invitation has expired",
        &html! {
            (medallion(Sign::Late))
            h1 { "This invitation has expired" }
            p { "The time in which you could accept the invitation of " (name(tenant)) " is over. Nothing has changed." }
            (ask(tenant, can_ask))
        },
        None,
    )
}

fn withdrawn(tenant: &str) -> Markup {
    card(
        "This invitation was withdrawn",
        &html! {
            (medallion(Sign::Closed))
            h1 { "This invitation was withdrawn" }
            p { (name(tenant)) " has taken the invitation back, so it cannot be accepted." }
            p { "If that surprises you, ask the administrators of " (name(tenant)) ": only they can invite you again." }
        },
        None,
    )
}

fn replaced(tenant: &str, can_ask: bool) -> Markup {
    card(
        "There is a newer invitation",
        &html! {
            (medallion(Sign::Mail))
            h1 { "There is a newer invitation" }
            p { (name(tenant)) " has sent you another mail since. Only the link in the latest one works." }
            (ask_otherwise(tenant, can_ask))
        },
        None,
    )
}

fn asked(tenant: &str) -> Markup {
    card(
        "A new invitation is on its way",
        &html! {
            (medallion(Sign::Mail))
            h1 { "A new invitation is on its way" }
            p { "It goes to the address that " (name(tenant)) " has on file for you. Open the link in that mail to join." }
            p { "It can take a few minutes. Nothing there? Look into the spam folder, then ask the administrators of "
                (name(tenant)) " which address they have." }
        },
        Some(&html! { "The link you came with no longer works. You can close this page." }),
    )
}

fn unknown() -> Markup {
    card(
        "This link does not work",
        &html! {
            (medallion(Sign::Broken))
            h1 { "This link does not work" }
            p { "There is no invitation for it. Some mail programs break long links in two: open it from the mail once \
                 more, or copy the whole address." }
            p { "If it still does not work, ask whoever invited you for a new invitation." }
        },
        None,
    )
}

fn trouble() -> Markup {
    card(
        "Please try again in a minute",
        &html! {
            (medallion(Sign::Trouble))
            h1 { "Please try again in a minute" }
            p { "We cannot look up your invitation at the moment. The trouble is on our side, and nothing is lost." }
            a class="button" href="" { "Try again" }
        },
        None,
    )
}

fn card(title: &str, content: &Markup, below: Option<&Markup>) -> Markup {
    document(
        title,
        Width::Card,
        &html! {
            main class="card" { (content) }
            @if let Some(below) = below { footer class="below" { p { (below) } } }
        },
    )
}

/// Where to go after joining.
fn start(product: &str, start_url: Option<&str>) -> Markup {
    html! {
        @if let Some(link) = start_url.and_then(web_link) {
            a class="button" href=(link) rel="noreferrer" { "Open " (name(product)) }
        } @else {
            p { "You can close this page and sign in to " (name(product)) " with the address you were invited at." }
        }
    }
}

/// What to do about an invitation that is over.
fn ask(tenant: &str, can_ask: bool) -> Markup {
    html! {
        @if can_ask { (ask_button(tenant)) }
        @else { p { "Ask the administrators of " (name(tenant)) " to invite you again." } }
    }
}

/// What to do if the newer mail cannot be found.
fn ask_otherwise(tenant: &str, can_ask: bool) -> Markup {
    html! {
        @if can_ask {
            p { "You cannot find that mail?" }
            (ask_button(tenant))
        } @else {
            p { "You cannot find that mail? Ask the administrators of " (name(tenant)) " to send it again." }
        }
    }
}

fn ask_button(tenant: &str) -> Markup {
    html! {
        form method="post" action="?ask=new" { button class="button" type="submit" { "Send me a new invitation" } }
        p class="small" { "It goes only to the address that " (name(tenant)) " has on file for you." }
    }
}

/// The tenant's initial on a colour that stays the same for the same name.
fn crest(tenant: &str) -> Markup {
    let initial: String =
        tenant.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect());
    let colour = tenant.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 6;
    html! { div class={ "crest crest-" (colour) } aria-hidden="true" { (initial) } }
}

/// An instant that a person can read and a program too.
fn instant(at: DateTime<Utc>) -> Markup {
    html! {
        time datetime=(at.format("%Y-%m-%dT%H:%M:%SZ")) {
            (at.format("%A, %-d %B %Y, ")) span class="keep" { (at.format("%H:%M UTC")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{JoinPage, join_page};

    const START: Option<&str> = Some("https://vault.example.com/start");

    fn open<'a>(tenant: &'a str, person: Option<&'a str>, product: &'a str) -> JoinPage<'a> {
        let expires_at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        JoinPage::Open { tenant, person, email: "ada@example.com", expires_at, product }
    }

    fn every<'a>(tenant: &'a str, start_url: Option<&'a str>, can_ask: bool) -> [JoinPage<'a>; 9] {
        [
            open(tenant, Some(tenant), tenant),
            JoinPage::Welcome { tenant, person: Some(tenant), product: tenant, start_url },
            JoinPage::AlreadyUsed { tenant, product: tenant, start_url },
            JoinPage::Expired { tenant, can_ask },
            JoinPage::Withdrawn { tenant },
            JoinPage::Replaced { tenant, can_ask },
            JoinPage::Asked { tenant },
            JoinPage::Unknown,
            JoinPage::Trouble,
        ]
    }

    /// What a reader sees, without the marks around names.
    fn words(page: &JoinPage<'_>) -> String {
        let html = join_page(page).into_string().replace("<bdi>", "").replace("</bdi>", "");
        let body = html.split_once("<body").unwrap().1;
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
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn assert_says(page: &JoinPage<'_>, parts: &[&str]) {
        let words = words(page);
        for part in parts {
            assert!(words.contains(part), "{part} in {words}");
        }
    }

    #[test]
    fn each_page_says_what_happened_and_what_to_do() {
        let tenant = "Acme";
        assert_says(
            &open(tenant, Some("Ada Lovelace"), "Vault"),
            &[
                "Join Acme",
                "Acme invites you to work with them on Vault.",
                "Ada Lovelace ada@example.com",
                "Valid until Wednesday, 18 November 2026, 11:06 UTC",
                "Accept and join Acme",
                "You join only when you press the button.",
                "Close this page: nothing has changed",
            ],
        );
        assert_says(
            &JoinPage::Welcome { tenant, person: Some("Ada"), product: "Vault", start_url: START },
            &["Welcome, Ada", "You have joined Acme on Vault. You are confirmed and can start now.", "Open Vault"],
        );
        assert_says(
            &JoinPage::AlreadyUsed { tenant, product: "Vault", start_url: None },
            &["You have joined already", "no longer needed", "sign in to Vault", "tell the administrators of Acme"],
        );
        assert_says(&JoinPage::Withdrawn { tenant }, &["was withdrawn", "Acme has taken the invitation back"]);
        assert_says(&JoinPage::Asked { tenant }, &["on its way", "the address that Acme has on file", "spam folder"]);
        assert_says(&JoinPage::Unknown, &["This link does not work", "There is no invitation for it."]);
        assert_says(&JoinPage::Trouble, &["try again in a minute", "nothing is lost", "Try again"]);
    }

    #[test]
    fn a_new_invitation_can_be_asked_for_only_where_the_tenant_lets() {
        let tenant = "Acme";
        for page in [JoinPage::Expired { tenant, can_ask: true }, JoinPage::Replaced { tenant, can_ask: true }] {
            assert!(join_page(&page).into_string().contains("<form method=\"post\" action=\"?ask=new\">"));
            assert_says(&page, &["Send me a new invitation", "only to the address that Acme has on file"]);
        }
        for page in [JoinPage::Expired { tenant, can_ask: false }, JoinPage::Replaced { tenant, can_ask: false }] {
            assert!(!join_page(&page).into_string().contains("<form"));
            assert_says(&page, &["the administrators of Acme"]);
        }
    }

    #[test]
    fn r91_only_a_form_accepts_and_no_page_names_another_place() {
        for page in every("Acme", START, true) {
            let html = join_page(&page).into_string();
            assert!(html.contains("<meta name=\"referrer\" content=\"no-referrer\">"));
            assert!(html.contains("<meta name=\"robots\" content=\"noindex, nofollow\">"));
            assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"));
            for loading in ["<script", "<img", "<link", "<iframe", " src=", " style=", " on"] {
                let tags = html.split('<').map(|tag| tag.split('>').next().unwrap()).collect::<Vec<_>>().join("<");
                assert!(!tags.contains(loading), "{loading} in {tags}");
            }
            let start = usize::from(matches!(page, JoinPage::Welcome { .. } | JoinPage::AlreadyUsed { .. }));
            assert_eq!(html.matches("http").count(), start, "{html}");
        }
        let html = join_page(&open("Acme", None, "Vault")).into_string();
        assert_eq!((html.matches("<form method=\"post\">").count(), html.matches("<a ").count()), (1, 0));
    }

    #[test]
    fn r65_names_come_through_as_text() {
        let hostile = "${7*7} {{7*7}} </title><script>alert(1)</script> \"'&";
        let escaped = "${7*7} {{7*7}} &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;'&amp;";
        for page in every(hostile, Some("javascript:alert(1)"), true) {
            let html = join_page(&page).into_string();
            assert!(!html.contains("<script") && !html.contains("javascript"), "{html}");
            let named = !matches!(page, JoinPage::Unknown | JoinPage::Trouble);
            assert_eq!(html.contains(escaped), named, "{html}");
        }
    }

    #[test]
    fn a_person_without_a_name_is_named_by_address_alone() {
        for person in [None, Some("  ")] {
            assert_says(&open("Acme", person, "Vault"), &["Invited ada@example.com"]);
            let page = JoinPage::Welcome { tenant: "Acme", person, product: "Vault", start_url: None };
            assert_says(&page, &["Welcome You have joined Acme"]);
        }
    }
}
