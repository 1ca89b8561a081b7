//! docs/SECURITY.md names tests as proof: they exist.

use crate::sources::{root, rust_files};

#[test]
fn every_test_that_the_security_page_names_exists() {
    let page = std::fs::read_to_string(root().join("docs/SECURITY.md")).expect("docs/SECURITY.md is there");
    let table: Vec<&str> = page.lines().filter(|line| line.starts_with("| R-")).collect();
    assert!(table.len() > 30, "the table of incidents is there");
    let files = rust_files(&root().join("crates"));
    let sources: String = files.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    for row in table {
        let tests = row.rsplit('|').nth(1).unwrap_or_default();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no proof in {row}");
        for name in names {
            assert!(sources.contains(name), "{name} is named in docs/SECURITY.md and stands nowhere");
        }
    }
}
