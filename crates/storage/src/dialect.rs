//! Where SQLite and PostgreSQL differ.

use sea_orm::{DbBackend, Value};
use usher_core::UserId;
use uuid::Uuid;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) const fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }

    /// `column in (…)` over a list bound as one parameter, so that the statement's text does not depend on its length.
    pub(crate) fn is_in(self, column: &str, parameter: usize) -> String {
        match self {
            Self::Sqlite => format!("{column} in (select unhex(value) from json_each(${parameter}))"),
            Self::Postgres => {
                format!("{column} in (select value::uuid from jsonb_array_elements_text(${parameter}::jsonb))")
            }
        }
    }

    /// The ids of a bound list as rows with one column `id`.
    pub(crate) fn ids_as_rows(self, parameter: usize) -> String {
        match self {
            Self::Sqlite => format!("select unhex(value) as id from json_each(${parameter})"),
            Self::Postgres => format!("select value::uuid as id from jsonb_array_elements_text(${parameter}::jsonb)"),
        }
    }

    /// The groups of the user `u` as a JSON text: `[[group id, name], …]`.
    pub(crate) const fn groups_of_user(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "(select json_group_array(json_array(hex(g.group_id), g.display_name)) from memberships m \
                 join groups g on g.tenant_id = m.tenant_id and g.group_id = m.group_id \
                 where m.tenant_id = u.tenant_id and m.user_id = u.user_id)"
            }
            Self::Postgres => {
                "(select json_agg(json_build_array(g.group_id, g.display_name))::text from memberships m \
                 join groups g on g.tenant_id = m.tenant_id and g.group_id = m.group_id \
                 where m.tenant_id = u.tenant_id and m.user_id = u.user_id)"
            }
        }
    }

    /// The ids of the members of the group `g`, one after the other in 16 bytes each, in no order; null for none.
    pub(crate) const fn members_of_group(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "(select unhex(group_concat(hex(m.user_id), '')) from memberships m \
                 where m.tenant_id = g.tenant_id and m.group_id = g.group_id)"
            }
            Self::Postgres => {
                "(select string_agg(uuid_send(m.user_id), ''::bytea) from memberships m \
                 where m.tenant_id = g.tenant_id and m.group_id = g.group_id)"
            }
        }
    }

    /// What stands around a query for ids that is carried out once, before the rest. PostgreSQL without statistics, as it is
    /// after many rows came in, would otherwise carry it out for each row.
    pub(crate) const fn listed(self) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => (" in (", ")"),
            Self::Postgres => (" = any(array(", "))"),
        }
    }

    /// What stands before a column that is to be read from the row: SQLite, which has no statistics, would take an index of it
    /// and sort half a tenant; PostgreSQL decides by what it knows.
    pub(crate) const fn by_no_index(self) -> &'static str {
        match self {
            Self::Sqlite => "+",
            Self::Postgres => "",
        }
    }

    /// What locks a row that was read until the transaction ends; SQLite's write transactions are alone anyway.
    pub(crate) const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for no key update",
        }
    }

    /// What keeps a row that was read from being changed until the transaction ends, and lets others do the same.
    pub(crate) const fn for_share(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for share",
        }
    }

    /// What leaves out rows that another worker has locked.
    pub(crate) const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update skip locked",
        }
    }
}

/// A list of ids as one bound JSON text; both databases read 32 hexadecimal digits.
pub(crate) fn id_list(ids: impl IntoIterator<Item = Uuid>) -> Value {
    let mut text = String::from("[");
    for (index, id) in ids.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
        text.push('"');
    }
    text.push(']');
    text.into()
}

/// The same for users.
pub(crate) fn user_list(users: &[UserId]) -> Value {
    id_list(users.iter().map(|user| user.as_uuid()))
}
