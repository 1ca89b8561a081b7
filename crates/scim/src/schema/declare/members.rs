//! The members of one JSON object of a declaration.

use serde_json::Value;

use super::{limit, refused};
use crate::error::{Error, quoted};
use crate::resource::Map;

/// An object whose members are taken out one by one; what is left at the end is refused.
pub(super) struct Members {
    /// What the object is, as the beginning of a sentence.
    what: String,
    map: Map,
}

impl Members {
    pub fn of(what: String, value: Value) -> Result<Self, Error> {
        match value {
            Value::Object(map) => Ok(Self { what, map }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(refused(format!("{what} must be a JSON object")))
            }
        }
    }

    /// Says what the object is, once its name is known.
    pub fn rename(&mut self, what: String) {
        self.what = what;
    }

    pub fn refuse(&self, why: &str) -> Error {
        refused(format!("{} {why}", self.what))
    }

    /// A member by its name in any ASCII case; null is none.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let key = self.map.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
        self.map.shift_remove(&key).filter(|value| !value.is_null())
    }

    pub fn pass_over(&mut self, name: &str) {
        self.take(name);
    }

    pub fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.contains('\0') => {
                Err(self.refuse(&format!("has the character NUL in \"{name}\"")))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(&format!("must have text as \"{name}\""))),
        }
    }

    /// Absent is false (RFC 7643 §2.2).
    pub fn flag(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.optional_flag(name)?.unwrap_or(false))
    }

    pub fn optional_flag(&mut self, name: &str) -> Result<Option<bool>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(_) => Err(self.refuse(&format!("must have true or false as \"{name}\""))),
        }
    }

    /// One of `words`, in any ASCII case.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(T, &'static str)]) -> Result<Option<T>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = words.iter().find(|(_, word)| word.eq_ignore_ascii_case(&text));
        found.map(|(value, _)| Some(*value)).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
            self.refuse(&format!("has {} as \"{name}\", which is none of {}", quoted(&text), known.join(", ")))
        })
    }

    pub fn list(&mut self, name: &str, most: usize) -> Result<Vec<Value>, Error> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() <= most => Ok(items),
            Some(Value::Array(items)) => {
                Err(limit(format!("{} has {} \"{name}\", more than {most}", self.what, items.len())))
            }
            Some(_) => Err(self.refuse(&format!("must have a list as \"{name}\""))),
        }
    }

    pub fn texts(&mut self, name: &str, most: usize) -> Result<Vec<String>, Error> {
        let items = self.list(name, most)?.into_iter().map(|item| match item {
            Value::String(text) if !text.contains('\0') => Ok(text),
            _ => Err(self.refuse(&format!("must have a list of texts as \"{name}\""))),
        });
        items.collect()
    }

    /// Refuses what nobody has taken: a misspelt characteristic would otherwise be dropped in silence.
    pub fn finish(self) -> Result<(), Error> {
        let Some(key) = self.map.keys().next() else { return Ok(()) };
        Err(self.refuse(&format!("has a member {}, which RFC 7643 does not know: leave it out", quoted(key))))
    }
}
