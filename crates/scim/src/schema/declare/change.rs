//! From one declaration of a schema to the next.

use super::Schema;
use crate::error::{Error, quoted};
use crate::schema::Attribute;

impl Schema {
    /// Whether `next` can take the place of this declaration: an attribute of both keeps its type and whether it is a list,
    /// because values of the old form are stored. Everything else may change.
    ///
    /// # Errors
    /// 409 with reason `schema_incompatible` that names the attribute and says what to do.
    pub fn check_change(&self, next: &Self) -> Result<(), Error> {
        each(&self.attributes, &next.attributes, None)
    }
}

fn each(before: &[Attribute], after: &[Attribute], parent: Option<&str>) -> Result<(), Error> {
    for old in before {
        let Some(new) = after.iter().find(|new| new.name.eq_ignore_ascii_case(&old.name)) else { continue };
        let path = parent.map_or_else(|| old.name.clone(), |parent| format!("{parent}.{}", old.name));
        if old.kind != new.kind {
            return Err(incompatible(&path, &format!("is of type {}", old.kind.as_str())));
        }
        if old.multi_valued != new.multi_valued {
            let form = if old.multi_valued { "is a list" } else { "is no list" };
            return Err(incompatible(&path, form));
        }
        // sub-attributes have none themselves
        if parent.is_none() {
            each(&old.sub_attributes, &new.sub_attributes, Some(&old.name))?;
        }
    }
    Ok(())
}

fn incompatible(path: &str, form: &str) -> Error {
    let detail = format!(
        "attribute {} {form}, and values of that form may be stored: give the new attribute another name, or delete the schema and declare it anew",
        quoted(path)
    );
    Error::new(409, None, "schema_incompatible", detail)
}
