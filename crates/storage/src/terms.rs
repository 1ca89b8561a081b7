//! What can be searched for: a closed set of terms, each with an index, becomes SQL. No text of a client ever names a column.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use usher_core::{ConnectionId, GroupId, UserId};

use crate::dialect::Dialect;
use crate::time::millis;

/// Which users. Texts named `folded` went through [`usher_core::fold`].
#[derive(Clone, Debug, PartialEq)]
pub enum UserTerm {
    /// All of them.
    All,
    /// Nobody.
    Nobody,
    /// The one of this id.
    Id(UserId),
    /// `userName eq`, folded.
    UserName(String),
    /// `externalId eq` among the users of a connection.
    ExternalId(ConnectionId, String),
    /// Somebody with this address among theirs, folded.
    Email(String),
    /// `displayName eq`, folded.
    DisplayName(String),
    /// `displayName sw`, folded.
    DisplayNamePrefix(String),
    /// `active eq`.
    Active(bool),
    /// A bound on `meta.lastModified`.
    Changed(Changed),
    /// Member of a group.
    Group(GroupId),
    /// All of these.
    And(Vec<UserTerm>),
}

/// Which groups.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupTerm {
    /// All of them.
    All,
    /// None.
    Nothing,
    /// The one of this id.
    Id(GroupId),
    /// `displayName eq`, folded.
    DisplayName(String),
    /// `displayName sw`, folded.
    DisplayNamePrefix(String),
    /// `externalId eq` among the groups of a connection.
    ExternalId(ConnectionId, String),
    /// A group that has this member.
    Member(UserId),
    /// A bound on `meta.lastModified`.
    Changed(Changed),
    /// All of these.
    And(Vec<GroupTerm>),
}

/// When something last changed, in whole milliseconds as rows have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Not before this instant.
    pub since: Option<DateTime<Utc>>,
    /// Before this instant, which is left out.
    pub before: Option<DateTime<Utc>>,
}

impl Changed {
    /// At this instant or later.
    #[must_use]
    pub const fn since(at: DateTime<Utc>) -> Self {
        Self { since: Some(at), before: None }
    }

    /// Both bounds at once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let earlier = |one: Option<_>, other: Option<_>| one.into_iter().chain(other).min();
        Self { since: self.since.max(other.since), before: earlier(self.before, other.before) }
    }
}

/// How a range is searched: it may hold two rows or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ranges {
    /// By itself: the database counts what the index has.
    Plain,
    /// It holds few: their ids are collected from the index, whatever the order of the list is.
    Listed,
    /// It holds many: the rows are walked in the order of the list, and most of them are in it.
    Walked,
}

/// A condition and its bound values.
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    dialect: Dialect,
    ranges: Ranges,
}

/// The names that differ between users and groups.
struct Names {
    /// Rows of which table, and what hides a row.
    rows: &'static str,
    id: &'static str,
    alias: &'static str,
}

const USERS: Names = Names {
    rows: "select x.user_id from users x where x.tenant_id = $1 and x.hidden_at is null and ",
    id: "u.user_id",
    alias: "u",
};
const GROUPS: Names =
    Names { rows: "select x.group_id from groups x where x.tenant_id = $1 and ", id: "g.group_id", alias: "g" };

/// A range of an index.
enum Range<'a> {
    Prefix(&'a str),
    Changed(Changed),
}

impl Sql {
    /// What every condition on listed users begins with; the tenant is `$1`.
    pub(crate) fn of_users(tenant: Value, dialect: Dialect, ranges: Ranges, term: &UserTerm) -> Self {
        let text = "u.tenant_id = $1 and u.hidden_at is null and ".to_owned();
        let mut sql = Self { text, values: vec![tenant], dialect, ranges };
        sql.user(term);
        sql
    }

    /// The same for groups.
    pub(crate) fn of_groups(tenant: Value, dialect: Dialect, ranges: Ranges, term: &GroupTerm) -> Self {
        let mut sql = Self { text: "g.tenant_id = $1 and ".to_owned(), values: vec![tenant], dialect, ranges };
        sql.group(term);
        sql
    }

    pub(crate) fn bind(&mut self, before: &str, value: impl Into<Value>, after: &str) {
        self.values.push(value.into());
        let place = self.values.len().to_string();
        for part in [before, "$", &place, after] {
            self.text.push_str(part);
        }
    }

    fn all<T>(&mut self, terms: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (index, term) in terms.iter().enumerate() {
            if index > 0 {
                self.text.push_str(" and ");
            }
            each(self, term);
        }
        if terms.is_empty() {
            self.text.push_str("1 = 1");
        }
    }

    fn user(&mut self, term: &UserTerm) {
        match term {
            UserTerm::All => self.text.push_str("1 = 1"),
            UserTerm::Nobody => self.text.push_str("1 = 0"),
            UserTerm::Id(id) => self.bind("u.user_id = ", id.as_uuid(), ""),
            UserTerm::UserName(folded) => self.bind("u.user_name_folded = ", folded.as_str(), ""),
            UserTerm::ExternalId(connection, text) => {
                self.bind("u.connection_id = ", connection.as_uuid(), " and ");
                self.bind("u.external_id = ", text.as_str(), "");
            }
            UserTerm::Email(folded) => {
                self.bind(
                    "u.user_id in (select x.user_id from users x where x.tenant_id = $1 and x.email_folded = ",
                    folded.as_str(),
                    " union all ",
                );
                self.bind(
                    "select e.user_id from user_emails e where e.tenant_id = $1 and e.email_folded = ",
                    folded.as_str(),
                    ")",
                );
            }
            // As a list of ids: SQLite, which has no statistics, would rather walk the whole tenant in the order asked for.
            UserTerm::DisplayName(folded) => {
                let before = format!("u.user_id in ({}x.display_name_folded = ", USERS.rows);
                self.bind(&before, folded.as_str(), ")");
            }
            UserTerm::DisplayNamePrefix(folded) => self.range(&USERS, &Range::Prefix(folded)),
            UserTerm::Active(active) => self.bind("u.active = ", *active, ""),
            UserTerm::Changed(changed) => self.range(&USERS, &Range::Changed(*changed)),
            UserTerm::Group(group) => {
                self.bind(
                    "u.user_id in (select m.user_id from memberships m where m.tenant_id = $1 and m.group_id = ",
                    group.as_uuid(),
                    ")",
                );
            }
            UserTerm::And(terms) => self.all(terms, Self::user),
        }
    }

    fn group(&mut self, term: &GroupTerm) {
        match term {
            GroupTerm::All => self.text.push_str("1 = 1"),
            GroupTerm::Nothing => self.text.push_str("1 = 0"),
            GroupTerm::Id(id) => self.bind("g.group_id = ", id.as_uuid(), ""),
            GroupTerm::DisplayName(folded) => self.bind("g.display_name_folded = ", folded.as_str(), ""),
            GroupTerm::DisplayNamePrefix(folded) => self.range(&GROUPS, &Range::Prefix(folded)),
            GroupTerm::ExternalId(connection, text) => {
                self.bind("g.connection_id = ", connection.as_uuid(), " and ");
                self.bind("g.external_id = ", text.as_str(), "");
            }
            GroupTerm::Member(user) => {
                self.bind(
                    "g.group_id in (select m.group_id from memberships m where m.tenant_id = $1 and m.user_id = ",
                    user.as_uuid(),
                    ")",
                );
            }
            GroupTerm::Changed(changed) => self.range(&GROUPS, &Range::Changed(*changed)),
            GroupTerm::And(terms) => self.all(terms, Self::group),
        }
    }

    /// A range. Only the first one of a condition is worth a list of its own.
    fn range(&mut self, names: &Names, range: &Range<'_>) {
        match self.ranges {
            Ranges::Listed => {
                self.ranges = Ranges::Walked;
                let (before, after) = self.dialect.listed();
                self.text.extend([names.id, before, names.rows]);
                self.bounds("x.", range);
                self.text.push_str(after);
            }
            Ranges::Plain => self.bounds(&format!("{}.", names.alias), range),
            Ranges::Walked => {
                let column = format!("{}{}.", self.dialect.by_no_index(), names.alias);
                self.bounds(&column, range);
            }
        }
    }

    fn bounds(&mut self, column: &str, range: &Range<'_>) {
        match range {
            Range::Prefix(prefix) => {
                self.bind(&format!("{column}display_name_folded >= "), *prefix, "");
                if let Some(end) = after_prefix(prefix) {
                    self.bind(&format!(" and {column}display_name_folded < "), end, "");
                }
            }
            Range::Changed(changed) => {
                let since = changed.since.unwrap_or(DateTime::UNIX_EPOCH);
                self.bind(&format!("{column}updated_at >= "), millis(since), "");
                if let Some(before) = changed.before {
                    self.bind(&format!(" and {column}updated_at < "), millis(before), "");
                }
            }
        }
    }

    /// How many rows the first range of a term holds, counted up to `most`; `None` without a range.
    pub(crate) fn size_of_user_range(tenant: Value, dialect: Dialect, term: &UserTerm, most: u64) -> Option<Self> {
        Some(Self::size(tenant, dialect, &USERS, &user_range(term)?, most))
    }

    /// The same for groups.
    pub(crate) fn size_of_group_range(tenant: Value, dialect: Dialect, term: &GroupTerm, most: u64) -> Option<Self> {
        Some(Self::size(tenant, dialect, &GROUPS, &group_range(term)?, most))
    }

    fn size(tenant: Value, dialect: Dialect, names: &Names, range: &Range<'_>, most: u64) -> Self {
        let text = format!("select count(*) from ({}", names.rows);
        let mut sql = Self { text, values: vec![tenant], dialect, ranges: Ranges::Plain };
        sql.bounds("x.", range);
        // Cast: SQLite looks at a bare parameter of a limit while it plans, and so plans again at each binding.
        sql.bind(" limit cast(", i64::try_from(most).unwrap_or(i64::MAX), " as bigint)) few");
        sql
    }
}

/// The range that decides how a condition is searched; none where something sharper decides.
fn user_range(term: &UserTerm) -> Option<Range<'_>> {
    match term {
        UserTerm::DisplayNamePrefix(prefix) => Some(Range::Prefix(prefix)),
        UserTerm::Changed(changed) => Some(Range::Changed(*changed)),
        UserTerm::And(terms) if terms.iter().any(is_sharp_user) => None,
        UserTerm::And(terms) => terms.iter().find_map(user_range),
        UserTerm::All
        | UserTerm::Nobody
        | UserTerm::Id(_)
        | UserTerm::UserName(_)
        | UserTerm::ExternalId(..)
        | UserTerm::Email(_)
        | UserTerm::DisplayName(_)
        | UserTerm::Active(_)
        | UserTerm::Group(_) => None,
    }
}

fn group_range(term: &GroupTerm) -> Option<Range<'_>> {
    match term {
        GroupTerm::DisplayNamePrefix(prefix) => Some(Range::Prefix(prefix)),
        GroupTerm::Changed(changed) => Some(Range::Changed(*changed)),
        GroupTerm::And(terms) if terms.iter().any(is_sharp_group) => None,
        GroupTerm::And(terms) => terms.iter().find_map(group_range),
        GroupTerm::All
        | GroupTerm::Nothing
        | GroupTerm::Id(_)
        | GroupTerm::DisplayName(_)
        | GroupTerm::ExternalId(..)
        | GroupTerm::Member(_) => None,
    }
}

/// Whether a term by itself leaves few rows.
fn is_sharp_user(term: &UserTerm) -> bool {
    match term {
        UserTerm::Nobody
        | UserTerm::Id(_)
        | UserTerm::UserName(_)
        | UserTerm::ExternalId(..)
        | UserTerm::Email(_)
        | UserTerm::DisplayName(_)
        | UserTerm::Group(_) => true,
        UserTerm::And(terms) => terms.iter().any(is_sharp_user),
        UserTerm::All | UserTerm::DisplayNamePrefix(_) | UserTerm::Active(_) | UserTerm::Changed(_) => false,
    }
}

fn is_sharp_group(term: &GroupTerm) -> bool {
    match term {
        GroupTerm::Nothing
        | GroupTerm::Id(_)
        | GroupTerm::DisplayName(_)
        | GroupTerm::ExternalId(..)
        | GroupTerm::Member(_) => true,
        GroupTerm::And(terms) => terms.iter().any(is_sharp_group),
        GroupTerm::All | GroupTerm::DisplayNamePrefix(_) | GroupTerm::Changed(_) => false,
    }
}

/// The least text that is greater than every text with this prefix, both compared by code points; `None` if there is none.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        // A range of characters leaves out the surrogates, which are none.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Changed, after_prefix};

    #[test]
    fn the_end_of_a_prefix_is_the_next_text_without_it() {
        for (prefix, end) in [
            ("a", Some("b")),
            ("ab", Some("ac")),
            ("a\u{10ffff}", Some("b")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("\u{7f}", Some("\u{80}")),
            ("\u{ffff}", Some("\u{10000}")),
            ("", None),
            ("\u{10ffff}\u{10ffff}", None),
        ] {
            assert_eq!(after_prefix(prefix).as_deref(), end, "{prefix:?}");
        }
    }

    #[test]
    fn two_windows_leave_what_is_in_both() {
        let at = |second| DateTime::from_timestamp(second, 0);
        let one = Changed { since: at(1), before: None };
        let other = Changed { since: at(0), before: at(5) };
        assert_eq!(one.and(other), Changed { since: at(1), before: at(5) });
        assert_eq!(other.and(Changed { since: None, before: at(3) }), Changed { since: at(0), before: at(3) });
    }
}
