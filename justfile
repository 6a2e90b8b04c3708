# Short names for what CONTRIBUTING.md explains. `just` lists them.

_default:
    @just --list

# All tests, or those that match
test *filter:
    cargo test --workspace {{filter}}

# Formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# The demo: writes demo.db and demo.html
demo:
    cargo run --release --example demo

# A simulated portal on port 8092
sandbox *args:
    cargo run -p sandbox -- {{args}}

# Bring .sqlx up to date after a change to a query or a migration
sqlx:
    .ci/sqlx write

# What must pass before a merge
ci:
    .ci/run

# The recipes of docs/engines.md, with the real engines
engines:
    .ci/engines

# Packages for Debian and RPM systems, proved in a bare Debian root; needs root on Debian
package:
    .ci/package
