//! Values that declared schemas let stand once, from the definition to the row.

use usher_scim::{Definition, Map, resource};
use usher_storage::{UniqueValue, UniqueValues};

use crate::TenantScope;

impl TenantScope {
    /// What a user with these attributes has alone; `None` where nothing is declared unique.
    pub(crate) fn unique_of_user(&self, attributes: &Map) -> Option<UniqueValues> {
        self.unique(self.user_definition(), attributes)
    }

    /// What a group with these attributes has alone; `None` where nothing is declared unique.
    pub(crate) fn unique_of_group(&self, attributes: &Map) -> Option<UniqueValues> {
        self.unique(self.group_definition(), attributes)
    }

    fn unique(&self, definition: &Definition, attributes: &Map) -> Option<UniqueValues> {
        let values = definition.unique_values(attributes)?.into_iter().map(row).collect();
        Some(UniqueValues { connection: self.connection(), values })
    }
}

/// A value as storage keeps it.
pub(crate) fn row(value: resource::UniqueValue) -> UniqueValue {
    UniqueValue { urn: value.urn, attribute: value.attribute, value: value.value }
}
