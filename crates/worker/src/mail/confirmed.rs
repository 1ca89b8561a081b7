//! The mail after the acceptance: "you can start".

use super::layout::{Action, Letter};
use super::{Content, SUBJECT_NAME_CHARS, cut, greeting, name_or, web_link};

/// What the mail after an acceptance says.
pub struct Confirmed<'a> {
    /// The tenant that was joined.
    pub tenant_name: &'a str,
    /// The person, if the tenant told a name.
    pub person_name: Option<&'a str>,
    /// What the operator calls the application.
    pub product: &'a str,
    /// Where the work begins. Anything but an `http` or `https` address is left out.
    pub start_url: Option<&'a str>,
}

/// Writes the mail. It is also the alarm for someone whose invitation another person used, so it says what to do then.
#[must_use]
pub fn confirmed(mail: &Confirmed<'_>) -> Content {
    let tenant = name_or(mail.tenant_name, "your organisation");
    let product = name_or(mail.product, "usher");
    Letter {
        subject: format!(
            "You can start: {} on {}",
            cut(&tenant, SUBJECT_NAME_CHARS),
            cut(&product, SUBJECT_NAME_CHARS)
        ),
        sender: format!("{product}, for {tenant}"),
        heading: "You can start".to_owned(),
        paragraphs: vec![
            greeting(mail.person_name),
            format!(
                "You have joined {tenant} on {product}. You are confirmed and can start; there is nothing to wait for."
            ),
        ],
        action: mail.start_url.and_then(web_link).map(|link| Action {
            label: format!("Open {product}"),
            address_note: "The link in full:",
            link: link.to_owned(),
        }),
        notes: vec![
            ("Why do I get this mail?", format!("The invitation of {tenant} to this address has just been accepted.")),
            ("That was not me.", format!("Then tell the administrators of {tenant} at once: they can end the access.")),
        ],
    }
    .content()
}

#[cfg(test)]
mod tests {
    use super::super::layout::tests::assert_sound;
    use super::{Confirmed, Content, confirmed};

    fn write(tenant: &str, person: Option<&str>, start_url: Option<&str>) -> Content {
        confirmed(&Confirmed { tenant_name: tenant, person_name: person, product: "Vault", start_url })
    }

    #[test]
    fn it_says_that_one_can_start_and_where() {
        let mail = write("Acme", Some("Ada"), Some("https://vault.example.com/start"));
        assert_sound(&mail);
        assert_eq!(mail.subject, "You can start: Acme on Vault");
        for part in [
            "Hello Ada,",
            "You have joined Acme on Vault.",
            "Open Vault",
            "https://vault.example.com/start",
            "That was not me.",
        ] {
            assert!(mail.text.contains(part), "{part} in {}", mail.text);
        }
    }

    #[test]
    fn without_an_address_there_is_no_button() {
        for start_url in [None, Some("javascript:alert(1)"), Some("https://a\r\nb")] {
            let mail = write("Acme", None, start_url);
            assert_sound(&mail);
            assert!(!mail.html.contains("href") && !mail.text.contains("Open Vault"), "{start_url:?}");
        }
    }

    #[test]
    fn r65_r92_names_are_text_on_one_line() {
        let mail = write("<script>{{7*7}}\r\nBcc: eve@example.com", Some("${7*7}"), None);
        assert_sound(&mail);
        assert_eq!(mail.subject, "You can start: <script>{{7*7}} Bcc: eve@example.com on Vault");
        assert!(mail.text.contains("Hello ${7*7},") && !mail.html.contains("<script"));
    }
}
