//! Operations on the elements of a multi-valued attribute.

use serde_json::Value;
use usher_text::fold;

use super::apply::{set_part, unset};
use super::{Op, Operation};
use crate::error::Error;
use crate::filter::{CompareOp, Filter, Literal};
use crate::limits::Limits;
use crate::resource::{Map, check_parts, keep_parts};
use crate::schema::Definition;
use crate::value::{At, Reader, is_hollow, is_primary};

/// One operation on one list.
pub(super) struct Elements<'a> {
    pub operation: &'a Operation,
    pub definition: &'a Definition,
    pub limits: &'a Limits,
}

impl Elements<'_> {
    pub fn apply(&self, place: &mut Map) -> Result<(), Error> {
        let name = &self.operation.path.attr.attribute;
        let mut list = match place.get_mut(name) {
            Some(Value::Array(items)) => std::mem::take(items),
            Some(_) | None => Vec::new(),
        };
        self.change(&mut list)?;
        if list.is_empty() {
            place.shift_remove(name);
        } else if list.len() > self.limits.elements && !self.operation.path.attr.is("members") {
            let detail = format!("\"{name}\" would have more than {} values", self.limits.elements);
            return Err(Error::invalid_value("too_many_values", detail));
        } else {
            place.insert(name.clone(), Value::Array(list));
        }
        Ok(())
    }

    fn change(&self, list: &mut Vec<Value>) -> Result<(), Error> {
        let path = &self.operation.path;
        match (&path.sub, &path.filter) {
            (None, None) => {
                self.whole(list);
                Ok(())
            }
            (None, Some(filter)) => self.chosen(list, filter),
            (Some(sub), filter) => match self.operation.wanted() {
                Some(value) => self.set_sub(list, sub, filter.as_ref(), value),
                None => self.unset_sub(list, sub, filter.as_ref()),
            },
        }
    }

    /// The list itself.
    fn whole(&self, list: &mut Vec<Value>) {
        let given = self.operation.value.as_ref().map_or(&[][..], |value| match value {
            Value::Array(items) => items,
            single => std::slice::from_ref(single),
        });
        match (self.operation.op, &self.operation.value) {
            (Op::Add, _) => given.iter().for_each(|element| self.add(list, element)),
            (Op::Replace, _) => *list = given.to_vec(),
            (Op::Remove, None) => list.clear(),
            (Op::Remove, Some(_)) => list.retain(|element| !given.iter().any(|wanted| self.includes(element, wanted))),
        }
    }

    /// The elements that a filter chooses.
    fn chosen(&self, list: &mut Vec<Value>, filter: &Filter) -> Result<(), Error> {
        let Some(value) = self.operation.wanted() else {
            list.retain(|element| !filter.matches_element(element));
            return Ok(());
        };
        let chosen = places(list, Some(filter));
        if chosen.is_empty() {
            let mut made = seed(filter).ok_or_else(|| self.no_target())?;
            merge(&mut made, value);
            return self.push(list, made, Some(filter));
        }
        if chosen.len() > 1 && is_primary(value) {
            return Err(self.ambiguous());
        }
        for place in &chosen {
            let Some(element) = list.get_mut(*place) else { continue };
            match (element, value) {
                (Value::Object(parts), Value::Object(_)) => self.change_element(parts, filter, value)?,
                (element, value) => *element = value.clone(),
            }
        }
        keep_one_primary(list, chosen.last().copied());
        Ok(())
    }

    /// One element that a filter chose.
    fn change_element(&self, parts: &mut Map, filter: &Filter, value: &Value) -> Result<(), Error> {
        // replaced as a whole (RFC 7644 §3.5.2.3), but it stays an element that the filter chooses
        let mut made = if self.operation.op == Op::Replace { seed(filter).unwrap_or_default() } else { parts.clone() };
        merge(&mut made, value);
        if let Some(located) = self.operation.path.attr.locate(self.definition) {
            keep_parts(located.attribute, parts, &mut made);
            check_parts(located.attribute, parts, Some(&made))?;
        }
        *parts = made;
        Ok(())
    }

    /// A sub-attribute of the elements that a filter chooses, or of the only one.
    fn set_sub(&self, list: &mut Vec<Value>, sub: &str, filter: Option<&Filter>, value: &Value) -> Result<(), Error> {
        let chosen = places(list, filter);
        if chosen.is_empty() {
            let seed = filter.map_or(Some(Map::new()), seed);
            // a filter on the very sub-attribute that is set names an element that has to exist
            let mut made = seed.filter(|seed| !seed.contains_key(sub)).ok_or_else(|| self.no_target())?;
            made.insert(sub.to_owned(), value.clone());
            return self.push(list, made, filter);
        }
        if chosen.len() > 1 && (filter.is_none() || (sub == "primary" && value == &Value::Bool(true))) {
            return Err(self.ambiguous());
        }
        for place in &chosen {
            match list.get_mut(*place) {
                Some(Value::Object(parts)) => set_part(parts, sub, value, self.operation.path.traits())?,
                Some(scalar) => *scalar = value.clone(),
                None => {}
            }
        }
        if sub == "primary" {
            keep_one_primary(list, chosen.last().copied());
        }
        Ok(())
    }

    /// An element without content of its own (only type, primary, …) goes with its last value.
    fn unset_sub(&self, list: &mut Vec<Value>, sub: &str, filter: Option<&Filter>) -> Result<(), Error> {
        let mut chosen = places(list, filter);
        for place in &chosen {
            if let Some(parts) = list.get_mut(*place).and_then(Value::as_object_mut) {
                unset(parts, sub, self.operation.path.traits())?;
            }
        }
        chosen.retain(|place| list.get(*place).and_then(Value::as_object).is_some_and(is_hollow));
        for place in chosen.into_iter().rev() {
            list.remove(place);
        }
        Ok(())
    }

    /// Appends an element made from a filter, once it has passed the checks of every value. It has to be what the filter
    /// asks for, or a repeated request would make another one.
    fn push(&self, list: &mut Vec<Value>, made: Map, filter: Option<&Filter>) -> Result<(), Error> {
        let Some(located) = self.operation.path.attr.locate(self.definition) else { return Err(self.no_target()) };
        let element = match made {
            made if located.attribute.sub_attributes.is_empty() => made.get("value").cloned().unwrap_or(Value::Null),
            made => Value::Object(made),
        };
        let checked = Reader::new(self.definition, self.limits).one(At::new(located), located.attribute, element)?;
        let checked = checked.filter(|element| filter.is_none_or(|filter| filter.matches_element(element)));
        list.push(checked.ok_or_else(|| self.no_target())?);
        let place = list.len().checked_sub(1);
        keep_one_primary(list, place);
        Ok(())
    }

    /// Appends an element, or merges it into the one with the same value and type, which RFC 7643 §2.4 lets stand once only.
    fn add(&self, list: &mut Vec<Value>, element: &Value) {
        let place = match list.iter().position(|known| self.is_same(known, element)) {
            None => {
                list.push(element.clone());
                list.len() - 1
            }
            Some(place) => {
                if let Some(Value::Object(parts)) = list.get_mut(place) {
                    merge(parts, element);
                }
                place
            }
        };
        if is_primary(element) {
            keep_one_primary(list, Some(place));
        }
    }

    fn is_same(&self, known: &Value, new: &Value) -> bool {
        match (known.get("value"), new.get("value")) {
            (Some(one), Some(other)) if self.are_equal(Some("value"), one, other) => match new.get("type") {
                Some(kind) => known.get("type").is_some_and(|known| self.are_equal(Some("type"), known, kind)),
                None => true,
            },
            (Some(_), Some(_)) => false,
            _ => self.are_equal(None, known, new),
        }
    }

    /// Whether an element has every part of the wanted one.
    fn includes(&self, element: &Value, wanted: &Value) -> bool {
        match wanted {
            Value::Object(parts) => parts
                .iter()
                .all(|(name, value)| element.get(name).is_some_and(|known| self.are_equal(Some(name), known, value))),
            scalar => self.are_equal(None, element, scalar),
        }
    }

    /// Whether two values of the attribute, or of one of its parts, are equal as filters compare them.
    fn are_equal(&self, part: Option<&str>, one: &Value, other: &Value) -> bool {
        let (Some(one), Some(other)) = (one.as_str(), other.as_str()) else { return one == other };
        one == other || (folded_equal(one, other) && !self.is_exact(part))
    }

    fn is_exact(&self, part: Option<&str>) -> bool {
        let located = self.operation.path.attr.locate(self.definition);
        let attribute = located.and_then(|located| match part {
            Some(name) => located.attribute.sub(name),
            None => Some(located.attribute),
        });
        attribute.is_none_or(|attribute| attribute.case_exact)
    }

    fn no_target(&self) -> Error {
        let name = &self.operation.path.attr.attribute;
        Error::no_target(
            "no_target",
            format!("no value of \"{name}\" fits the path, and the path cannot say what to make"),
        )
    }

    fn ambiguous(&self) -> Error {
        let name = &self.operation.path.attr.attribute;
        Error::no_target(
            "ambiguous_target",
            format!("several values of \"{name}\" fit the path: choose one by a filter"),
        )
    }
}

fn places(list: &[Value], filter: Option<&Filter>) -> Vec<usize> {
    let fits = |element: &Value| filter.is_none_or(|filter| filter.matches_element(element));
    list.iter().enumerate().filter(|(_, element)| fits(element)).map(|(place, _)| place).collect()
}

/// Equality without case, and without making strings of the usual ones: folding ASCII is lower-casing it.
fn folded_equal(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() { one.eq_ignore_ascii_case(other) } else { fold(one) == fold(other) }
}

fn merge(parts: &mut Map, value: &Value) {
    match value {
        Value::Object(given) => parts.extend(given.iter().map(|(name, value)| (name.clone(), value.clone()))),
        scalar => {
            parts.insert("value".to_owned(), scalar.clone());
        }
    }
}

/// When the element at `place` is primary, no other one is (RFC 7643 §2.4).
fn keep_one_primary(list: &mut [Value], place: Option<usize>) {
    let Some(place) = place.filter(|place| list.get(*place).is_some_and(is_primary)) else { return };
    for (at, element) in list.iter_mut().enumerate() {
        if at != place
            && let Some(primary) = element.get_mut("primary")
        {
            *primary = Value::Bool(false);
        }
    }
}

/// The element that a filter describes: when it is one equality, or several joined by `and` that agree.
fn seed(filter: &Filter) -> Option<Map> {
    let mut out = Map::new();
    let equalities = match filter {
        Filter::And(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    for equality in equalities {
        let Filter::Compare { path, op: CompareOp::Eq, value } = equality else { return None };
        let value = match value {
            Literal::String(text) => Value::String(text.clone()),
            Literal::Bool(value) => Value::Bool(*value),
            Literal::Number(number) => Value::Number(number.clone()),
            Literal::Null => return None,
        };
        if out.get(&path.attribute).is_some_and(|known| known != &value) {
            return None;
        }
        out.insert(path.attribute.clone(), value);
    }
    Some(out)
}
