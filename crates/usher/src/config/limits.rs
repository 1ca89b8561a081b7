//! `[limits]`

use super::section::section;

section! {
    /// How much one request may ask for. What is over a limit is refused with an error of SCIM.
    Limits = "limits" {
        /// Length of a request's body, in bytes.
        body_bytes: u64 = 1_048_576, in 4096..=104_857_600;
        /// Length of a filter, in bytes. It counts in one URL, which is bounded too.
        filter_bytes: u64 = 8192, in 256..=65_536;
        /// Nesting of parentheses and brackets in a filter.
        filter_depth: u64 = 20, in 1..=50;
        /// Comparisons in one filter.
        filter_terms: u64 = 100, in 1..=1000;
        /// Nesting of lists and objects in a body.
        json_depth: u64 = 64, in 8..=127;
        /// Operations in one PATCH.
        patch_operations: u64 = 1000, in 1..=100_000;
        /// Members that one request on a group may add or remove.
        patch_members: u64 = 10_000, in 1..=1_000_000;
        /// Users or groups on one page of a list.
        page: u64 = 200, in 1..=1000;
        /// How long a cursor of a list is good, in seconds.
        cursor_seconds: u64 = 3600, in 60..=86_400;
        /// How long a search that no index answers may take, in seconds; it may wait as long for its turn before.
        scan_seconds: u64 = 20, in 1..=25;
        /// Length of userName, externalId, displayName and an e-mail address, in bytes.
        name_bytes: u64 = 1024, in 64..=2048;
        /// Operations in one bulk request. What is published as `maxOperations` is this or `patch_operations`, whichever
        /// is less, because there are clients that take it as the number for one PATCH.
        bulk_operations: u64 = 1000, in 1..=10_000;
        /// Length of a bulk request's body, in bytes. Each of its operations is bounded by `body_bytes` besides.
        bulk_bytes: u64 = 4_194_304, in 4096..=104_857_600;
    }
}
