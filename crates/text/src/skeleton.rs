//! What is left of a name when blanks and invisible characters do not count.

use crate::fold;

/// Folds a text and drops white space, control characters, and the characters that a reader cannot see.
///
/// Two names with the same skeleton look the same to a person. Used for names that usher reserves.
#[must_use]
pub fn skeleton(text: &str) -> String {
    let visible: String =
        fold(text).chars().filter(|c| !c.is_whitespace() && !c.is_control() && !invisible(*c)).collect();
    fold(&visible)
}

/// Default-ignorable code points of Unicode 16 (`Default_Ignorable_Code_Point`).
const fn invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::skeleton;

    #[test]
    fn r10_every_spelling_of_a_reserved_name_has_its_skeleton() {
        let wanted = skeleton("Provision Managers");
        for spelling in [
            "provision managers",
            "  Provision   Managers ",
            "Provision\u{a0}Managers",
            "Provision\u{200b} Mana\u{ad}gers\u{feff}",
            "Ｐｒｏｖｉｓｉｏｎ Managers",
            "PROVISION\tMANAGERS",
        ] {
            assert_eq!(skeleton(spelling), wanted, "{spelling:?}");
        }
        assert_ne!(skeleton("Provisioning Managers"), wanted);
    }
}
