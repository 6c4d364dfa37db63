#!/usr/bin/env bash
# Fuzzes every target for a while, one after another, from the corpus that is committed.
#
#   fuzz.sh [SECONDS] [TARGET...]
#
# What it finds is kept outside the repository; a regression belongs into fuzz/corpus, where the tests replay it.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

need_toolchain
seconds=${1:-60}
targets=("${@:2}")
if (( ${#targets[@]} == 0 )); then
  for file in fuzz/fuzz_targets/*.rs; do
    targets+=("$(basename "$file" .rs)")
  done
fi

# A workspace and flags of its own, so a target directory of its own.
export CARGO_TARGET_DIR="$VESTIBULE_CACHE/fuzz-target"
# libFuzzer needs instrumentation that only a nightly compiler offers by itself.
export RUSTC_BOOTSTRAP=1
version=0.13.2
tools="$VESTIBULE_CACHE/tools"
export PATH="$tools/bin:$PATH"
if [[ "$(cargo-fuzz --version 2>/dev/null || true)" != "cargo-fuzz $version" ]]; then
  step "Building cargo-fuzz $version (once)"
  build=$(mktemp -d)
  trap 'rm -rf "$build"' EXIT
  CARGO_TARGET_DIR="$build" cargo install cargo-fuzz --version "$version" --locked --debug --quiet --root "$tools"
fi

for target in "${targets[@]}"; do
  step "Fuzzing $target for $seconds seconds"
  found="$VESTIBULE_CACHE/fuzz-corpus/$target"
  mkdir -p "$found"
  cargo fuzz run --sanitizer none "$target" "$found" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
done
