//! What is promised of the configuration as a whole.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Config, ConfigError, reference};

/// A file of its own, removed at the end.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("usher-config-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn load(file: Option<&TempFile>, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::load(file.map(|file| file.0.as_path()), variables)
}

fn refusal(file: Option<&TempFile>, variables: &[(&str, &str)]) -> String {
    let refusal = load(file, variables).unwrap_err().to_string();
    assert!(!refusal.contains('\n'), "more than one line: {refusal}");
    refusal
}

fn literals(config: &Config) -> Vec<(String, Option<String>)> {
    config.settings().into_iter().map(|key| (key.name, key.literal)).collect()
}

#[test]
fn docs_configuration_md_is_what_the_program_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIGURATION.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page == reference::markdown(), "docs/CONFIGURATION.md is out of date: run `cargo xtask docs`");
}

#[test]
fn the_defaults_written_as_a_file_are_the_defaults() {
    let file = TempFile::new("defaults.toml", &reference::toml(&Config::keys()));
    assert_eq!(literals(&load(Some(&file), &[]).unwrap()), literals(&Config::default()));
}

#[test]
fn every_default_is_inside_its_range_and_every_range_is_kept() {
    for key in Config::keys() {
        let Some(range) = &key.range else { continue };
        let number: u64 = key.literal.as_ref().unwrap().parse().unwrap();
        assert!(range.contains(&number), "{}", key.name);
        let variable = key.variable();
        for inside in [*range.start(), *range.end()] {
            let config = load(None, &[(&variable, &inside.to_string())]).unwrap();
            assert!(literals(&config).contains(&(key.name.clone(), Some(inside.to_string()))), "{}", key.name);
        }
        for outside in [range.start().checked_sub(1), range.end().checked_add(1)].into_iter().flatten() {
            let refusal = refusal(None, &[(&variable, &outside.to_string())]);
            assert!(refusal.starts_with(&format!("{} must be from ", key.name)), "{refusal}");
            assert!(refusal.contains(&variable), "{refusal}");
        }
    }
}

#[test]
fn every_key_is_described() {
    for key in Config::keys() {
        assert!(key.text.len() > 20 && key.text.trim_end().ends_with('.'), "{}: {}", key.name, key.text);
        assert!(!key.text.contains('|') && !key.text.contains("[`"), "{} breaks the table", key.name);
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = TempFile::new("layers.toml", "[server]\nlisten = \"0.0.0.0:1\"\nworkers = 3\n");
    let config =
        load(Some(&file), &[("USHER__SERVER__LISTEN", "[::1]:2"), ("PATH", "/bin"), ("USHER_PORT", "x")]).unwrap();
    assert_eq!(config.server.listen.to_string(), "[::1]:2");
    assert_eq!(config.server.workers, 3);
    assert_eq!(config.public_url(), "http://[::1]:2");
    let everywhere = load(None, &[("USHER__SERVER__LISTEN", "0.0.0.0:8080")]).unwrap();
    assert_eq!(everywhere.public_url(), "http://localhost:8080");
}

#[test]
fn yaml_is_read_too() {
    let file =
        TempFile::new("file.yaml", "server:\n  workers: 2\n  public_url: https://scim.example.com\nmail:\n  url: ~\n");
    let config = load(Some(&file), &[]).unwrap();
    assert_eq!((config.server.workers, config.public_url().as_str()), (2, "https://scim.example.com"));
}

#[test]
fn unknown_keys_are_named() {
    for (name, text, key) in [
        ("field.toml", "[server]\nlisten_on = \"0.0.0.0:1\"\n", "server.listen_on"),
        ("section.toml", "[sever]\nlisten = \"0.0.0.0:1\"\n", "sever"),
        ("root.toml", "listen = \"0.0.0.0:1\"\n", "listen"),
        ("redis.yaml", "redis:\n  url: redis://localhost\n", "redis"),
        ("flat.toml", "server = 8080\n", "server"),
    ] {
        let file = TempFile::new(name, text);
        let refusal = refusal(Some(&file), &[]);
        assert!(refusal.starts_with(&format!("unknown key {key} in ")) && refusal.contains(name), "{refusal}");
    }
}

#[test]
fn a_key_outside_its_section_is_told_from_an_unknown_one() {
    let file = TempFile::new("dots.yaml", "server.workers: 3\n");
    assert!(refusal(Some(&file), &[]).ends_with("must be written as a key of the section server"));
}

#[test]
fn unknown_variables_are_named() {
    for variable in ["USHER__SERVER__LISTN", "USHER__SERVERLISTEN", "USHER__", "USHER__server__listen"] {
        let refusal = refusal(None, &[(variable, "1")]);
        assert!(refusal.contains(&format!("the variable {variable}")), "{refusal}");
    }
}

#[test]
fn impossible_values_are_named() {
    for (variable, value, key) in [
        ("USHER__SERVER__LISTEN", "8080", "server.listen"),
        ("USHER__SERVER__LISTEN", "127.0.0.1:0", "server.listen"),
        ("USHER__SERVER__PUBLIC_URL", "scim.example.com", "server.public_url"),
        ("USHER__SERVER__BASE_DOMAIN", "*.example.com", "server.base_domain"),
        ("USHER__SERVER__WORKERS", "-1", "server.workers"),
        ("USHER__DATABASE__URL", "mysql://db/usher", "database.url"),
        ("USHER__DATABASE__URL", " ", "database.url"),
        ("USHER__DATABASE__MIGRATE_ON_START", "yes please", "database.migrate_on_start"),
        ("USHER__MAIL__URL", "mail.example.com", "mail.url"),
        ("USHER__MAIL__FROM", "nobody", "mail.from"),
        ("USHER__MAIL__PRODUCT", "a\nb", "mail.product"),
        ("USHER__LOG__FORMAT", "xml", "log.format"),
        ("USHER__LOG__FILTER", "usher=loud", "log.filter"),
        ("USHER__LIMITS__PAGE", "1e3", "limits.page"),
    ] {
        let refusal = refusal(None, &[(variable, value)]);
        assert!(refusal.starts_with(&format!("{key} ")) && refusal.contains(variable), "{refusal}");
    }
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    for (name, text, key) in [
        ("list.toml", "[server]\nlisten = [\"0.0.0.0:1\"]\n", "server.listen"),
        ("float.toml", "[server]\nworkers = 1.5\n", "server.workers"),
        ("table.toml", "[server.workers]\nmany = true\n", "server.workers"),
        ("keys.toml", "[secrets]\nkeys = [1]\n", "secrets.keys"),
    ] {
        let file = TempFile::new(name, text);
        let refusal = refusal(Some(&file), &[]);
        assert!(refusal.starts_with(&format!("{key} must be ")) && refusal.contains(name), "{refusal}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let broken = TempFile::new("broken.toml", "[database]\nurl = \"postgres://u:s3cret@db/u\n");
    let refused = refusal(Some(&broken), &[]);
    assert!(refused.contains("broken.toml: ") && refused.contains("line 2"), "{refused}");
    assert!(!refused.contains("s3cret"), "{refused}");
    let other = TempFile::new("usher.conf", "");
    assert!(refusal(Some(&other), &[]).contains("must end with .toml or .yaml"));
    let missing = TempFile(PathBuf::from("/nonexistent/usher.toml"));
    assert!(refusal(Some(&missing), &[]).contains("/nonexistent/usher.toml"));
}

#[test]
fn r25_short_and_empty_keys_are_refused() {
    let long = "k".repeat(32);
    let ring = |keys: &str| load(None, &[("USHER__SECRETS__KEYS", keys)]).unwrap().secrets.ring();
    assert!(Config::default().secrets.ring().unwrap().is_none());
    assert!(ring(&format!("{long}, {long}")).unwrap().is_some());
    for bad in ["short", ",", &format!("{long},")] {
        assert!(ring(bad).unwrap_err().to_string().starts_with("secrets.keys: key "), "{bad}");
    }
}

#[test]
fn keys_come_from_a_file() {
    let long = "k".repeat(32);
    let ring = |text: &str| {
        let file = TempFile::new("keys", text);
        load(None, &[("USHER__SECRETS__KEYS_FILE", file.0.to_str().unwrap())]).unwrap().secrets.ring()
    };
    assert!(ring(&format!("{long}\n\n{long}\n")).unwrap().is_some());
    for bad in ["", "\n\n", "short\n"] {
        assert!(ring(bad).unwrap_err().to_string().starts_with("secrets.keys_file: "), "{bad:?}");
    }
    let both = [("USHER__SECRETS__KEYS_FILE", "/nonexistent"), ("USHER__SECRETS__KEYS", long.as_str())];
    assert!(load(None, &both).unwrap().secrets.ring().unwrap_err().to_string().contains("both set"));
    assert!(load(None, &both[..1]).unwrap().secrets.ring().unwrap_err().to_string().contains("/nonexistent"));
}

#[test]
fn urls_with_passwords_come_from_files() {
    let url = "postgres://usher:s3cret@db/usher";
    let file = TempFile::new("url", &format!("{url}\n"));
    let path = file.0.to_str().unwrap();
    let config = load(None, &[("USHER__DATABASE__URL_FILE", path)]).unwrap();
    assert_eq!(config.database.url.expose(), url);
    let refused = refusal(None, &[("USHER__MAIL__URL_FILE", path)]);
    assert!(refused.starts_with("mail.url_file names ") && !refused.contains("s3cret"), "{refused}");
    let both = refusal(None, &[("USHER__DATABASE__URL_FILE", path), ("USHER__DATABASE__URL", url)]);
    assert_eq!(both, "database.url and database.url_file are both set: keep one");
    let missing = refusal(None, &[("USHER__DATABASE__URL_FILE", "/nonexistent")]);
    assert!(missing.starts_with("database.url_file cannot be read: /nonexistent: "), "{missing}");
}

#[test]
fn secrets_are_not_shown() {
    let secret = "s3cret".repeat(6);
    let config = load(
        None,
        &[
            ("USHER__SECRETS__KEYS", &secret),
            ("USHER__DATABASE__URL", &format!("postgres://u:{secret}@db/usher")),
            ("USHER__MAIL__URL", &format!("smtp://u:{secret}@mail")),
        ],
    )
    .unwrap();
    let shown: Vec<_> = config.settings().into_iter().filter_map(|key| key.shown).collect();
    assert!(!shown.concat().contains(&secret) && !format!("{config:?}").contains(&secret));
    let wrong = format!("mysql://u:{secret}@db");
    for variable in ["USHER__DATABASE__URL", "USHER__MAIL__URL"] {
        assert!(!refusal(None, &[(variable, &wrong)]).contains(&secret));
    }
}
