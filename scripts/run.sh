#!/usr/bin/env bash
# Builds the daemon and the example relying party, and starts both for a person to click through.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

need_toolchain

step 'Building'
cargo build "${cargo_selection[@]}"

exec "$CARGO_TARGET_DIR/debug/vestibule" dev --example "$CARGO_TARGET_DIR/debug/relying-party" "$@"
