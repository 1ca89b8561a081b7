//! Sorting in memory: of all keys that are offered, those of one page are kept.

use std::collections::BTreeSet;

use usher_scim::SortKey;

/// Most keys that are kept; some 600 bytes each at most.
pub(crate) const KEPT: usize = 100_000;

/// The first keys of an order, or its last ones.
pub(crate) struct Best<Id> {
    keys: BTreeSet<(SortKey, Id)>,
    most: usize,
    last: bool,
}

impl<Id: Ord> Best<Id> {
    /// Keeps `most` keys, the last ones if `last`.
    pub(crate) const fn new(most: usize, last: bool) -> Self {
        Self { keys: BTreeSet::new(), most, last }
    }

    /// Offers a key. `false` when more would have to be kept than there is room for.
    pub(crate) fn offer(&mut self, key: SortKey, id: Id) -> bool {
        self.keys.insert((key, id));
        if self.keys.len() > self.most {
            if self.last {
                self.keys.pop_first()
            } else {
                self.keys.pop_last()
            };
        }
        self.keys.len() <= KEPT
    }

    /// What was kept, in order.
    pub(crate) fn into_keys(self) -> Vec<(SortKey, Id)> {
        self.keys.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use usher_scim::{Definition, SortBy};

    use super::Best;

    #[test]
    fn the_first_or_the_last_are_kept_in_order() {
        let by = SortBy::parse("title", false, &Definition::user()).unwrap();
        let kept = |most, last| {
            let mut best = Best::new(most, last);
            for (id, title) in [(1, "d"), (2, "a"), (3, "c"), (4, "a"), (5, "b")] {
                assert!(best.offer(by.key(json!({ "title": title }).as_object().unwrap()), id));
            }
            best.into_keys().into_iter().map(|(_, id)| id).collect::<Vec<_>>()
        };
        assert_eq!(kept(3, false), [2, 4, 5]);
        assert_eq!(kept(2, true), [3, 1]);
        assert_eq!(kept(9, true), [2, 4, 5, 3, 1]);
        assert_eq!(kept(0, false), [0_i32; 0]);
    }
}
