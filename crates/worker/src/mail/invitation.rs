//! The mail that invites.

use chrono::{DateTime, Utc};

use super::layout::{Action, Letter};
use super::{Content, SUBJECT_NAME_CHARS, cut, greeting, name_or, web_link};

/// What an invitation says.
pub struct Invitation<'a> {
    /// The tenant that invites.
    pub tenant_name: &'a str,
    /// The person, if the tenant told a name.
    pub person_name: Option<&'a str>,
    /// The link with the secret. Anything but an `http` or `https` address is left out.
    pub link: &'a str,
    /// From when on the link no longer works.
    pub expires_at: DateTime<Utc>,
    /// What the operator calls the application.
    pub product: &'a str,
}

/// Writes the invitation. A stranger to usher must be able to trust it: it says who invites, to what, why, what the
/// link does, until when, and that nothing happens to those who ignore it.
#[must_use]
pub fn invitation(mail: &Invitation<'_>) -> Content {
    let tenant = name_or(mail.tenant_name, "your organisation");
    let product = name_or(mail.product, "usher");
    let until = mail.expires_at.format("%A, %-d %B %Y, %H:%M UTC");
    Letter {
        subject: format!("{} invites you to {}", cut(&tenant, SUBJECT_NAME_CHARS), cut(&product, SUBJECT_NAME_CHARS)),
        sender: format!("{product}, for {tenant}"),
        heading: format!("Join {tenant} on {product}"),
        paragraphs: vec![
            greeting(mail.person_name),
            format!("{tenant} invites you to work with them on {product}. Accept, and you can start at once."),
            format!("The invitation is valid until {until}."),
        ],
        action: web_link(mail.link).map(|link| Action {
            label: "Open the invitation".to_owned(),
            address_note: "The link in full:",
            link: link.to_owned(),
        }),
        notes: vec![
            (
                "What happens when I click?",
                format!(
                    "You see a page of {product} with your invitation. Opening it changes nothing: you join {tenant} \
                     only when you press the button on that page."
                ),
            ),
            (
                "Why do I get this mail?",
                format!("The administrators of {tenant} gave {product} this address so that you can be invited."),
            ),
            (
                "I did not expect it.",
                "Then ignore this mail. Nothing happens unless you accept. The link is meant for you alone, so \
                 please do not forward it."
                    .to_owned(),
            ),
        ],
    }
    .content()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::layout::tests::{assert_sound, words};
    use super::{Content, Invitation, invitation};

    const LINK: &str = "https://id.example.com/join/0Secret?a=1&b=2";

    fn write(tenant: &str, person: Option<&str>, product: &str) -> Content {
        let expires_at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        invitation(&Invitation { tenant_name: tenant, person_name: person, link: LINK, expires_at, product })
    }

    #[test]
    fn it_says_who_to_what_why_what_happens_and_until_when() {
        let mail = write("Acme", Some("Ada Lovelace"), "Vault");
        assert_sound(&mail);
        assert_eq!(mail.subject, "Acme invites you to Vault");
        for part in [
            "Vault, for Acme",
            "Join Acme on Vault",
            "Hello Ada Lovelace,",
            "Acme invites you to work with them on Vault.",
            "valid until Wednesday, 18 November 2026, 11:06 UTC.",
            "Opening it changes nothing",
            "The administrators of Acme gave Vault this address",
            "Then ignore this mail. Nothing happens unless you accept.",
            LINK,
        ] {
            assert!(mail.text.contains(part), "{part} in {}", mail.text);
        }
    }

    #[test]
    fn the_link_stands_in_full_in_both_forms_and_is_the_only_address() {
        let mail = write("Acme", None, "usher");
        assert!(mail.text.contains("Hello,\n"));
        assert_eq!(mail.text.matches("http").count(), 1);
        assert!(words(&mail.html).contains(LINK));
        let escaped = LINK.replace('&', "&amp;");
        assert_eq!(mail.html.matches("http").count(), 3, "button, address and its text");
        assert_eq!(mail.html.matches(&format!("href=\"{escaped}\"")).count(), 2);
    }

    #[test]
    fn r65_names_come_through_as_text() {
        let hostile = "${7*7} {{7*7}} <script>alert(1)</script> \"'&";
        let mail = write(hostile, Some(hostile), hostile);
        assert_sound(&mail);
        assert!(mail.text.contains(&format!("Hello {hostile},")));
        assert!(mail.html.contains("${7*7} {{7*7}} &lt;script&gt;alert(1)&lt;/script&gt; &quot;'&amp;"));
        assert!(!mail.html.contains("<script"));
        assert!(!mail.text.contains("49"));
    }

    #[test]
    fn r92_line_ends_in_names_end_no_line() {
        let mail = write("Acme\r\nBcc: eve@example.com", Some("Ada\n\n.\nEve"), "Va\u{0}ult\u{2028}");
        assert_sound(&mail);
        assert_eq!(mail.subject, "Acme Bcc: eve@example.com invites you to Va ult");
        assert!(mail.text.contains("Hello Ada . Eve,"));
    }

    #[test]
    fn long_and_empty_names_still_make_a_mail() {
        let long = write(&"Very long ".repeat(300), Some(&"x".repeat(5000)), &"p".repeat(500));
        assert_sound(&long);
        assert!(long.text.contains(&format!("Hello {}…,", "x".repeat(119))));
        let empty = write("\r\n", Some(" "), "");
        assert_sound(&empty);
        assert_eq!(empty.subject, "your organisation invites you to usher");
        assert!(empty.text.contains("Hello,\n"));
    }

    #[test]
    fn what_is_no_web_address_is_not_linked() {
        let expires_at = DateTime::UNIX_EPOCH;
        let mail = invitation(&Invitation {
            tenant_name: "Acme",
            person_name: None,
            link: "javascript:alert(1)",
            expires_at,
            product: "Vault",
        });
        assert_sound(&mail);
        assert!(!mail.html.contains("href") && !mail.html.contains("javascript"));
    }
}
