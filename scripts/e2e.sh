#!/usr/bin/env bash
# Runs tests/e2e against the built daemon: OpenID Connect clients that others wrote, a browser, an SMTP server.
#
#   e2e.sh [FILE...]    all test files, or only these
#
# With SCREENSHOT_DIR set, every page is pictured there: on a phone and a desktop, in light and dark.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

export VESTIBULE_BIN="${VESTIBULE_BIN:-$CARGO_TARGET_DIR/debug/vestibule}"
export RELYING_PARTY_BIN="${RELYING_PARTY_BIN:-$CARGO_TARGET_DIR/debug/relying-party}"
for built in "$VESTIBULE_BIN" "$RELYING_PARTY_BIN"; do
  [[ -x "$built" ]] || fail "$built was not found: build first"
done

scripts/install-packages.sh python3=python3 apache2=apache2-bin libapache2-mod-auth-openidc chromium=chromium
python3 -c 'import ensurepip' 2>/dev/null || scripts/install-packages.sh python3-venv
# shellcheck source=scripts/node.sh
source scripts/node.sh

if [[ -n "${SCREENSHOT_DIR:-}" ]]; then
  scripts/install-packages.sh fonts-inter fonts-noto-core
fi

fingerprint() {
  cat "$@" | sha256sum | cut -c 1-16
}

clients=$(fingerprint tests/e2e/package.json tests/e2e/package-lock.json)
if [[ "$(cat tests/e2e/node_modules/.fingerprint 2>/dev/null || true)" != "$clients" ]]; then
  step 'Installing the clients'
  npm ci --prefix tests/e2e --cache "$VESTIBULE_CACHE/npm" --prefer-offline --ignore-scripts --no-audit --no-fund </dev/null
  printf '%s\n' "$clients" > tests/e2e/node_modules/.fingerprint
fi

python="$VESTIBULE_CACHE/python/$(fingerprint tests/e2e/requirements.txt)"
if [[ ! -e "$python/complete" ]]; then
  step 'Installing the SMTP server and the Python client'
  python3 -m venv --clear "$python"
  "$python/bin/pip" install --quiet --disable-pip-version-check --requirement tests/e2e/requirements.txt </dev/null
  touch "$python/complete"
fi
export E2E_PYTHON="$python/bin/python"

if [[ -z "${VESTIBULE_PAGE_SAMPLES:-}" ]]; then
  step 'Rendering every page'
  VESTIBULE_PAGE_SAMPLES="$(mktemp --directory)"
  export VESTIBULE_PAGE_SAMPLES
  trap 'rm --recursive --force "$VESTIBULE_PAGE_SAMPLES"' EXIT
  cargo test --quiet --workspace --locked --lib -- every_page_in_every_language
fi

files=("$@")
if (( ${#files[@]} == 0 )); then
  files=(tests/e2e/*.test.mjs)
fi
# One file at a time: each starts a daemon, and the clients' time-outs are theirs, not ours. A file that hangs is ended.
node --test --test-reporter=spec --test-concurrency=1 --test-timeout=600000 "${files[@]}"
