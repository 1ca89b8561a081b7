//! A filter as text: exactly, for reading it again; and by its shape, for logs (hazard R-41).

use std::fmt;

use super::{CompareOp, Filter, Literal};

impl Filter {
    /// The filter without its values: `userName eq ?`. Safe to log.
    #[must_use]
    pub fn shape(&self) -> String {
        Printed { filter: self, values: false }.to_string()
    }
}

/// The filter as text that reads back as the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Printed { filter: self, values: true }.fmt(f)
    }
}

#[derive(Clone, Copy)]
struct Printed<'a> {
    filter: &'a Filter,
    values: bool,
}

impl Printed<'_> {
    fn chain(self, f: &mut fmt::Formatter, parts: &[Filter], word: &str, bare: fn(&Filter) -> bool) -> fmt::Result {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                write!(f, " {word} ")?;
            }
            let part_printed = Printed { filter: part, ..self };
            if bare(part) { write!(f, "{part_printed}")? } else { write!(f, "({part_printed})")? }
        }
        Ok(())
    }

    fn comparison(
        self,
        f: &mut fmt::Formatter,
        path: &dyn fmt::Display,
        op: CompareOp,
        value: &Literal,
    ) -> fmt::Result {
        write!(f, "{path} {} ", op.as_str())?;
        if self.values { write!(f, "{value}") } else { f.write_str("?") }
    }
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.filter {
            Filter::And(parts) => self.chain(f, parts, "and", |part| !matches!(part, Filter::And(_) | Filter::Or(_))),
            Filter::Or(parts) => self.chain(f, parts, "or", |part| !matches!(part, Filter::Or(_))),
            Filter::Not(inner) => write!(f, "not ({})", Printed { filter: inner, ..*self }),
            Filter::Compare { path, op, value } => self.comparison(f, path, *op, value),
            Filter::Present(path) => write!(f, "{path} pr"),
            Filter::Element { attr, filter, sub } => {
                write!(f, "{attr}[{}]", Printed { filter, ..*self })?;
                sub.as_ref().map_or(Ok(()), |(name, op, value)| {
                    f.write_str(".")?;
                    self.comparison(f, name, *op, value)
                })
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::String(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Null => f.write_str("null"),
        }
    }
}
