//! A list of groups whose members are too many to stand in memory: they are read and written out while the answer is sent,
//! some groups at a time.

use std::collections::VecDeque;
use std::sync::OnceLock;

use serde_json::Value;
use usher_core::GroupId;
use usher_scim::Projection;

use super::shown::ManyMembers;
use crate::{Error, TenantScope};

/// Members of all groups of a page that stand in the answer itself; some 200 bytes each as JSON text.
pub(super) const FEW: u64 = 5_000;
/// Groups whose members are read with one query; 16 bytes a member.
const GROUPS: usize = 20;
/// Members written out in one piece.
const PIECE: usize = 100;

/// A list as it is answered.
#[derive(Debug)]
pub struct Listed {
    /// The list (RFC 7644 §3.4.2).
    pub body: Value,
    /// The members that `body` does not hold; see [`LaterMembers::text`].
    pub later: Option<LaterMembers>,
}

/// Which groups of a list have their members written out later. Each of them has one member instead, whose id is the mark.
#[derive(Debug)]
pub(super) struct Later {
    /// An id that nobody has and nobody can guess, so that no value of a client's is taken for it.
    pub(super) mark: String,
    groups: OnceLock<Vec<GroupId>>,
}

impl Later {
    pub(super) const fn new(mark: String) -> Self {
        Self { mark, groups: OnceLock::new() }
    }

    /// Leaves the members of these groups, in the order of the list, for later.
    pub(super) fn leave(&self, groups: &[GroupId]) {
        // A list is shown once.
        let _ = self.groups.set(groups.to_vec());
    }
}

/// The members of a list's groups, not read yet.
pub struct LaterMembers {
    scope: TenantScope,
    groups: Vec<GroupId>,
    template: Vec<String>,
    mark: String,
}

impl std::fmt::Debug for LaterMembers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LaterMembers({} groups)", self.groups.len())
    }
}

impl LaterMembers {
    /// What was left for later, if anything of a member is shown at all.
    pub(super) fn of(scope: &TenantScope, later: Later, projection: &Projection) -> Option<Self> {
        let groups = later.groups.into_inner()?;
        let template = scope.template(projection)?;
        Some(Self { scope: scope.clone(), groups, template, mark: later.mark })
    }

    /// The JSON text of the list, in pieces.
    #[must_use]
    pub fn text(self, body: &Value) -> LongText {
        let marked = format!("[{}]", self.template.join(&self.mark));
        let between = body.to_string().split(&marked).map(str::to_owned).collect();
        let Self { scope, groups, template, .. } = self;
        LongText { scope, template, between, groups: groups.into(), read: VecDeque::new(), current: None }
    }
}

/// The JSON text of a list with all members of its groups.
pub struct LongText {
    scope: TenantScope,
    template: Vec<String>,
    /// What stands before the members of the first group, between two groups, and behind the last.
    between: VecDeque<String>,
    /// Groups whose members are not read yet.
    groups: VecDeque<GroupId>,
    /// Groups whose members are read.
    read: VecDeque<ManyMembers>,
    /// The group that is being written, and how many of its members are.
    current: Option<(ManyMembers, usize)>,
}

impl LongText {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Unavailable`] and [`Error::Storage`] when the members cannot be read: the answer has to be cut off.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        if let Some((members, from)) = &mut self.current
            && *from < members.len()
        {
            let text = members.text(*from, PIECE);
            *from += PIECE;
            return Ok(Some(text));
        }
        let mut text = if self.current.take().is_some() { "]".to_owned() } else { String::new() };
        let Some(between) = self.between.pop_front() else {
            return Ok(Some(text).filter(|text| !text.is_empty()));
        };
        text.push_str(&between);
        if let Some(members) = self.next_group().await? {
            text.push('[');
            self.current = Some((members, 0));
        }
        Ok(Some(text))
    }

    async fn next_group(&mut self) -> Result<Option<ManyMembers>, Error> {
        if self.read.is_empty() {
            let groups: Vec<GroupId> = self.groups.drain(..self.groups.len().min(GROUPS)).collect();
            let mut members = self.scope.store.members_by_group(&groups).await?;
            let read = groups.iter().map(|group| members.remove(group).unwrap_or_default());
            self.read = read.map(|ids| ManyMembers::new(self.template.clone(), ids)).collect();
        }
        Ok(self.read.pop_front())
    }
}
