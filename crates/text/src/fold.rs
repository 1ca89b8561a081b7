//! Case and compatibility folding.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;

/// Upper bound on passes. Unicode's data reaches the fixed point in two; the bound keeps the loop finite whatever
/// a later version of the tables does.
const PASSES: usize = 8;

/// Folds a text for comparison: NFKC and full case folding, repeated until nothing changes.
///
/// The result is for comparing and for unique keys only; what is shown and where mail goes is always the text as it
/// was sent. Folding is idempotent: `fold(fold(x)) == fold(x)` for every text, so that a stored key and a key made
/// from a request can never disagree.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let (normalizer, mapper) = (ComposingNormalizer::new_nfkc(), CaseMapper::new());
    let mut now = text.to_owned();
    for _ in 0..PASSES {
        let folded = mapper.fold_string(&now);
        let next: Cow<'_, str> = normalizer.normalize(&folded);
        if next == now {
            break;
        }
        now = next.into_owned();
    }
    now
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn spellings_of_one_name_fold_to_the_same_text() {
        for (one, other) in [
            ("Ada@Example.COM", "ada@example.com"),
            ("STRASSE", "straße"),
            ("Ａｄａ", "ada"),
            ("e\u{301}ve", "\u{c9}VE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn r84_different_letters_stay_different() {
        for (one, other) in [("mıke@example.com", "mike@example.com"), ("ada", "àda")] {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn r84_folding_twice_is_folding_once_for_every_code_point() {
        for character in '\0'..=char::MAX {
            let once = fold(&character.to_string());
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(character));
        }
    }

    proptest! {
        #[test]
        fn r84_folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
