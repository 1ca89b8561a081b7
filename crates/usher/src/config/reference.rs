//! `docs/CONFIGURATION.md`, made from the sections themselves.

use std::fmt::Write as _;

use super::{Config, Key};

const INTRODUCTION: &str = "\
# Configuration

<!-- Made by `cargo xtask docs`; a test compares it with the program. Do not edit it by hand. -->

usher starts without any configuration. What you set comes from two places:

1. a file in TOML or YAML, named by `--config FILE` or by the variable `USHER_CONFIG`;
2. the environment, which wins over the file: `USHER__`, the section, `__`, the key, as in
   `USHER__SERVER__LISTEN=0.0.0.0:8080`. Lists are separated by commas.

A key that is not on this page stops the start, and so does a value that a key cannot take; both are named. An empty
variable is a mistake too: unset it. `usher check-config` does the same checks and shows what is in force.

What is secret can stand in a file of its own: `database.url_file`, `mail.url_file`, `secrets.keys_file`. It is never
logged or shown.

`usher serve` needs `secrets.keys` or `secrets.keys_file`, and `mail.url` or `mail.url_file` unless its role is `gateway`. `usher dev` makes
keys of its own, in `data/keys`, and keeps mail in a mailbox of its own.
";

/// The whole page.
#[must_use]
pub fn markdown() -> String {
    let keys = Config::keys();
    let mut page = INTRODUCTION.to_owned();
    for (section, about) in Config::sections() {
        let _ = write!(
            page,
            "\n## {section}\n\n{about}\n\n| key | takes | default | what it is for |\n|---|---|---|---|\n"
        );
        for key in keys.iter().filter(|key| key.name.starts_with(&format!("{section}."))) {
            let _ = writeln!(
                page,
                "| `{}`<br>`{}` | {} | {} | {} |",
                key.name,
                key.variable(),
                takes(key),
                key.literal.as_ref().map_or_else(|| "unset".to_owned(), |literal| format!("`{literal}`")),
                key.text
            );
        }
    }
    let _ = write!(page, "\n## The defaults as a file\n\n```toml\n{}```\n", toml(&keys));
    page
}

fn takes(key: &Key) -> String {
    key.range
        .as_ref()
        .map_or_else(|| key.kind.to_owned(), |range| format!("{}, {} to {}", key.kind, range.start(), range.end()))
}

/// The keys as a file; what is unset stands in a comment.
pub(super) fn toml(keys: &[Key]) -> String {
    let mut file = String::new();
    let mut last = "";
    for key in keys {
        let (section, field) = key.name.split_once('.').unwrap_or_default();
        if section != last {
            let _ = writeln!(file, "{}[{section}]", if last.is_empty() { "" } else { "\n" });
            last = section;
        }
        let _ = match &key.literal {
            Some(literal) => writeln!(file, "{field} = {literal}"),
            None => writeln!(file, "# {field} ="),
        };
    }
    file
}
