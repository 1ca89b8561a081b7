//! The grammar of RFC 7644 §3.4.2.2: `not` binds tighter than `and`, `and` tighter than `or`.

use super::lex::{Lexer, Token, bare_literal};
use super::{CompareOp, Filter, Literal};
use crate::error::{Error, quoted};
use crate::limits::Limits;
use crate::path::{AttrPath, find};
use crate::schema::{Attribute, Definition, Returned};

impl Filter {
    /// Reads a filter on resources of this definition.
    ///
    /// # Errors
    /// 400 `invalidFilter` that says where and what was expected: a text that is not a filter (reason `filter_syntax`), too
    /// long, too deep or with too many comparisons (`filter_too_long`, `filter_too_deep`, `filter_too_many_terms`), a name
    /// that no schema has (`filter_unknown_attribute`), a comparison that the type does not allow (`filter_type`).
    /// 403 `sensitive` when it names `password` (RFC 7644 §7.5.2; hazard R-07).
    pub fn parse(text: &str, definition: &Definition, limits: &Limits) -> Result<Self, Error> {
        Parser::new(text, Names::Resource(definition), limits)?.whole()
    }

    /// Reads what stands between the brackets after `attribute`.
    pub(crate) fn parse_inside(text: &str, attribute: &Attribute, limits: &Limits) -> Result<Self, Error> {
        Parser::new(text, Names::Element(attribute), limits)?.whole()
    }
}

/// What names mean at the present place.
#[derive(Clone, Copy)]
enum Names<'d> {
    Resource(&'d Definition),
    Element(&'d Attribute),
}

struct Parser<'t, 'd> {
    lexer: Lexer<'t>,
    /// The token to be read next and where it begins.
    next: (usize, Token<'t>),
    names: Names<'d>,
    limits: &'t Limits,
    depth: usize,
    terms: usize,
}

impl<'t, 'd> Parser<'t, 'd> {
    fn new(text: &'t str, names: Names<'d>, limits: &'t Limits) -> Result<Self, Error> {
        if text.len() > limits.filter_bytes {
            let detail = format!("the filter is longer than {} bytes", limits.filter_bytes);
            return Err(Error::invalid_filter("filter_too_long", detail));
        }
        let mut lexer = Lexer::new(text);
        let next = lexer.next()?;
        Ok(Self { lexer, next, names, limits, depth: 0, terms: 0 })
    }

    fn whole(mut self) -> Result<Filter, Error> {
        let filter = self.any()?;
        match self.next.1 {
            Token::End => Ok(filter),
            Token::Open | Token::Close | Token::OpenBracket | Token::CloseBracket | Token::Word(_) | Token::Text(_) => {
                Err(self.expected("\"and\", \"or\" or the end"))
            }
        }
    }

    /// `FILTER`: terms joined by `or`.
    fn any(&mut self) -> Result<Filter, Error> {
        let mut parts = vec![self.all()?];
        while self.next.1.is_word("or") {
            self.advance()?;
            parts.push(self.all()?);
        }
        Ok(joined(parts, Filter::Or))
    }

    /// Factors joined by `and`.
    fn all(&mut self) -> Result<Filter, Error> {
        let mut parts = vec![self.factor()?];
        while self.next.1.is_word("and") {
            self.advance()?;
            parts.push(self.factor()?);
        }
        Ok(joined(parts, Filter::And))
    }

    /// A group, a negated group, or a term. `not` is a word like others, but no attribute has that name.
    fn factor(&mut self) -> Result<Filter, Error> {
        let negated = self.next.1.is_word("not");
        if negated {
            self.advance()?;
        }
        if self.next.1 == Token::Open {
            let inner = self.nested(&Token::Close, "\")\"")?;
            return Ok(if negated { Filter::Not(Box::new(inner)) } else { inner });
        }
        if negated { Err(self.expected("\"(\" after \"not\"")) } else { self.term() }
    }

    /// What stands between a bracket and its partner; the only place that recurses, so the depth is counted here.
    fn nested(&mut self, close: &Token<'_>, name: &str) -> Result<Filter, Error> {
        if self.depth >= self.limits.filter_depth {
            let detail = format!("the filter is nested more than {} deep", self.limits.filter_depth);
            return Err(Error::invalid_filter("filter_too_deep", detail));
        }
        self.depth += 1;
        self.advance()?;
        let inner = self.any()?;
        if &self.next.1 != close {
            return Err(self.expected(&format!("\"and\", \"or\" or {name}")));
        }
        self.advance()?;
        self.depth -= 1;
        Ok(inner)
    }

    fn term(&mut self) -> Result<Filter, Error> {
        self.terms += 1;
        if self.terms > self.limits.filter_terms {
            let detail = format!("the filter has more than {} comparisons", self.limits.filter_terms);
            return Err(Error::invalid_filter("filter_too_many_terms", detail));
        }
        let (at, Token::Word(name)) = self.next else { return Err(self.expected("an attribute, \"not\" or \"(\"")) };
        self.advance()?;
        if self.next.1 == Token::OpenBracket {
            return self.element(name, at);
        }
        let path = self.path(name, at)?;
        if self.next.1.is_word("pr") {
            self.advance()?;
            return Ok(Filter::Present(path));
        }
        let path = match self.names {
            Names::Resource(definition) => path.or_value(definition),
            Names::Element(_) => path,
        };
        let (op, value) = self.comparison(&path)?;
        Ok(Filter::Compare { path, op, value })
    }

    /// `attr[filter]`, perhaps followed by `.sub op value`, which the grammar lacks and Entra sends.
    fn element(&mut self, name: &str, at: usize) -> Result<Filter, Error> {
        let Names::Resource(definition) = self.names else {
            return Err(self.syntax("brackets inside brackets are not allowed"));
        };
        let attr = self.path(name, at)?;
        let (located, _) = find(name, definition).map_err(|why| self.unknown(&why.explain(name), at))?;
        if attr.sub.is_some() {
            return Err(self.syntax("brackets follow an attribute, not a sub-attribute"));
        }
        self.names = Names::Element(located.attribute);
        let filter = self.nested(&Token::CloseBracket, "\"]\"")?;
        let dotted = match self.next.1 {
            Token::Word(word) => word.strip_prefix('.'),
            Token::Open | Token::Close | Token::OpenBracket | Token::CloseBracket | Token::Text(_) | Token::End => None,
        };
        let filter = match dotted {
            None => Filter::Element { attr, filter: Box::new(filter), sub: None },
            Some(sub) => self.element_sub(attr, filter, sub)?,
        };
        self.names = Names::Resource(definition);
        Ok(filter)
    }

    fn element_sub(&mut self, attr: AttrPath, filter: Filter, sub: &str) -> Result<Filter, Error> {
        let path = self.path(sub, self.next.0)?;
        self.advance()?;
        if self.next.1.is_word("pr") {
            self.advance()?;
            let filter = Filter::And(vec![filter, Filter::Present(path)]);
            return Ok(Filter::Element { attr, filter: Box::new(filter), sub: None });
        }
        let (op, value) = self.comparison(&path)?;
        let attr = attr.with_traits_of(&path);
        Ok(Filter::Element { attr, filter: Box::new(filter), sub: Some((path.attribute, op, value)) })
    }

    fn path(&self, name: &str, at: usize) -> Result<AttrPath, Error> {
        let path = match self.names {
            Names::Resource(definition) => AttrPath::resolve(name, definition),
            Names::Element(attribute) => AttrPath::relative(name, attribute),
        };
        let path = path.map_err(|why| self.unknown(&why.explain(name), at))?;
        if [path.attribute_traits(), path.traits()].iter().any(|traits| traits.returned == Returned::Never) {
            return Err(Error::sensitive("filter_sensitive", format!("{} cannot be searched for", quoted(name))));
        }
        Ok(path)
    }

    fn comparison(&mut self, path: &AttrPath) -> Result<(CompareOp, Literal), Error> {
        let op = match &self.next.1 {
            Token::Word(word) => CompareOp::of(word),
            Token::Open | Token::Close | Token::OpenBracket | Token::CloseBracket | Token::Text(_) | Token::End => None,
        };
        let Some(op) = op else { return Err(self.expected("an operator (eq, ne, co, sw, ew, pr, gt, ge, lt, le)")) };
        self.advance()?;
        let literal = match &mut self.next.1 {
            Token::Text(text) => Some(Literal::String(std::mem::take(text))),
            Token::Word(word) => bare_literal(word),
            Token::Open | Token::Close | Token::OpenBracket | Token::CloseBracket | Token::End => None,
        };
        let Some(literal) = literal else {
            return Err(self.expected("a value: text in double quotes, a number, true, false or null"));
        };
        let value = literal.fitting(op, path.traits()).map_err(|why| {
            let detail = format!("\"{path}\" {why} (character {})", self.lexer.character(self.next.0));
            Error::invalid_filter("filter_type", detail)
        })?;
        self.advance()?;
        Ok((op, value))
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.next = self.lexer.next()?;
        Ok(())
    }

    fn expected(&self, what: &str) -> Error {
        self.syntax(&format!("{what} was expected, not {}", self.next.1.name()))
    }

    fn syntax(&self, what: &str) -> Error {
        let place = self.lexer.character(self.next.0);
        Error::invalid_filter("filter_syntax", format!("the filter cannot be read at character {place}: {what}"))
    }

    fn unknown(&self, why: &str, at: usize) -> Error {
        let place = self.lexer.character(at);
        Error::invalid_filter("filter_unknown_attribute", format!("{why} (character {place} of the filter)"))
    }
}

fn joined(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
