//! One attribute of a declaration, with its characteristics (RFC 7643 §2.2, §7).

use std::borrow::Cow;

use serde_json::Value;

use super::members::Members;
use super::{ATTRIBUTES, CANONICAL_VALUES, NAME_BYTES, SUB_ATTRIBUTES, limit, refused};
use crate::error::{Error, quoted};
use crate::path::is_name;
use crate::schema::{Attribute, Kind, Mutability, Returned, Uniqueness, find};

/// Every variant with its word, for reading.
macro_rules! words {
    ($type:ident: $($variant:ident),+) => { [$(($type::$variant, $type::$variant.as_str())),+] };
}

/// The attributes of a schema, or the sub-attributes of `parent`. Sub-attributes have none themselves, so this goes one
/// step deep and no further.
pub(super) fn list(members: &mut Members, name: &str, parent: Option<&str>) -> Result<Vec<Attribute>, Error> {
    let most = if parent.is_none() { ATTRIBUTES } else { SUB_ATTRIBUTES };
    let mut out: Vec<Attribute> = Vec::new();
    for item in members.list(name, most)? {
        let made = one(item, parent)?;
        if find(&out, &made.name).is_some() {
            return Err(refused(format!("{} is declared twice (names ignore case)", titled(parent, &made.name))));
        }
        out.push(made);
    }
    Ok(out)
}

fn titled(parent: Option<&str>, name: &str) -> String {
    let path = parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}.{name}"));
    format!("attribute {}", quoted(&path))
}

fn one(value: Value, parent: Option<&str>) -> Result<Attribute, Error> {
    let what =
        parent.map_or_else(|| "an attribute".to_owned(), |parent| format!("a sub-attribute of {}", quoted(parent)));
    let mut members = Members::of(what, value)?;
    let name = members.text("name")?.ok_or_else(|| members.refuse("needs a \"name\""))?;
    members.rename(titled(parent, &name));
    check_name(&name, &members)?;
    let kinds = words!(Kind: String, Boolean, Decimal, Integer, DateTime, Binary, Reference, Complex);
    let kind = members.word("type", &kinds)?.unwrap_or(Kind::String);
    let base = Attribute::new(name, kind, members.text("description")?.unwrap_or_default());
    let mutabilities = words!(Mutability: ReadOnly, ReadWrite, Immutable, WriteOnly);
    let mutability = members.word("mutability", &mutabilities)?.unwrap_or(Mutability::ReadWrite);
    let canonical_values = members.texts("canonicalValues", CANONICAL_VALUES)?;
    let uniqueness = words!(Uniqueness: None, Server, Global);
    let made = Attribute {
        multi_valued: members.flag("multiValued")?,
        required: members.flag("required")?,
        case_exact: case_exact(kind, members.optional_flag("caseExact")?, base.case_exact),
        canonical_values: canonical_values.into_iter().map(Cow::Owned).collect(),
        mutability,
        returned: returned(&mut members, mutability)?,
        uniqueness: members.word("uniqueness", &uniqueness)?.unwrap_or(Uniqueness::None),
        reference_types: members.texts("referenceTypes", CANONICAL_VALUES)?,
        sub_attributes: sub_attributes(&mut members, &base.name, parent)?,
        ..base
    };
    check(&made, parent, &members)?;
    members.finish()?;
    Ok(made)
}

fn check_name(name: &str, members: &Members) -> Result<(), Error> {
    if name.len() > NAME_BYTES {
        return Err(limit(format!("the name of an attribute has at most {NAME_BYTES} bytes")));
    }
    if is_name(name) {
        return Ok(());
    }
    Err(members.refuse("has no attribute name: a name is a letter, then letters, digits, - and _ (RFC 7643 §2.1)"))
}

/// Text and references compare as declared. Binary values are exact whatever is said (§2.3.6), and for other types the
/// question means nothing.
fn case_exact(kind: Kind, said: Option<bool>, standard: bool) -> bool {
    match kind {
        Kind::String | Kind::Reference => said.unwrap_or(standard),
        Kind::Binary => true,
        Kind::Boolean | Kind::Decimal | Kind::Integer | Kind::DateTime | Kind::Complex => false,
    }
}

/// A `writeOnly` value shall not be returned (§7), so `never` is what it has when nothing is said.
fn returned(members: &mut Members, mutability: Mutability) -> Result<Returned, Error> {
    let said = members.word("returned", &words!(Returned: Always, Never, Default, Request))?;
    match (mutability, said) {
        (Mutability::WriteOnly, None | Some(Returned::Never)) => Ok(Returned::Never),
        (Mutability::WriteOnly, Some(_)) => {
            Err(members.refuse("is writeOnly, so \"returned\" can only be never (RFC 7643 §7)"))
        }
        (Mutability::ReadOnly | Mutability::ReadWrite | Mutability::Immutable, said) => {
            Ok(said.unwrap_or(Returned::Default))
        }
    }
}

fn sub_attributes(members: &mut Members, name: &str, parent: Option<&str>) -> Result<Vec<Attribute>, Error> {
    if parent.is_some() {
        if members.list("subAttributes", SUB_ATTRIBUTES)?.is_empty() {
            return Ok(Vec::new());
        }
        return Err(members.refuse("is a sub-attribute and cannot have sub-attributes (RFC 7643 §2.3.8)"));
    }
    list(members, "subAttributes", Some(name))
}

/// What characteristics say together.
fn check(made: &Attribute, parent: Option<&str>, members: &Members) -> Result<(), Error> {
    let complex = made.kind == Kind::Complex;
    if complex && parent.is_some() {
        return Err(members.refuse("is a sub-attribute and cannot be complex (RFC 7643 §2.3.8)"));
    }
    if made.multi_valued && parent.is_some() {
        return Err(
            members.refuse("is a sub-attribute and cannot be multi-valued here: make it an attribute of its own")
        );
    }
    if complex && made.sub_attributes.is_empty() {
        return Err(members.refuse("is complex and needs \"subAttributes\""));
    }
    if !complex && !made.sub_attributes.is_empty() {
        return Err(members.refuse("has \"subAttributes\", so its \"type\" must be complex"));
    }
    if made.kind != Kind::Reference && !made.reference_types.is_empty() {
        return Err(members.refuse("has \"referenceTypes\", so its \"type\" must be reference"));
    }
    if made.required && (made.read_only() || made.write_only()) {
        let why =
            "is required, so it cannot be readOnly or writeOnly: no client could ever give it a value that is kept";
        return Err(members.refuse(why));
    }
    Ok(())
}
