#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own, which is gone when the command ends.
#
#   with-postgres.sh COMMAND [ARGUMENT...]
#
# The command finds the server's administrator in VESTIBULE_TEST_POSTGRES_URL.
set -euo pipefail

# Debian keeps the server's programs off the PATH, one folder a version: the newest is taken.
programs=
for folder in /usr/lib/postgresql/*/bin; do
  if [[ -x "$folder/initdb" ]]; then
    programs=$folder/
  fi
done
if [[ -z "$programs" ]] && ! command -v initdb >/dev/null; then
  printf 'error: the PostgreSQL server was not found\n' >&2
  exit 1
fi

home=$(mktemp -d)
server=
# shellcheck disable=SC2317  # reached through the trap below
stop() {
  if [[ -n "$server" ]]; then
    # A fast shutdown: open connections are closed, not waited for.
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# PostgreSQL refuses to run as root.
as_user=()
if (( EUID == 0 )); then
  as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups --reset-env)
  chown postgres "$home"
fi

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s' "$password" > "$home/password"
chmod 0644 "$home/password"

# A linguistic collation, as most installations have, so that an order that leans on it shows.
"${as_user[@]}" "${programs}initdb" --pgdata="$home/data" --username=vestibule --pwfile="$home/password" \
  --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en \
  --no-sync >/dev/null
rm "$home/password"

# What the cluster holds is worth nothing tomorrow, so it does not wait for the disk.
"${as_user[@]}" "${programs}postgres" -D "$home/data" -p "$port" -h 127.0.0.1 -k "$home" \
  -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 \
  >"$home/log" 2>&1 &
server=$!

for (( tries = 0; ; tries++ )); do
  if "${programs}pg_isready" --quiet --host=127.0.0.1 --port="$port"; then
    break
  fi
  if (( tries >= 300 )) || ! kill -0 "$server" 2>/dev/null; then
    cat "$home/log" >&2
    printf 'error: PostgreSQL did not start\n' >&2
    exit 1
  fi
  sleep 0.1
done

status=0
VESTIBULE_TEST_POSTGRES_URL="postgres://vestibule:$password@127.0.0.1:$port/postgres" "$@" || status=$?
if (( status != 0 )); then
  printf '\nThe last lines of PostgreSQL'\''s log:\n' >&2
  tail -n 20 "$home/log" >&2
fi
exit "$status"
