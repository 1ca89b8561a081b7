//! The bounds every parser of this crate keeps while it reads.

/// Bounds on requests. The defaults are what the service publishes; each field may be set by configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of a filter in bytes. Real filters stay under 2 KB (note to Microsoft's reference code, PR 138).
    pub filter_bytes: usize,
    /// Nesting of parentheses and brackets in a filter.
    pub filter_depth: usize,
    /// Comparisons in one filter.
    pub filter_terms: usize,
    /// Length of a request body in bytes.
    pub body_bytes: usize,
    /// Nesting of arrays and objects in a body, at most 127.
    pub json_depth: usize,
    /// Operations in one PATCH.
    pub patch_operations: usize,
    /// Member values in one request on a group.
    pub patch_members: usize,
    /// Resources on one page of a list.
    pub page: usize,
    /// Length of `userName`, `externalId`, `displayName` and of an e-mail address in bytes, as sent and folded:
    /// they are indexed, and a PostgreSQL index row ends at 2,704 bytes.
    pub name_bytes: usize,
    /// Operations in one bulk request.
    pub bulk_operations: usize,
    /// Length of a bulk request in bytes; the data of each of its operations is bounded by `body_bytes`.
    pub bulk_bytes: usize,
    /// Values of one multi-valued attribute of a resource, other than `members`.
    pub elements: usize,
    /// Length of the `path` of a PATCH operation in bytes.
    pub path_bytes: usize,
    /// How long a cursor of a list is good, in seconds.
    pub cursor_seconds: u32,
    /// How long a search without an index may look at resources, in seconds. It may wait as long for its turn.
    pub scan_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            filter_bytes: 8192,
            filter_depth: 20,
            filter_terms: 100,
            body_bytes: 1 << 20,
            json_depth: 64,
            patch_operations: 1000,
            patch_members: 10_000,
            page: 200,
            name_bytes: 1024,
            bulk_operations: 1000,
            bulk_bytes: 4 << 20,
            elements: 500,
            path_bytes: 8192,
            cursor_seconds: 3600,
            scan_seconds: 20,
        }
    }
}
