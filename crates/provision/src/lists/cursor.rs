//! Cursors (RFC 9865): a place in a list, sealed. A cursor grants nothing: whoever shows one has been let in before, and it says
//! something only to the connection that it was given to, about the query that it was given for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use usher_scim::list::Query;
use uuid::Uuid;

use super::Wanted;
use crate::TenantScope;

/// Longest text that can be a cursor: a name of 2 048 bytes and what stands around it stay below.
const LONGEST: usize = 8192;
/// What cursors are sealed for.
const PURPOSE: &str = "list cursor";
/// The first byte of what is sealed; another form gets another one.
const FORM: u8 = 1;
const BACKWARD: u8 = 1;
const HAS_MARK: u8 = 2;
const INCLUSIVE: u8 = 4;
const HAS_TOTAL: u8 = 8;
const GROUPS: u8 = 16;

/// Of which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Users,
    Groups,
    /// Users, then groups.
    All,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::All => "all",
        }
    }
}

/// A place beside a resource, or on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) id: Uuid,
    /// What the list is ordered by: a folded name, the bytes of a sort key, or nothing.
    pub(crate) key: Vec<u8>,
    /// Whether the resource itself comes too.
    pub(crate) inclusive: bool,
}

impl Mark {
    pub(crate) fn of_place(order: usher_storage::Order, id: Uuid, name: String) -> Self {
        let key = match order {
            usher_storage::Order::Id => Vec::new(),
            usher_storage::Order::Name { .. } => name.into_bytes(),
        };
        Self { id, key, inclusive: false }
    }
}

/// Where to go on, and in which direction. The default is the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) backward: bool,
    /// From nowhere is from the end that the direction comes from.
    pub(crate) from: Option<Mark>,
}

/// What a query asks for, but for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueryHash([u8; 16]);

impl QueryHash {
    /// Spelling does not count: `username SW "j"` is `userName sw "j"`.
    pub(crate) fn of<'a>(wanted: impl IntoIterator<Item = &'a Wanted>, query: &Query) -> Self {
        let names = |list: &Option<Vec<String>>| {
            let mut names: Vec<String> = list.iter().flatten().map(|name| name.trim().to_lowercase()).collect();
            names.sort();
            names
        };
        let mut asked = vec![serde_json::json!([names(&query.attributes), names(&query.excluded_attributes)])];
        for wanted in wanted {
            let filter = wanted.filter.as_ref().map(ToString::to_string);
            let sort = wanted.sort.as_ref().map(|sort| (sort.path.to_string(), sort.descending));
            asked.push(serde_json::json!([filter, sort]));
        }
        let digest = Sha256::digest(serde_json::Value::Array(asked).to_string().as_bytes());
        Self(std::array::from_fn(|place| digest[place]))
    }
}

/// A cursor, read or to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    issued: DateTime<Utc>,
    first: bool,
    /// Whether a list of users and groups has come to the groups.
    pub(crate) groups: bool,
    /// How many the list had when it was begun.
    pub(crate) total: Option<u64>,
    pub(crate) spot: Spot,
}

impl Cursor {
    /// Reads what a client sent; the empty cursor is the beginning.
    ///
    /// # Errors
    /// 400 `invalidCursor` for whatever was not given to this connection for this query; 400 `expiredCursor`.
    pub(crate) fn read(
        scope: &TenantScope,
        kind: Kind,
        text: &str,
        hash: QueryHash,
    ) -> Result<Self, usher_scim::Error> {
        let now = scope.provisioner.now();
        if text.is_empty() {
            return Ok(Self { issued: now, first: true, groups: false, total: None, spot: Spot::default() });
        }
        if text.len() > LONGEST {
            return Err(unknown());
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
        let plain =
            scope.provisioner.keys().open(PURPOSE, &fields(&owner(scope), kind), &sealed).ok_or_else(unknown)?;
        let (cursor, of) = Self::from_bytes(&plain).ok_or_else(unknown)?;
        if of != hash {
            let detail = "this cursor belongs to another query: send the filter, sortBy, sortOrder, attributes and \
                          excludedAttributes of the first page, or begin again with an empty \"cursor\"";
            return Err(usher_scim::Error::invalid_cursor("cursor_of_other_query", detail));
        }
        let seconds = scope.limits().cursor_seconds;
        if now - cursor.issued > TimeDelta::seconds(i64::from(seconds)) {
            let detail = format!("this cursor is older than {seconds} seconds: begin again with an empty \"cursor\"");
            return Err(usher_scim::Error::expired_cursor("cursor_expired", detail));
        }
        Ok(cursor)
    }

    /// Whether the list begins with it.
    pub(crate) const fn is_first(&self) -> bool {
        self.first
    }

    /// The same list at another spot.
    pub(crate) fn at(&self, spot: Spot, total: Option<u64>) -> Self {
        Self { first: false, total, spot, ..*self }
    }

    /// The same place among the groups, or among the users.
    pub(crate) fn among(self, groups: bool) -> Self {
        Self { groups, ..self }
    }

    /// What the client is given: letters, digits, `-` and `_`.
    pub(crate) fn text(&self, scope: &TenantScope, kind: Kind, hash: QueryHash) -> String {
        let issued = Self { issued: scope.provisioner.now(), ..self.clone() };
        let plain = issued.to_bytes(hash);
        let keys = scope.provisioner.keys();
        URL_SAFE_NO_PAD.encode(keys.seal(PURPOSE, &fields(&owner(scope), kind), &plain, scope.provisioner.entropy()))
    }

    fn to_bytes(&self, hash: QueryHash) -> Vec<u8> {
        let mark = self.spot.from.as_ref();
        let flags = [
            (self.spot.backward, BACKWARD),
            (mark.is_some(), HAS_MARK),
            (mark.is_some_and(|mark| mark.inclusive), INCLUSIVE),
            (self.total.is_some(), HAS_TOTAL),
            (self.groups, GROUPS),
        ];
        let flags = flags.into_iter().filter(|(set, _)| *set).fold(0, |all, (_, flag)| all | flag);
        let mut out = vec![FORM, flags];
        out.extend(self.issued.timestamp_millis().to_be_bytes());
        out.extend(hash.0);
        out.extend(self.total.unwrap_or_default().to_be_bytes());
        out.extend(mark.map(|mark| mark.id).unwrap_or_default().as_bytes());
        out.extend(mark.map(|mark| mark.key.as_slice()).unwrap_or_default());
        out
    }

    fn from_bytes(bytes: &[u8]) -> Option<(Self, QueryHash)> {
        let ([FORM, flags], rest) = bytes.split_first_chunk::<2>()? else { return None };
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (hash, rest) = rest.split_first_chunk::<16>()?;
        let (total, rest) = rest.split_first_chunk::<8>()?;
        let (id, key) = rest.split_first_chunk::<16>()?;
        let has = |flag| flags & flag != 0;
        let mark = Mark { id: Uuid::from_bytes(*id), key: key.to_vec(), inclusive: has(INCLUSIVE) };
        let cursor = Self {
            issued: DateTime::from_timestamp_millis(i64::from_be_bytes(*issued))?,
            first: false,
            groups: has(GROUPS),
            total: has(HAS_TOTAL).then(|| u64::from_be_bytes(*total)),
            spot: Spot { backward: has(BACKWARD), from: has(HAS_MARK).then_some(mark) },
        };
        Some((cursor, QueryHash(*hash)))
    }
}

/// Whose cursors they are.
fn owner(scope: &TenantScope) -> [[u8; 16]; 2] {
    [*scope.tenant().as_bytes(), *scope.connection().as_bytes()]
}

/// What a cursor is bound to.
fn fields(owner: &[[u8; 16]; 2], kind: Kind) -> [&[u8]; 3] {
    [&owner[0], &owner[1], kind.as_str().as_bytes()]
}

/// The text is no cursor of this list.
pub(crate) fn unknown() -> usher_scim::Error {
    let detail = "this is no cursor that was given out for this list: send \"nextCursor\" or \"previousCursor\" of an answer \
                  as it is, or begin with an empty \"cursor\"";
    usher_scim::Error::invalid_cursor("cursor_unknown", detail)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::{Cursor, Mark, QueryHash, Spot};

    #[test]
    fn a_cursor_comes_back_from_its_bytes() {
        let mark = Mark { id: Uuid::from_u128(7), key: b"ada".to_vec(), inclusive: true };
        let other = Mark { id: Uuid::nil(), key: Vec::new(), inclusive: false };
        for (total, groups, from) in
            [(None, false, None), (Some(0), true, Some(mark)), (Some(u64::MAX), false, Some(other))]
        {
            for backward in [false, true] {
                let spot = Spot { backward, from: from.clone() };
                let issued = DateTime::from_timestamp_millis(1_790_000_000_123).unwrap();
                let cursor = Cursor { issued, first: false, groups, total, spot };
                let hash = QueryHash(*b"0123456789abcdef");
                let bytes = cursor.to_bytes(hash);
                assert_eq!(Cursor::from_bytes(&bytes), Some((cursor, hash)));
                assert_eq!(Cursor::from_bytes(&bytes[..49]), None);
                assert_eq!(Cursor::from_bytes(&[&[2], &bytes[1..]].concat()), None, "another form");
            }
        }
    }
}
