//! A schema of a tenant's own, read from its JSON form (RFC 7643 §7): what `/Schemas` of any server publishes can be
//! pasted as it is.

mod attribute;
mod change;
mod members;
mod unique;

use serde_json::Value;

use super::{ENTERPRISE_URN, Schema};
use crate::error::{Error, quoted};
use members::Members;

/// Longest URN of a declared schema, in bytes.
pub const URN_BYTES: usize = 255;
/// Largest declaration, in bytes of its JSON text.
pub const DECLARATION_BYTES: usize = 64 * 1024;
/// Most attributes of a declared schema.
pub const ATTRIBUTES: usize = 100;
/// Most sub-attributes of a declared attribute.
pub const SUB_ATTRIBUTES: usize = 50;
/// Most canonical values, and most reference types, of a declared attribute.
pub const CANONICAL_VALUES: usize = 100;
/// Longest name of a declared attribute, in bytes.
pub const NAME_BYTES: usize = 128;

/// Beginnings of URNs that standards have given a meaning.
const RESERVED: [&str; 2] = ["urn:ietf:params:scim:schemas:core", "urn:ietf:params:scim:api"];

impl Schema {
    /// Reads a schema as RFC 7643 §7 writes it, with the defaults of §2.2. Names and words are taken in any ASCII case;
    /// `schemas`, `meta` and nulls are passed over. What a text leaves open is settled as this crate publishes it:
    /// binary values compare exactly (§2.3.6), and a `writeOnly` attribute is never returned.
    ///
    /// # Errors
    /// 400 `invalidValue` that names the attribute: a member that RFC 7643 does not know or a value that it does not allow
    /// (reason `schema`), a URN that is none or is reserved (`schema_urn`), more than the constants of this module allow
    /// (`schema_limit`).
    pub fn read(value: Value) -> Result<Self, Error> {
        if value.to_string().len() > DECLARATION_BYTES {
            return Err(limit(format!("a schema has at most {DECLARATION_BYTES} bytes as JSON")));
        }
        let mut members = Members::of("the schema".to_owned(), value)?;
        members.pass_over("schemas");
        members.pass_over("meta");
        let id = members.text("id")?.ok_or_else(|| refused("the schema needs an \"id\", its URN".to_owned()))?;
        check_urn(&id)?;
        let schema = Self {
            name: members.text("name")?.unwrap_or_default(),
            description: members.text("description")?.unwrap_or_default(),
            attributes: attribute::list(&mut members, "attributes", None)?,
            id,
        };
        members.finish()?;
        if schema.attributes.is_empty() {
            return Err(refused("the schema needs \"attributes\", a list with at least one attribute".to_owned()));
        }
        Ok(schema)
    }
}

/// Whether a URN may be that of a declared schema: of the form of RFC 8141, with no character that an address, a filter or
/// a list of names would read otherwise, and not one that standards have given a meaning.
///
/// # Errors
/// 400 `invalidValue` with reason `schema_urn` or `schema_limit`.
pub fn check_urn(urn: &str) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::invalid_value("schema_urn", format!("{} {why}", quoted(urn))));
    if urn.len() > URN_BYTES {
        return Err(limit(format!("the URN of a schema has at most {URN_BYTES} bytes")));
    }
    if !is_urn(urn) {
        return refuse(
            "is not a URN for a schema: it has the form urn:namespace:name, where the name is made of letters, digits and - . _ ~ : +",
        );
    }
    let starts = |start: &str| urn.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start));
    if RESERVED.into_iter().any(starts) || are_ambiguous(urn, ENTERPRISE_URN) {
        return refuse("has a meaning in RFC 7643 already: choose a URN of your own");
    }
    Ok(())
}

/// `urn:`, a namespace of 2 to 32 letters, digits and hyphens, and a name (RFC 8141 §2).
pub(crate) fn is_urn(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let Some((namespace, name)) = rest.split_once(':') else { return false };
    let is_namespace = (2..=32).contains(&namespace.len())
        && namespace.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !namespace.starts_with('-')
        && !namespace.ends_with('-');
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:+".contains(&byte);
    scheme.eq_ignore_ascii_case("urn")
        && is_namespace
        && !name.is_empty()
        && !name.ends_with(':')
        && name.bytes().all(is_name)
}

/// Whether a path could mean either schema: the URNs are the same without regard to case, or one goes on, after a colon,
/// where the other ends. `urn:example:a:User:badge` would be the attribute `badge` of `urn:example:a:User`, or the whole
/// of another schema.
pub(crate) fn are_ambiguous(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    long.get(..short.len()).is_some_and(|start| start.eq_ignore_ascii_case(short))
        && matches!(long.as_bytes().get(short.len()), None | Some(b':'))
}

fn refused(why: String) -> Error {
    Error::invalid_value("schema", why)
}

fn limit(why: String) -> Error {
    Error::invalid_value("schema_limit", why)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
