#!/usr/bin/env bash
# What can be said about the source without running the product.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

need_toolchain
scripts/install-packages.sh shellcheck=shellcheck

step 'Formatting'
cargo fmt --all --check

step 'Shell scripts'
shellcheck --external-sources scripts/*.sh .ci/run

step 'Lints'
cargo clippy "${cargo_selection[@]}" -- --deny warnings

step 'Benches'
# Not locked: their lock file follows the daemon's dependencies by itself.
cargo fmt --manifest-path benches/Cargo.toml --all --check
cargo clippy --manifest-path benches/Cargo.toml --workspace --all-targets -- --deny warnings

step 'Dependencies'
scripts/cargo-deny.sh

step 'Rules of the house'
cargo test --workspace --locked --test it -- house_rules
