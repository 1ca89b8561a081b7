//! Filters (RFC 7644 §3.4.2.2): text to tree, tree to text, tree against a resource.
//!
//! The grammar in full, and what Entra sends outside it: `emails[type eq "work"].value eq "x"`, `manager eq "x"`, booleans
//! compared with `"True"`. Length, nesting and number of comparisons are counted while the text is read (hazards R-60,
//! R-61); chains of `and` and `or` are flat lists, so that nothing recurses over their length.

mod compare;
mod eval;
mod lex;
mod literal;
mod parse;
mod print;

use crate::path::AttrPath;

pub(crate) use compare::numbers;
pub use literal::Literal;

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

impl CompareOp {
    /// The word in a filter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    fn of(word: &str) -> Option<Self> {
        use CompareOp::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
        [Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le].into_iter().find(|op| op.as_str().eq_ignore_ascii_case(word))
    }

    fn is_ordering(self) -> bool {
        match self {
            Self::Gt | Self::Ge | Self::Lt | Self::Le => true,
            Self::Eq | Self::Ne | Self::Co | Self::Sw | Self::Ew => false,
        }
    }

    fn is_substring(self) -> bool {
        match self {
            Self::Co | Self::Sw | Self::Ew => true,
            Self::Eq | Self::Ne | Self::Gt | Self::Ge | Self::Lt | Self::Le => false,
        }
    }
}

/// A filter whose names are resolved and whose comparisons fit the types of the schema.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of at least two.
    And(Vec<Filter>),
    /// Any of at least two.
    Or(Vec<Filter>),
    /// The opposite.
    Not(Box<Filter>),
    /// A comparison; of a list, true when any element fits.
    Compare {
        /// What is compared; a complex attribute as a whole has become its `value` here.
        path: AttrPath,
        /// How.
        op: CompareOp,
        /// With what; of the type that the attribute has, or null.
        value: Literal,
    },
    /// `pr`: the attribute has a value that is not empty.
    Present(AttrPath),
    /// One and the same element fits `filter` and, if given, the comparison of `sub`.
    Element {
        /// The attribute before the brackets.
        attr: AttrPath,
        /// The filter in the brackets; its paths are relative to the element.
        filter: Box<Filter>,
        /// What follows the brackets: Entra's `emails[type eq "work"].value eq "x"`.
        /// The traits of `attr` are those of this sub-attribute then.
        sub: Option<(String, CompareOp, Literal)>,
    },
}

impl Filter {
    /// The attributes the filter looks at; for a value path the attribute before the brackets.
    #[must_use]
    pub fn paths(&self) -> Vec<&AttrPath> {
        let mut out = Vec::new();
        self.collect(&mut out);
        out
    }

    fn collect<'a>(&'a self, out: &mut Vec<&'a AttrPath>) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect(out)),
            Self::Not(inner) => inner.collect(out),
            Self::Compare { path, .. } | Self::Present(path) | Self::Element { attr: path, .. } => out.push(path),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
