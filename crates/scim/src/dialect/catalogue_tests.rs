use std::collections::BTreeSet;

use super::*;

/// The names of the kinds of connection, read where they are defined: this crate depends on no other, not even in tests.
fn kinds() -> BTreeSet<&'static str> {
    let settings = include_str!("../../../core/src/settings.rs");
    let names = settings
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => \"")?.1.strip_suffix("\","));
    names.collect()
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    digits && [4, 2, 2].starts_with(&lengths)
}

#[test]
fn every_kind_of_connection_has_a_dialect_of_its_name() {
    let kinds = kinds();
    assert_eq!(kinds.len(), 13, "{kinds:?}");
    for kind in &kinds {
        assert_eq!(Dialect::of(kind).map(|dialect| dialect.kind), Some(*kind));
        assert_eq!(Dialect::of(&kind.to_uppercase()), Dialect::of(kind));
    }
    let used: BTreeSet<&str> = Dialect::all().iter().map(|dialect| dialect.kind).collect();
    assert_eq!(used, kinds, "a dialect comes under no kind but these");
}

#[test]
fn every_dialect_is_there_once_and_generic_is_the_last() {
    let names: Vec<&str> = Dialect::all().iter().map(|dialect| dialect.name).collect();
    for (index, name) in names.iter().enumerate() {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{name}");
        assert!(!names[..index].contains(name), "{name}");
    }
    assert_eq!(names.last(), Some(&"generic"));
    assert_eq!(Dialect::of("zoho"), None);
    assert_eq!(Dialect::of(""), None);
}

#[test]
fn a_kind_has_all_its_flavours() {
    let flavours = |kind| Dialect::under(kind).map(|dialect| dialect.name).collect::<Vec<_>>();
    assert_eq!(flavours("entra"), ["entra", "entra-patch-2017"]);
    assert_eq!(flavours("miniorange"), ["miniorange", "workday-through-miniorange"]);
    assert_eq!(flavours("sailpoint"), ["sailpoint"]);
    assert_eq!(flavours("generic"), ["generic"]);
    assert!(flavours("zoho").is_empty());
}

#[test]
fn every_leniency_that_a_dialect_names_exists() {
    for dialect in Dialect::all() {
        match dialect.sends {
            Sends::Anything => {
                assert!(dialect.leniencies().eq(LENIENCIES.iter().filter(|one| dialect.takes(one.name))));
            }
            Sends::Named(names) => {
                for name in names {
                    assert!(leniency(name).is_some(), "{}: {name}", dialect.name);
                }
                assert_eq!(dialect.leniencies().count(), names.len(), "{}: a name stands twice", dialect.name);
            }
        }
    }
}

#[test]
fn a_client_that_a_leniency_names_has_it_in_its_dialect() {
    for leniency in LENIENCIES {
        for named in Dialect::all().iter().filter(|dialect| leniency.client.contains(dialect.client)) {
            let sent = Dialect::under(named.kind).any(|dialect| dialect.leniencies().any(|one| one == leniency));
            assert!(sent, "{} sends {}", named.client, leniency.name);
        }
    }
}

#[test]
fn a_leniency_that_a_dialect_names_says_so_too() {
    for dialect in Dialect::all().iter().filter(|dialect| dialect.sends != Sends::Anything) {
        let vendor = dialect.client.split(' ').next().unwrap();
        for leniency in dialect.leniencies() {
            assert!(leniency.client.contains(vendor), "{} is not named in {}", vendor, leniency.name);
        }
    }
}

#[test]
fn every_dialect_has_sources_that_can_be_found_again() {
    for dialect in Dialect::all() {
        assert!(!dialect.sources.is_empty(), "{}", dialect.name);
        for (index, source) in dialect.sources.iter().enumerate() {
            assert!(source.what.len() > 10, "{}: {}", dialect.name, source.what);
            assert!(source.date.is_none_or(is_date), "{}: {:?}", dialect.name, source.date);
            assert!(dialect.sources[..index].iter().all(|other| other.what != source.what), "{}", source.what);
        }
    }
    assert!(["2026-03-19", "2015-09", "2018"].into_iter().all(is_date));
    assert!(!["", "March 2026", "2026-3-19", "2026-03-19-1"].into_iter().any(is_date));
}

#[test]
fn a_needed_thing_is_named_once() {
    for dialect in Dialect::all() {
        let needs: std::collections::HashSet<Need> = dialect.needs.iter().copied().collect();
        assert_eq!(needs.len(), dialect.needs.len(), "{}", dialect.name);
        assert!(!dialect.client.is_empty() && !dialect.kind.is_empty(), "{}", dialect.name);
    }
}

#[test]
fn patches_are_answered_as_entra_and_all_others_take_it() {
    for dialect in Dialect::all() {
        let expected = Answers { patch_user: PatchAnswer::Resource, patch_group: PatchAnswer::NoContent };
        assert_eq!(dialect.answers, expected, "{}", dialect.name);
    }
    assert!(Dialect::under("entra").all(|dialect| dialect.needs.contains(&Need::NoBodyOnGroupPatch)));
}
