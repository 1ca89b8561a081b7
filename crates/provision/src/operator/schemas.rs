//! Schemas that a connection declares.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use usher_core::{Reason, ResourceType};
use usher_scim::dialect::Dialect;
use usher_scim::schema::Schema;
use usher_scim::{Definition, Error as ScimError, Map};
use usher_storage::{ConnectionRecord, Held, SchemaRecord, Subject, TenantStore, UniqueValue};

use super::OperatorScope;
use super::tokens::named;
use crate::definitions::{build, read};
use crate::events::fact;
use crate::unique::row;
use crate::{Error, Provisioner};

/// Schemas that one connection may declare.
const MOST: usize = 20;

/// A declared schema as the operator sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Declared {
    /// Its URN.
    pub urn: String,
    /// Which resources it extends: `User` or `Group`.
    pub resource: ResourceType,
    /// When it was last declared.
    pub changed_at: DateTime<Utc>,
    /// What was declared, as `/Schemas` publishes it (RFC 7643 §7).
    pub schema: Value,
}

impl From<SchemaRecord> for Declared {
    fn from(record: SchemaRecord) -> Self {
        Self { urn: record.urn, resource: record.resource, changed_at: record.changed_at, schema: record.declaration }
    }
}

/// A connection and what it declares.
pub(super) struct Found {
    pub(super) store: TenantStore,
    pub(super) connection: ConnectionRecord,
    pub(super) schemas: Vec<SchemaRecord>,
}

impl Found {
    fn known(&self, urn: &str) -> Option<&SchemaRecord> {
        self.schemas.iter().find(|known| known.urn.eq_ignore_ascii_case(urn))
    }

    /// Users and groups as the connection would see them with these schemas instead, if it works with them.
    fn check(&self, schemas: &[SchemaRecord]) -> Result<(Definition, Definition), Error> {
        let dialect = Dialect::of(self.connection.kind.as_str()).unwrap_or(Dialect::generic());
        build(dialect, &self.connection.settings.required, read(schemas)?)
    }
}

impl OperatorScope {
    /// The schemas that a connection declares, by URN.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or connection.
    pub async fn schemas(&self, tenant: &str, connection: &str) -> Result<Vec<Declared>, Error> {
        Ok(self.declared(tenant, connection).await?.schemas.into_iter().map(Declared::from).collect())
    }

    /// Declares a schema on a connection, or changes it, and says whether it is new. `body` is the schema as RFC 7643 §7
    /// writes it; `resource`, or a member `resourceType` of the body, says which resources it extends, and need not be said
    /// again of one that is there. From then on the connection reads, keeps, searches and publishes its attributes; other
    /// processes notice within seconds.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant or connection; [`Error::Scim`] with 400 for what is no schema, or more of
    /// them than 20, and 409 when values that are stored would not fit (reason `schema_incompatible`) or would have to be
    /// unique and are not (`schema_not_unique`), or the connection requires an attribute that would be gone
    /// (`schema_in_use`).
    pub async fn declare_schema(
        &self,
        (tenant, connection, urn): (&str, &str, &str),
        resource: Option<&str>,
        body: Value,
        request_id: Option<&str>,
    ) -> Result<(Declared, bool), Error> {
        let found = self.declared(tenant, connection).await?;
        let (resource, schema) = wanted(resource, body, found.known(urn))?;
        if !schema.id.eq_ignore_ascii_case(urn) {
            return Err(refused("schema", "the \"id\" of the schema must be the URN in the address").into());
        }
        let record = SchemaRecord {
            urn: schema.id.clone(),
            resource,
            declaration: schema.to_json(),
            changed_at: self.provisioner.now(),
        };
        let before = found.known(urn).cloned();
        if let Some(before) = before.as_ref().filter(|before| before.declaration == record.declaration) {
            return Ok((before.clone().into(), false));
        }
        let mut next: Vec<_> =
            found.schemas.iter().filter(|known| !known.urn.eq_ignore_ascii_case(urn)).cloned().collect();
        next.push(record.clone());
        if next.len() > MOST {
            let detail = format!("a connection declares {MOST} schemas at most: put the attributes into one of them");
            return Err(refused("schema_limit", detail).into());
        }
        let (user, group) = found.check(&next).map_err(in_use)?;
        let definition = match resource {
            ResourceType::User => user,
            ResourceType::Group => group,
        };
        let values = |attributes: &str| unique_values(&definition, &schema, attributes);
        let held = held(before.as_ref(), &schema, &values)?;
        let (kind, old) = match &before {
            None => ("connection.schema_declared", Value::Null),
            Some(before) => ("connection.schema_changed", before.declaration.clone()),
        };
        let data =
            json!({ "urn": record.urn, "resource": record.resource, "before": old, "after": record.declaration });
        let event = self.told(&found, kind, data, request_id);
        found.store.put_schema(&found.connection, &record, held, &[event]).await?;
        self.provisioner.inner.access.forget();
        Ok((record.into(), before.is_none()))
    }

    /// Takes a declared schema back. What users and groups have under it is no longer seen; it stays stored until they are
    /// next replaced, and is seen again if the schema is declared again.
    ///
    /// # Errors
    /// [`Error::Request`] for an unknown tenant, connection or URN; [`Error::Scim`] with 409 when the connection requires
    /// an attribute of it (reason `schema_in_use`).
    pub async fn remove_schema(
        &self,
        (tenant, connection, urn): (&str, &str, &str),
        request_id: Option<&str>,
    ) -> Result<(), Error> {
        let found = self.declared(tenant, connection).await?;
        let known = found.known(urn).cloned();
        let known = known.ok_or_else(|| {
            Error::Request(Reason::NotFound, "the connection declares no schema with this URN".to_owned())
        })?;
        let rest: Vec<_> = found.schemas.iter().filter(|other| other.urn != known.urn).cloned().collect();
        found.check(&rest).map_err(in_use)?;
        let data = json!({ "urn": known.urn, "resource": known.resource, "before": known.declaration, "after": null });
        let event = self.told(&found, "connection.schema_removed", data, request_id);
        found.store.delete_schema(&found.connection, &known.urn, &[event]).await?;
        self.provisioner.inner.access.forget();
        Ok(())
    }

    pub(super) async fn declared(&self, tenant: &str, connection: &str) -> Result<Found, Error> {
        let (_, store) = self.find(tenant).await?;
        let known = store.connections().await?;
        let missing = || Error::Request(Reason::NotFound, "there is no such connection".to_owned());
        let connection = named(&known, connection).ok_or_else(missing)?.clone();
        let schemas = store.schemas(connection.id).await?;
        Ok(Found { store, connection, schemas })
    }

    fn told(&self, found: &Found, kind: &str, data: Value, request_id: Option<&str>) -> usher_storage::NewEvent {
        let provisioner: &Provisioner = &self.provisioner;
        fact(provisioner, &Self::context(request_id), kind, Subject::Connection(found.connection.id), data)
    }
}

/// The schema that a request asks for and what it extends, checked against what is there.
fn wanted(
    resource: Option<&str>,
    body: Value,
    known: Option<&SchemaRecord>,
) -> Result<(ResourceType, Schema), ScimError> {
    let Value::Object(mut body) = body else {
        return Err(refused("schema", "the body must be a schema, a JSON object"));
    };
    let inside = take_resource_type(&mut body)?;
    let schema = Schema::read(Value::Object(body))?;
    schema.check_uniqueness()?;
    let said = match (resource.map(of_text).transpose()?, inside) {
        (Some(one), Some(other)) if one != other => {
            return Err(refused("schema", "the address and \"resourceType\" in the body name different resources"));
        }
        (said, inside) => said.or(inside),
    };
    let resource = said.or(known.map(|known| known.resource)).ok_or_else(|| {
        refused("schema", "say what the schema extends: ?resource=User or ?resource=Group in the address")
    })?;
    if let Some(known) = known {
        if known.resource != resource {
            let detail =
                format!("the schema extends {}: delete it first, or choose another URN", known.resource.as_str());
            return Err(ScimError::new(409, None, "schema_incompatible", detail));
        }
        Schema::read(known.declaration.clone())?.check_change(&schema)?;
    }
    Ok((resource, schema))
}

/// What a declaration means for the values that are unique under the one before.
fn held<'a>(
    before: Option<&SchemaRecord>,
    schema: &Schema,
    values: &'a (dyn Fn(&str) -> Vec<UniqueValue> + Send + Sync),
) -> Result<Held<'a>, ScimError> {
    let before = before.map(|before| Schema::read(before.declaration.clone())).transpose()?;
    Ok(match before {
        Some(before) if before.has_uniqueness_of(schema) => Held::Keep,
        Some(_) | None if schema.has_unique() => Held::Take(values),
        Some(_) | None => Held::Free,
    })
}

/// The values under a schema that a stored resource has alone. What cannot be read has none: reading it is an error of its
/// own.
fn unique_values(definition: &Definition, schema: &Schema, attributes: &str) -> Vec<UniqueValue> {
    let mut attributes: Map = serde_json::from_str(attributes).unwrap_or_default();
    definition.conform(&mut attributes);
    schema.unique_values(&attributes).into_iter().map(row).collect()
}

fn take_resource_type(body: &mut Map) -> Result<Option<ResourceType>, ScimError> {
    let key = body.keys().find(|key| key.eq_ignore_ascii_case("resourceType")).cloned();
    match key.and_then(|key| body.shift_remove(&key)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => of_text(&text).map(Some),
        Some(_) => Err(refused("schema", "\"resourceType\" is User or Group")),
    }
}

fn of_text(text: &str) -> Result<ResourceType, ScimError> {
    ResourceType::parse(text).ok_or_else(|| refused("schema", "a schema extends User or Group"))
}

fn refused(reason: &'static str, detail: impl Into<String>) -> ScimError {
    ScimError::invalid_value(reason, detail)
}

/// A path that the connection requires and no schema has any more.
fn in_use(error: Error) -> Error {
    match error {
        Error::Scim(error) if error.scim_type == Some(usher_scim::ScimType::InvalidPath) => {
            let detail = format!(
                "the connection requires an attribute of this schema ({error}): take it out of \"required\" first"
            );
            ScimError::new(409, None, "schema_in_use", detail).into()
        }
        other => other,
    }
}
