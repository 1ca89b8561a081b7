//! The schemas as connections see them, made once and shared.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use usher_core::{ConnectionId, ResourceType};
use usher_scim::Definition;
use usher_scim::dialect::Dialect;
use usher_scim::schema::{Attribute, Schema};
use usher_storage::{ConnectionRecord, SchemaRecord, StorageError};

use crate::Error;

/// Definitions remembered at most; some 20 KB each where no schema is declared.
const REMEMBERED: usize = 500;
/// Declared attributes remembered at most, sub-attributes included; some 300 bytes each.
const REMEMBERED_ATTRIBUTES: usize = 100_000;

/// A dialect by its name, and the attributes that a connection requires.
type Seen = (&'static str, Vec<String>);

/// Users and groups as a connection sees them.
pub(crate) type Both = (Arc<Definition>, Arc<Definition>);

/// The schemas as connections see them. Connections of one dialect that require the same and declare nothing share one.
#[derive(Default)]
pub(crate) struct Definitions {
    groups: Mutex<HashMap<&'static str, Arc<Definition>>>,
    users: Mutex<HashMap<Seen, Arc<Definition>>>,
    declared: Mutex<HashMap<ConnectionId, Declared>>,
}

/// What was made of the declarations of a connection as they stood at a revision.
struct Declared {
    revision: i64,
    both: Both,
    attributes: usize,
}

impl Definitions {
    pub(crate) fn of_groups(&self, dialect: &'static Dialect) -> Arc<Definition> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let known = groups.entry(dialect.name).or_insert_with(|| Arc::new(Definition::group().speaking(dialect)));
        Arc::clone(known)
    }

    pub(crate) fn of_users(&self, dialect: &'static Dialect, required: &[String]) -> Result<Arc<Definition>, Error> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (dialect.name, required.to_vec());
        if let Some(known) = users.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(requiring(&Definition::user().speaking(dialect), required)?);
        if users.len() >= REMEMBERED {
            users.clear();
        }
        users.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// The definitions of a connection that declares schemas, if they were made since it last changed.
    pub(crate) fn known(&self, connection: &ConnectionRecord) -> Option<Both> {
        let declared = self.declared.lock().unwrap_or_else(PoisonError::into_inner);
        let known = declared.get(&connection.id).filter(|known| known.revision == connection.revision)?;
        Some(known.both.clone())
    }

    /// Makes and remembers the definitions of a connection that declares schemas.
    pub(crate) fn declare(
        &self,
        dialect: &'static Dialect,
        connection: &ConnectionRecord,
        schemas: &[SchemaRecord],
    ) -> Result<Both, Error> {
        let schemas = read(schemas)?;
        let attributes = schemas.iter().map(|(_, schema)| count(&schema.attributes)).sum();
        let (user, group) = build(dialect, &connection.settings.required, schemas)?;
        let both = (Arc::new(user), Arc::new(group));
        let mut declared = self.declared.lock().unwrap_or_else(PoisonError::into_inner);
        let held: usize = declared.values().map(|known| known.attributes).sum();
        if declared.len() >= REMEMBERED || held.saturating_add(attributes) > REMEMBERED_ATTRIBUTES {
            declared.clear();
        }
        declared.insert(connection.id, Declared { revision: connection.revision, both: both.clone(), attributes });
        Ok(both)
    }
}

fn count(attributes: &[Attribute]) -> usize {
    attributes.iter().map(|attribute| 1 + attribute.sub_attributes.len()).sum()
}

/// The schemas of stored declarations.
pub(crate) fn read(schemas: &[SchemaRecord]) -> Result<Vec<(ResourceType, Schema)>, Error> {
    let one = |record: &SchemaRecord| {
        let broken = || StorageError::Inconsistent {
            table: "connection_schemas",
            column: "declaration",
            id: record.urn.clone(),
        };
        Schema::read(record.declaration.clone()).map(|schema| (record.resource, schema)).map_err(|_| broken().into())
    };
    schemas.iter().map(one).collect()
}

/// Users and groups with these schemas, users with these attributes required.
///
/// # Errors
/// [`Error::Scim`] for schemas that do not go together, or a required path that none of them has.
pub(crate) fn build(
    dialect: &'static Dialect,
    required: &[String],
    schemas: Vec<(ResourceType, Schema)>,
) -> Result<(Definition, Definition), Error> {
    let (mut user, mut group) = (Definition::user().speaking(dialect), Definition::group().speaking(dialect));
    for (resource, schema) in schemas {
        match resource {
            ResourceType::User => user = user.extended(schema)?,
            ResourceType::Group => group = group.extended(schema)?,
        }
    }
    Ok((requiring(&user, required)?, group))
}

fn requiring(user: &Definition, required: &[String]) -> Result<Definition, Error> {
    let paths: Vec<&str> = required.iter().map(String::as_str).collect();
    Ok(user.requiring(&paths)?)
}
