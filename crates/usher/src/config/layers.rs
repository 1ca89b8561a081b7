//! File and environment, one over the other.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::Path;

use config::{File, FileFormat, Source, Value, ValueKind};

use super::{ConfigError, Key, values::Setting};

/// What a variable of usher's configuration begins with.
pub const PREFIX: &str = "USHER__";

/// What file and environment set, by key; every key in it is known.
#[derive(Debug)]
pub struct Layers {
    values: HashMap<String, Value>,
    /// Where a value comes from, for messages.
    origins: BTreeMap<String, String>,
}

impl Layers {
    /// Reads both layers.
    ///
    /// # Errors
    /// [`ConfigError`] when the file cannot be read or either layer names an unknown key.
    pub fn collect(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        keys: &[Key],
    ) -> Result<Self, ConfigError> {
        let mut layers = Self { values: HashMap::new(), origins: BTreeMap::new() };
        if let Some(path) = file {
            layers.add_file(path, keys)?;
        }
        for (name, value) in environment {
            layers.add_variable(&name, &value, keys)?;
        }
        Ok(layers)
    }

    /// The value of a key, or its default.
    ///
    /// # Errors
    /// [`ConfigError`] when the key cannot take the value.
    pub fn take<S: Setting>(
        &self,
        key: &str,
        default: S,
        range: Option<RangeInclusive<u64>>,
    ) -> Result<S, ConfigError> {
        let Some(value) = self.values.get(key).filter(|value| value.kind != ValueKind::Nil) else {
            return Ok(default);
        };
        let refuse = |fault: String| ConfigError::of_key(key, self.origins.get(key).map(String::as_str), &fault);
        let setting = S::read(value).map_err(refuse)?;
        match (range, setting.number()) {
            (Some(range), Some(number)) if !range.contains(&number) => {
                Err(refuse(format!("must be from {} to {}, not {number}", range.start(), range.end())))
            }
            _ => Ok(setting),
        }
    }

    /// The value of a key that can stand in a file of its own, which `{key}_file` names: secrets are mounted that way.
    ///
    /// # Errors
    /// [`ConfigError`] when both are set, the file cannot be read, or the key cannot take what is in it.
    pub fn or_from_file<S: Setting>(&self, key: &str, value: S, file: Option<&Path>) -> Result<S, ConfigError> {
        let Some(file) = file else { return Ok(value) };
        if self.values.get(key).is_some_and(|value| value.kind != ValueKind::Nil) {
            return Err(ConfigError::new(format!("{key} and {key}_file are both set: keep one")));
        }
        let refuse = |fault: String| ConfigError::of_key(&format!("{key}_file"), None, &fault);
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| refuse(format!("cannot be read: {name}: {error}")))?;
        S::read(&Value::new(None, text.trim())).map_err(|fault| refuse(format!("names {name}, whose content {fault}")))
    }

    fn add_file(&mut self, path: &Path, keys: &[Key]) -> Result<(), ConfigError> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(format!("cannot read the configuration file {name}: {error}")))?;
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => FileFormat::Toml,
            Some("yaml" | "yml") => FileFormat::Yaml,
            _ => return Err(ConfigError::new(format!("the configuration file {name} must end with .toml or .yaml"))),
        };
        let table = File::from_str(&text, format)
            .collect()
            .map_err(|error| ConfigError::new(format!("cannot understand {name}: {}", bare(&error.to_string()))))?;
        for (section, content) in table {
            let ValueKind::Table(fields) = content.kind else {
                return Err(unknown(&section, &name.to_string(), keys));
            };
            if !keys.iter().any(|key| section_of(key) == section) {
                return Err(unknown(&section, &name.to_string(), keys));
            }
            for (field, value) in fields {
                self.add(format!("{section}.{field}"), value, name.to_string(), keys)?;
            }
        }
        Ok(())
    }

    fn add_variable(&mut self, name: &OsString, value: &OsString, keys: &[Key]) -> Result<(), ConfigError> {
        let shown = name.to_string_lossy();
        if !shown.starts_with(PREFIX) {
            return Ok(());
        }
        let Some(key) = keys.iter().find(|key| key.variable() == shown) else {
            let key = shown.trim_start_matches(PREFIX).to_lowercase().replace("__", ".");
            return Err(unknown(&key, &format!("the variable {shown}"), keys));
        };
        let origin = format!("the variable {shown}");
        let text = value.to_str().ok_or_else(|| ConfigError::of_key(&key.name, Some(&origin), "must be UTF-8"))?;
        if text.trim().is_empty() {
            // An empty database URL must not become the default one without a word.
            return Err(ConfigError::of_key(&key.name, Some(&origin), "is empty: give it a value or unset it"));
        }
        self.add(key.name.clone(), Value::new(None, text), origin, keys)
    }

    fn add(&mut self, key: String, value: Value, origin: String, keys: &[Key]) -> Result<(), ConfigError> {
        if !keys.iter().any(|known| known.name == key) {
            return Err(unknown(&key, &origin, keys));
        }
        self.origins.insert(key.clone(), origin);
        self.values.insert(key, value);
        Ok(())
    }
}

fn section_of(key: &Key) -> &str {
    key.name.split('.').next().unwrap_or_default()
}

/// A parser's complaint without the lines it quotes: a password may stand in them.
fn bare(complaint: &str) -> String {
    complaint.lines().filter(|line| !line.contains('|')).collect::<Vec<_>>().join(" ")
}

/// Names the unknown key and what stands beside it.
fn unknown(key: &str, origin: &str, keys: &[Key]) -> ConfigError {
    let section = key.split('.').next().unwrap_or_default();
    if keys.iter().any(|known| known.name == key) {
        return ConfigError::new(format!("{key} in {origin} must be written as a key of the section {section}"));
    }
    let beside: Vec<_> =
        keys.iter().filter(|known| section_of(known) == section).map(|known| known.name.as_str()).collect();
    let hint = if beside.is_empty() {
        let mut sections: Vec<_> = keys.iter().map(section_of).collect();
        sections.dedup();
        format!("the sections are {}", sections.join(", "))
    } else {
        format!("there are {}", beside.join(", "))
    };
    ConfigError::new(format!("unknown key {key} in {origin}; {hint}"))
}
