# shellcheck shell=bash
# Sourced by every script beside it: the root of the repository, and the folders that outlive a clone.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Built and downloaded things live outside the clone, so that a fresh clone starts warm.
export VESTIBULE_CACHE="$HOME/.cache/vestibule"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$VESTIBULE_CACHE/target}"
mkdir -p "$VESTIBULE_CACHE"

# One selection of packages and targets for every build: another selection resolves other features,
# and Cargo would compile the dependencies a second time.
# shellcheck disable=SC2034  # used by the scripts that source this file
cargo_selection=(--workspace --all-targets --locked)

step() {
  printf '\n==> %s\n' "$*"
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Building needs a C compiler (AWS-LC and SQLite are C) and a Rust toolchain.
need_toolchain() {
  scripts/install-packages.sh cc=build-essential
  command -v cargo >/dev/null || fail 'cargo was not found: install Rust with rustup, or with your system'\''s packages'
}
