//! One value against one literal.

use std::cmp::Ordering;

use serde_json::{Number, Value};
use usher_text::fold;

use super::{CompareOp, Literal};
use crate::path::Traits;
use crate::schema::Kind;
use crate::value::instant;

/// Whether `found op literal` holds. A value of another type than the literal is simply not equal.
pub(super) fn holds(found: Option<&Value>, op: CompareOp, literal: &Literal, traits: Traits) -> bool {
    let Some(found) = found else {
        return match op {
            CompareOp::Eq => *literal == Literal::Null,
            CompareOp::Ne => *literal != Literal::Null,
            CompareOp::Co
            | CompareOp::Sw
            | CompareOp::Ew
            | CompareOp::Gt
            | CompareOp::Ge
            | CompareOp::Lt
            | CompareOp::Le => false,
        };
    };
    let compared = match literal {
        Literal::String(wanted) => found.as_str().map(|text| texts(text, op, wanted, traits)),
        Literal::Bool(wanted) => found.as_bool().map(|value| ordered(Some(value.cmp(wanted)), op)),
        Literal::Number(wanted) => found.as_number().map(|number| ordered(numbers(number, wanted), op)),
        Literal::Null => None,
    };
    compared.unwrap_or(op == CompareOp::Ne)
}

fn texts(text: &str, op: CompareOp, wanted: &str, traits: Traits) -> bool {
    if traits.kind == Kind::DateTime {
        let (text, wanted) = (instant(text), instant(wanted));
        return ordered(text.zip(wanted).map(|(text, wanted)| text.cmp(&wanted)), op);
    }
    if traits.case_exact {
        return strings(text, op, wanted);
    }
    match op {
        // the usual look-up, without making two new strings: folding ASCII is lower-casing it
        CompareOp::Eq | CompareOp::Ne if text.is_ascii() && wanted.is_ascii() => {
            text.eq_ignore_ascii_case(wanted) == (op == CompareOp::Eq)
        }
        CompareOp::Eq
        | CompareOp::Ne
        | CompareOp::Co
        | CompareOp::Sw
        | CompareOp::Ew
        | CompareOp::Gt
        | CompareOp::Ge
        | CompareOp::Lt
        | CompareOp::Le => strings(&fold(text), op, &fold(wanted)),
    }
}

fn strings(text: &str, op: CompareOp, wanted: &str) -> bool {
    match op {
        CompareOp::Co => text.contains(wanted),
        CompareOp::Sw => text.starts_with(wanted),
        CompareOp::Ew => text.ends_with(wanted),
        CompareOp::Eq | CompareOp::Ne | CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => {
            ordered(Some(text.cmp(wanted)), op)
        }
    }
}

/// `None` when the two cannot be compared: then they are different and nothing else.
fn ordered(order: Option<Ordering>, op: CompareOp) -> bool {
    let Some(order) = order else { return op == CompareOp::Ne };
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}

/// Whole numbers exactly, others as floating point.
pub(crate) fn numbers(one: &Number, other: &Number) -> Option<Ordering> {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}
