//! Folding of names: the one function behind uniqueness, matching and filters.
