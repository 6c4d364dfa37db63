#!/usr/bin/env bash
# The long form of the tests about what goes wrong: on SQLite, then on PostgreSQL.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

need_toolchain
scripts/install-packages.sh python3=python3 setpriv=util-linux
# Debian keeps the server's programs off the PATH.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || scripts/install-packages.sh initdb=postgresql

step 'Building'
cargo build "${cargo_selection[@]}"

faults=(cargo test --workspace --locked --test it -- --include-ignored --nocapture --test-threads=1 faults::)

step 'Faults on SQLite'
"${faults[@]}"

step 'Faults on PostgreSQL'
scripts/with-postgres.sh "${faults[@]}"
