//! Words of a filter, with the place where each begins.

use super::Literal;
use crate::error::Error;

/// One piece of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'t> {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    /// A name, operator or bare literal.
    Word(&'t str),
    /// Quoted text, unescaped.
    Text(String),
    End,
}

impl Token<'_> {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "\"(\"",
            Self::Close => "\")\"",
            Self::OpenBracket => "\"[\"",
            Self::CloseBracket => "\"]\"",
            Self::Word(_) => "a word",
            Self::Text(_) => "quoted text",
            Self::End => "the end",
        }
    }

    pub fn is_word(&self, wanted: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(wanted))
    }
}

/// Reads one token after the other; never looks back.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and the byte where it begins.
    pub fn next(&mut self) -> Result<(usize, Token<'t>), Error> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.at += rest.len() - trimmed.len();
        let start = self.at;
        let Some(first) = trimmed.bytes().next() else { return Ok((start, Token::End)) };
        let single = match first {
            b'(' => Token::Open,
            b')' => Token::Close,
            b'[' => Token::OpenBracket,
            b']' => Token::CloseBracket,
            b'"' => return self.quoted(start, trimmed).map(|text| (start, Token::Text(text))),
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"');
                let word = trimmed.get(..trimmed.find(ends).unwrap_or(trimmed.len())).unwrap_or_default();
                if word.is_empty() {
                    return Err(self.refuse(start, "white space that is neither a blank nor a tab"));
                }
                self.at += word.len();
                return Ok((start, Token::Word(word)));
            }
        };
        self.at += 1;
        Ok((start, single))
    }

    /// JSON text, whose escapes `serde_json` reads.
    fn quoted(&mut self, start: usize, trimmed: &str) -> Result<String, Error> {
        let mut escaped = false;
        let end = trimmed.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let literal = end.and_then(|end| trimmed.get(..end + 2));
        let Some(literal) = literal else { return Err(self.refuse(start, "quoted text without its closing quote")) };
        let text: String =
            serde_json::from_str(literal).map_err(|_| self.refuse(start, "quoted text that is no JSON string"))?;
        if text.contains('\0') {
            return Err(Error::invalid_filter("nul", "a filter must not contain the character NUL"));
        }
        self.at += literal.len();
        Ok(text)
    }

    fn refuse(&self, at: usize, what: &str) -> Error {
        Error::invalid_filter("filter_syntax", format!("the filter has {what} at character {}", self.character(at)))
    }

    /// The place as people count: characters, from 1.
    pub fn character(&self, at: usize) -> usize {
        self.text.get(..at).map_or(0, |before| before.chars().count()) + 1
    }
}

/// A bare word as a literal: a number, `true`, `false` or `null`, the latter in any case.
pub(super) fn bare_literal(word: &str) -> Option<Literal> {
    if word.eq_ignore_ascii_case("true") {
        return Some(Literal::Bool(true));
    }
    if word.eq_ignore_ascii_case("false") {
        return Some(Literal::Bool(false));
    }
    if word.eq_ignore_ascii_case("null") {
        return Some(Literal::Null);
    }
    serde_json::from_str(word).ok().map(Literal::Number)
}
