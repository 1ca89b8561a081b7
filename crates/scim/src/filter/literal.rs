//! The value on the right side of a comparison, checked against the type of the attribute.

use chrono::{DateTime, Utc};
use serde_json::Number;

use super::CompareOp;
use crate::dialect;
use crate::path::Traits;
use crate::schema::Kind;
use crate::value::instant;

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text.
    String(String),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Absent.
    Null,
}

impl Literal {
    /// The instant that a text stands for in a comparison with an `xsd:dateTime`; without a zone it is UTC.
    #[must_use]
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::String(text) => instant(text),
            Self::Bool(_) | Self::Number(_) | Self::Null => None,
        }
    }

    /// The literal in the attribute's own type, if it can be compared with it that way.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence about the attribute.
    pub(super) fn fitting(self, op: CompareOp, traits: Traits) -> Result<Self, &'static str> {
        if op.is_substring() && !matches!(traits.kind, Kind::String | Kind::Reference) {
            return Err("is not text: \"co\", \"sw\" and \"ew\" do not apply to it");
        }
        if op.is_ordering() {
            check_order(traits.kind)?;
        }
        match (traits.kind, self) {
            (Kind::Complex, _) => Err("is complex: compare one of its sub-attributes"),
            (_, Self::Null) if matches!(op, CompareOp::Eq | CompareOp::Ne) => Ok(Self::Null),
            (_, Self::Null) => Err("can be compared with null by \"eq\" and \"ne\" only"),
            (Kind::Boolean, Self::String(text)) => {
                dialect::boolean(&text).map(Self::Bool).ok_or("is compared with true or false")
            }
            (Kind::Boolean, Self::Bool(value)) => Ok(Self::Bool(value)),
            (Kind::Boolean, Self::Number(_)) => Err("is compared with true or false"),
            (Kind::Integer | Kind::Decimal, Self::Number(number)) => Ok(Self::Number(number)),
            (Kind::Integer | Kind::Decimal, Self::String(_) | Self::Bool(_)) => Err("is compared with a number"),
            (Kind::DateTime, Self::String(text)) if instant(&text).is_some() => Ok(Self::String(text)),
            (Kind::DateTime, Self::String(_) | Self::Bool(_) | Self::Number(_)) => {
                Err("is compared with a date and time such as \"2011-05-13T04:42:34Z\"")
            }
            (Kind::String | Kind::Reference | Kind::Binary, Self::String(text)) => Ok(Self::String(text)),
            (Kind::String | Kind::Reference | Kind::Binary, Self::Bool(_) | Self::Number(_)) => {
                Err("is text: its value belongs in double quotes")
            }
        }
    }
}

fn check_order(kind: Kind) -> Result<(), &'static str> {
    match kind {
        Kind::Boolean | Kind::Binary => Err("has no order: \"gt\", \"ge\", \"lt\" and \"le\" do not apply to it"),
        Kind::String | Kind::Reference | Kind::DateTime | Kind::Integer | Kind::Decimal | Kind::Complex => Ok(()),
    }
}
