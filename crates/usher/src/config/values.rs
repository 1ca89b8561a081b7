//! How single values are read and shown.

use std::fmt;
use std::path::PathBuf;

use config::{Value, ValueKind};
use usher_core::{Domain, Secret};

/// A type that a key of the configuration can have.
pub trait Setting: Sized {
    /// What the reference calls it.
    const KIND: &'static str;

    /// Reads a value of file or environment (there everything is text).
    ///
    /// # Errors
    /// What is wrong, to stand after the key's name; never repeats a secret.
    fn read(value: &Value) -> Result<Self, String>;

    /// The value as TOML, `None` when unset.
    fn literal(&self) -> Option<String>;

    /// The value as it may be shown, `None` when unset.
    fn shown(&self) -> Option<String> {
        self.literal()
    }

    /// The value as a number, for keys with a range.
    fn number(&self) -> Option<u64> {
        None
    }
}

/// The text of a value.
///
/// # Errors
/// Says that it must be text.
pub fn text(value: &Value) -> Result<&str, String> {
    match &value.kind {
        ValueKind::String(text) => Ok(text),
        _ => Err("must be a text in quotes".to_owned()),
    }
}

/// A text as TOML.
pub fn quoted(text: impl fmt::Display) -> String {
    // The escapes of JSON are escapes of TOML's basic strings too (TOML 1.0.0, String).
    serde_json::Value::String(text.to_string()).to_string()
}

impl Setting for u64 {
    const KIND: &'static str = "number";

    fn read(value: &Value) -> Result<Self, String> {
        let number = match &value.kind {
            ValueKind::I64(number) => Self::try_from(*number).ok(),
            ValueKind::U64(number) => Some(*number),
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("must be a whole number, not {}", brief(value)))
    }

    fn literal(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn number(&self) -> Option<u64> {
        Some(*self)
    }
}

impl Setting for bool {
    const KIND: &'static str = "true or false";

    fn read(value: &Value) -> Result<Self, String> {
        match &value.kind {
            ValueKind::Boolean(flag) => Some(*flag),
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .ok_or_else(|| format!("must be true or false, not {}", brief(value)))
    }

    fn literal(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for Domain {
    const KIND: &'static str = "domain";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?;
        Self::parse(text).map_err(|error| format!("is not a domain: {error}"))
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self.as_str()))
    }
}

impl Setting for PathBuf {
    const KIND: &'static str = "path of a file";

    fn read(value: &Value) -> Result<Self, String> {
        text(value).map(Self::from)
    }

    fn literal(&self) -> Option<String> {
        Some(quoted(self.display()))
    }
}

impl Setting for Vec<Secret> {
    const KIND: &'static str = "list of texts";

    fn read(value: &Value) -> Result<Self, String> {
        match &value.kind {
            ValueKind::String(list) => Ok(list.split(',').map(|item| Secret::new(item.trim().to_owned())).collect()),
            ValueKind::Array(items) => {
                items.iter().map(|item| text(item).map(|item| Secret::new(item.to_owned()))).collect()
            }
            _ => Err("must be a list of texts".to_owned()),
        }
    }

    fn literal(&self) -> Option<String> {
        let items: Vec<_> = self.iter().map(|item| quoted(item.expose())).collect();
        Some(format!("[{}]", items.join(", ")))
    }

    fn shown(&self) -> Option<String> {
        Some(if self.is_empty() { "[]".to_owned() } else { format!("({} hidden)", self.len()) })
    }
}

impl<S: Setting> Setting for Option<S> {
    const KIND: &'static str = S::KIND;

    fn read(value: &Value) -> Result<Self, String> {
        S::read(value).map(Some)
    }

    fn literal(&self) -> Option<String> {
        self.as_ref().and_then(Setting::literal)
    }

    fn shown(&self) -> Option<String> {
        self.as_ref().and_then(Setting::shown)
    }

    fn number(&self) -> Option<u64> {
        self.as_ref().and_then(Setting::number)
    }
}

/// The value for a message, cut short.
fn brief(value: &Value) -> String {
    match &value.kind {
        ValueKind::Table(_) => "a section".to_owned(),
        ValueKind::Array(_) => "a list".to_owned(),
        _ => value.to_string().chars().take(60).collect(),
    }
}
