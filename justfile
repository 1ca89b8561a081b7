# Short names for the commands of this repository. Each works without `just` as well.

# list the recipes
default:
    @just --list

# compile everything, tests too
build:
    cargo build --workspace --all-targets

# run every test; `just test -p usher-core` runs one crate's
test *args:
    cargo xtask test -- {{args}}

# start usher with SQLite and a demo tenant
run *args:
    cargo run -- {{args}}

# start the PostgreSQL and SMTP servers that tests use, until Ctrl-C
servers:
    cargo xtask servers

# measure the release binary on SQLite and PostgreSQL; `just bench --quick` takes less time
bench *args:
    cargo xtask bench {{args}}

# write docs/CONFIGURATION.md from the binary
docs:
    cargo xtask docs

# all that a change must pass
ci:
    .ci/run
