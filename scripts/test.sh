#!/usr/bin/env bash
# Runs every test there is: on SQLite, on PostgreSQL, and against real clients and a real browser.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

need_toolchain
scripts/install-packages.sh python3=python3 setpriv=util-linux
# Debian keeps the server's programs off the PATH.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || scripts/install-packages.sh initdb=postgresql

step 'Building'
cargo build "${cargo_selection[@]}"

step 'Tests on SQLite'
cargo test --workspace --locked

step 'Tests of the load bench'
cargo test --manifest-path benches/Cargo.toml --package load

step 'Tests on PostgreSQL'
scripts/with-postgres.sh cargo test --workspace --locked --test '*'

scripts/deploy.sh

step 'Tests with real clients and a real browser'
scripts/e2e.sh
