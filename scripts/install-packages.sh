#!/usr/bin/env bash
# Installs the Debian packages that are missing, and no others.
#
#   install-packages.sh cc=build-essential libapache2-mod-auth-openidc
#
# `command=package` asks for the package only when the command is not there; a bare name asks the package manager.
# No server that a package brings is started by its installation.
set -euo pipefail

installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

missing=()
for wanted in "$@"; do
  if [[ "$wanted" == *=* ]]; then
    command -v "${wanted%%=*}" >/dev/null || missing+=("${wanted#*=}")
  else
    installed "$wanted" || missing+=("$wanted")
  fi
done
if (( ${#missing[@]} == 0 )); then
  exit 0
fi

if ! command -v apt-get >/dev/null; then
  printf 'error: install these with your package manager, then try again: %s\n' "${missing[*]}" >&2
  exit 1
fi

as_root=()
if (( EUID != 0 )); then
  as_root=(sudo)
fi

# invoke-rc.d asks this file before it starts a service; 101 means no.
policy=/usr/sbin/policy-rc.d
kept="$policy.before-vestibule"
restore_policy() {
  if [[ -e "$kept" ]]; then
    "${as_root[@]}" mv --force "$kept" "$policy"
  else
    "${as_root[@]}" rm --force "$policy"
  fi
}

printf '==> Installing %s\n' "${missing[*]}"
# One that is kept already was left by an installation that could not end.
if [[ -e "$policy" && ! -e "$kept" ]]; then
  "${as_root[@]}" cp --preserve "$policy" "$kept"
fi
trap restore_policy EXIT
printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
"${as_root[@]}" chmod 0755 "$policy"

# Another installation may hold the lock for a while.
apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 --quiet=2)
"${apt_get[@]}" update </dev/null
"${apt_get[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null
