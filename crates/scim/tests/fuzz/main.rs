//! The parsers fed with whatever bytes: noise, and well-formed requests that were cut, doubled and spliced. Each function of
//! [`targets`] takes bytes, as a fuzzer would call it, and panics when something is wrong.
//!
//! `USHER_FUZZ_CASES=1000000 cargo test --release -p usher-scim --test fuzz` runs as many cases of each as one has time for.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of this is a test")]

mod mutate;
mod seeds;
mod targets;

use proptest::prelude::*;

/// Cases of each target, half of them noise.
const CASES: u32 = 4_000;

fn cases() -> ProptestConfig {
    let asked = std::env::var("USHER_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(asked.unwrap_or(CASES)) }
}

macro_rules! fuzz {
    ($($name:ident from $seeds:expr;)+) => {
        $(proptest! {
            #![proptest_config(cases())]
            #[test]
            fn $name(bytes in mutate::any_of($seeds)) {
                targets::$name(&bytes);
            }
        })+

        /// A target that never gets past the first check proves nothing.
        #[test]
        fn every_seed_is_read() {
            $(for seed in $seeds {
                assert!(targets::$name(seed.as_bytes()), "{}: {seed}", stringify!($name));
            })+
        }
    };
}

fuzz! {
    json_text from seeds::BODIES;
    filter from seeds::FILTERS;
    patch_path from seeds::PATHS;
    patch_of_a_user from seeds::PATCHES;
    patch_of_a_group from seeds::GROUP_PATCHES;
    user from seeds::BODIES;
    query from seeds::QUERIES;
    declared_schema from seeds::SCHEMAS;
    bulk from seeds::BULKS;
}
