//! A client of an identity provider, as data.

use super::catalogue;
use super::need::Need;
use super::{LENIENCIES, Leniency, Reach, leniency};

/// What is known of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Short name: lower case, digits and `-`.
    pub name: &'static str,
    /// The product, as its vendor writes it.
    pub client: &'static str,
    /// Name of the kind of connection under which it comes. Several dialects may share one.
    pub kind: &'static str,
    /// Beginnings of its `User-Agent`, as far as seen. Nothing may depend on them: proxies and vendors change them.
    pub user_agents: &'static [&'static str],
    /// What it sends that the RFC does not say.
    pub sends: Sends,
    /// What else is peculiar in its requests, and within the RFC; one sentence each.
    pub habits: &'static [&'static str],
    /// What it needs in answers.
    pub needs: &'static [Need],
    /// How it changes users and groups.
    pub updates: Updates,
    /// What it sends for somebody who leaves.
    pub leaver: Leaver,
    /// What its PATCH requests are answered with.
    pub answers: Answers,
    /// How it reads lists.
    pub paging: Paging,
    /// What it does when an answer fails or is late.
    pub retries: Retries,
    /// Where all this can be read; never empty.
    pub sources: &'static [Source],
}

/// Which leniencies a client needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// Those of these names.
    Named(&'static [&'static str]),
    /// Any of them that is unambiguous.
    Anything,
}

impl Sends {
    fn includes(self, leniency: &Leniency) -> bool {
        match self {
            Self::Anything => leniency.reach == Reach::Everybody,
            Self::Named(names) => names.contains(&leniency.name),
        }
    }
}

/// How resources are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Updates {
    /// Users.
    pub users: Method,
    /// Groups and their members.
    pub groups: Method,
}

/// By which method a client updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// PUT of the whole resource.
    Put,
    /// PATCH.
    Patch,
    /// PUT or PATCH, by a setting or by what changes.
    Either,
    /// It does not push such resources.
    Never,
    /// No public source says.
    Unknown,
}

/// What a client sends for somebody who leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leaver {
    /// `active: false`, never a DELETE.
    Deactivates,
    /// `active: false`, and a DELETE when the person is deleted at the source.
    DeactivatesThenDeletes,
    /// One of both, as the admin set it there.
    AdminChooses,
    /// No public source says.
    Unknown,
}

/// What PATCH is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// Of a user.
    pub patch_user: PatchAnswer,
    /// Of a group.
    pub patch_group: PatchAnswer,
}

/// The answer to a PATCH that does not ask for `attributes`; one that does is always answered with the resource
/// (RFC 7644 §3.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatchAnswer {
    /// 200 with the resource.
    Resource,
    /// 204.
    NoContent,
}

/// How a client reads lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paging {
    /// By `startIndex` and this `count`.
    Index {
        /// Resources it asks for on a page.
        count: u32,
    },
    /// By `startIndex`, one more than it has seen, without `count`, until `totalResults`. An empty page before that loops for ever.
    IndexWithoutCount,
    /// By a page size that the admin sets there.
    Configurable,
    /// It only looks single resources up.
    LookUpsOnly,
    /// No public source says.
    Unknown,
}

/// What a client does when an answer fails or is late. `None` is: no public source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How long it waits for an answer, in seconds.
    pub timeout_seconds: Option<u32>,
    /// How often it sends a request in all.
    pub attempts: Option<u32>,
    /// When it tries again, in words; empty if no public source says.
    pub schedule: &'static str,
    /// What it makes of a 429.
    pub retry_after: RetryAfter,
    /// Requests a second that it may send for one tenant.
    pub requests_per_second: Option<u32>,
}

/// What a client makes of `Retry-After` beside a 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// It waits as told, if told in whole seconds.
    WholeSeconds,
    /// It does not try again.
    NoRetry,
    /// No public source says.
    Unknown,
}

/// A public text, and how far it goes as a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Vendor or repository, and document.
    pub what: &'static str,
    /// The date that the text itself bears, as `YYYY-MM-DD` or a part of it from the left.
    pub date: Option<&'static str>,
    /// Whose word it is.
    pub evidence: Evidence,
}

/// Whose word a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// A standard.
    Standard,
    /// The vendor's own text.
    Vendor,
    /// The client's source code.
    Code,
    /// A captured request, or a report of somebody who received it.
    Seen,
    /// A third party's set-up guide, from which requests are inferred.
    Guide,
}

impl Dialect {
    /// Every dialect; the last one is `generic`.
    #[must_use]
    pub fn all() -> &'static [Self] {
        catalogue::ALL
    }

    /// A dialect by its name, which the name of every kind of connection is, in any ASCII case.
    #[must_use]
    pub fn of(kind: &str) -> Option<&'static Self> {
        Self::all().iter().find(|dialect| dialect.name.eq_ignore_ascii_case(kind))
    }

    /// The dialects that come under one kind of connection; none for a name that is no kind.
    pub fn under(kind: &str) -> impl Iterator<Item = &'static Self> {
        Self::all().iter().filter(move |dialect| dialect.kind.eq_ignore_ascii_case(kind))
    }

    /// The dialect of any SCIM 2.0 client.
    #[must_use]
    pub fn generic() -> &'static Self {
        catalogue::GENERIC
    }

    /// The leniencies this client needs.
    pub fn leniencies(&self) -> impl Iterator<Item = &'static Leniency> {
        let sends = self.sends;
        LENIENCIES.iter().filter(move |leniency| sends.includes(leniency))
    }

    /// Whether requests of this client are read with the leniency of this name. What one flavour under a kind of connection
    /// sends is taken from all of them: a connection cannot tell them apart.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        leniency(name).is_some_and(|leniency| match leniency.reach {
            Reach::Everybody => true,
            Reach::Named => Self::under(self.kind).any(|flavour| flavour.sends.includes(leniency)),
        })
    }

    /// Whether this client fails without something in answers.
    #[must_use]
    pub fn needs(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }
}

impl Source {
    /// A text that bears a date.
    pub(super) const fn dated(what: &'static str, date: &'static str, evidence: Evidence) -> Self {
        Self { what, date: Some(date), evidence }
    }

    /// A text that bears none; read in November 2026.
    pub(super) const fn undated(what: &'static str, evidence: Evidence) -> Self {
        Self { what, date: None, evidence }
    }
}
