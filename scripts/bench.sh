#!/usr/bin/env bash
# Measures Vestibule as it is released, the floor and the peer, and prints the table.
#
#   bench.sh [--only TEXT]   only the rows whose name holds TEXT
#   bench.sh --write         also puts the table into docs/performance.md
#   bench.sh --hot           the hot functions instead, by criterion
#
# Databases are made below BENCH_DATA (by default the system's folder for temporary files): its disk is what is measured.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

need_toolchain
built="$CARGO_TARGET_DIR/release"

if [[ "${1:-}" == --hot ]]; then
  step 'Measuring the hot functions'
  exec cargo bench --manifest-path benches/Cargo.toml --package hot
fi

scripts/install-packages.sh npm=npm

step 'Building'
cargo build --release --workspace --locked
cargo build --release --manifest-path benches/Cargo.toml --package load --package floor

step 'Installing the peer'
npm ci --prefix benches/peer --cache "$VESTIBULE_CACHE/npm" --prefer-offline --ignore-scripts --no-audit --no-fund </dev/null
node=$(compgen -G 'benches/peer/node_modules/node-linux-*/bin/node') || fail 'the npm registry has no Node.js for this machine'

step 'Measuring'
"$built/load" --vestibule "$built/vestibule" --floor "$built/floor" --peer "$node" benches/peer \
  --data "${BENCH_DATA:-${TMPDIR:-/tmp}}" "$@"
