#!/usr/bin/env bash
# Judges the dependencies by deny.toml, and by the advisory database where it can be fetched.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

version=0.20.2
tools="$VESTIBULE_CACHE/tools"
cargo_deny="$tools/bin/cargo-deny"

if [[ "$("$cargo_deny" --version 2>/dev/null || true)" != "cargo-deny $version" ]]; then
  step "Building cargo-deny $version (once)"
  # Not optimised, which takes a third of the time and is quick enough; in a target directory of its own, thrown away.
  build=$(mktemp -d)
  trap 'rm -rf "$build"' EXIT
  CARGO_TARGET_DIR="$build" cargo install cargo-deny --version "$version" --locked --debug --quiet --root "$tools"
fi

"$cargo_deny" --locked --workspace check bans licenses sources

if fetched=$(timeout 120 "$cargo_deny" --locked --workspace fetch db 2>&1); then
  "$cargo_deny" --locked --workspace check advisories
else
  printf '%s\n' "$fetched" | tail -n 3
  printf '\nadvisories NOT RUN: the advisory database could not be fetched.\n'
fi
