//! The one style sheet of all pages, and the policy that lets it in and nothing else.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The style sheet. Every pair of text and background has a contrast of at least 4.5 (WCAG 2.2, 1.4.3), in light and
/// in dark.
pub(super) const STYLE: &str = include_str!("style.css");

/// The `Content-Security-Policy` of the pages: the style sheet above by its hash, forms to this origin, and nothing
/// else. A form's answer must not redirect elsewhere: `form-action` holds for redirects too.
#[must_use]
pub fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!(
            "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            STANDARD.encode(Sha256::digest(STYLE))
        )
    });
    &POLICY
}

#[cfg(test)]
mod tests {
    use super::{STYLE, content_security_policy};

    #[test]
    fn the_policy_lets_in_one_style_and_nothing_else() {
        let policy = content_security_policy();
        let (before, hash) = policy.split_once("'sha256-").unwrap();
        assert_eq!(before, "default-src 'none'; style-src ");
        let (hash, after) = hash.split_once('\'').unwrap();
        assert_eq!((hash.len(), hash.ends_with('=')), (44, true), "{hash}");
        assert_eq!(after, "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    }

    /// A colour such as `#1b2c3d` as its relative luminance (WCAG 2.2, "relative luminance").
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_stands_out_from_its_background_in_light_and_in_dark() {
        let (light, dark) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for scheme in [light, dark] {
            let colour = |name: &str| match name {
                "white" => "#ffffff",
                name => scheme.split_once(&format!("--{name}: ")).unwrap().1.split_once(';').unwrap().0,
            };
            for (text, background) in [
                ("text", "card"),
                ("text", "page"),
                ("soft", "card"),
                ("soft", "page"),
                ("soft", "glow"),
                ("link", "card"),
                ("white", "button"),
                ("white", "button-over"),
                ("good", "good-page"),
                ("calm", "calm-page"),
                ("care", "care-page"),
            ] {
                let contrast = contrast(colour(text), colour(background));
                assert!(contrast >= 4.5, "{text} on {background}: {contrast:.2}");
            }
        }
        for crest in STYLE.split("linear-gradient(145deg, ").skip(1) {
            assert!(contrast("#ffffff", &crest[..7]) >= 4.5 && contrast("#ffffff", &crest[9..16]) >= 4.5, "{crest}");
        }
    }

    #[test]
    fn the_style_loads_nothing_and_cannot_end_its_element() {
        for part in ["url(", "@import", "http", "<", "expression("] {
            assert!(!STYLE.contains(part), "{part}");
        }
    }
}
