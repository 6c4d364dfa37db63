#!/usr/bin/env bash
# Tries the steps of deploy/Containerfile without a container engine: the last stage's in a fresh Debian root, and the program in it
# as the user, with the settings and by the command that the image has. Takes minutes, needs root and a Debian mirror.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

(( EUID == 0 )) || fail 'a root of its own needs root'
scripts/install-packages.sh debootstrap=debootstrap python3=python3 openssl=openssl curl=curl setpriv=util-linux

# The first stage: a machine with Rust, the sources, and this command.
grep --quiet 'RUN cargo build --release --locked --bin vestibule$' deploy/Containerfile || fail 'the build stage is another'
step 'Building'
cargo build --release --locked --bin vestibule

root=$(mktemp --directory)
chmod 0755 "$root"
server=
# shellcheck disable=SC2317  # reached through the trap below
end() {
  if [[ -n "$server" ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  umount "$root/proc" 2>/dev/null || true
  rm --recursive --force --one-file-system "$root"
}
trap end EXIT

step 'A fresh Debian'
mirror=$(grep --no-filename --only-matching --extended-regexp 'https?://[^ ]+/debian/?( |$)' -r /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head --lines=1 | tr --delete ' ' || true)
debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >/dev/null
mount --types proc proc "$root/proc"

# The last stage, line by line: RUN in the root, COPY of the program, ENV for the program.
step 'The steps of the image'
variables=()
user=
directory=/
while IFS= read -r line; do
  words=${line#* }
  case "$line" in
    'RUN '*)
      printf '%s\n' "$line"
      chroot "$root" /bin/sh -euc "$words"
      ;;
    'COPY --from=build '*)
      install --mode=0755 "$CARGO_TARGET_DIR/release/vestibule" "$root/${words##* }"
      ;;
    'ENV '*)
      read -r -a pairs <<<"$words"
      variables+=("${pairs[@]}")
      ;;
    'USER '*) user=$words ;;
    'WORKDIR '*) directory=$words ;;
  esac
done < <(python3 -c '
import re
text = open("deploy/Containerfile").read()
text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
stage = text.split("FROM ")[-1]
print("\n".join(line for line in stage.splitlines()[1:] if line.strip()))')

[[ "$user" == 10001:10001 ]] || fail "the image runs as $user"
step 'The program in it'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
install --directory --mode=0755 "$root/run/secrets"
openssl rand -base64 32 > "$root/run/secrets/master_key"
chown 10001:10001 "$root/run/secrets/master_key"
chmod 0400 "$root/run/secrets/master_key"
env --ignore-environment "${variables[@]}" \
  VESTIBULE__SERVER__LISTEN="127.0.0.1:$port" \
  VESTIBULE__SERVER__PUBLIC_URL=https://id.example.com \
  VESTIBULE__KEYS__MASTER_KEY_FILE=/run/secrets/master_key \
  "$(command -v chroot)" --userspec=10001:10001 --groups='' "$root" /bin/sh -c "cd $directory && exec /usr/local/bin/vestibule serve" 2>"$root/run/log" &
server=$!
for (( tries = 0; ; tries++ )); do
  if curl --silent --fail "http://127.0.0.1:$port/readyz" >/dev/null; then
    break
  fi
  if (( tries >= 300 )) || ! kill -0 "$server" 2>/dev/null; then
    cat "$root/run/log" >&2
    fail 'the program does not answer'
  fi
  sleep 0.1
done
[[ "$(stat --format=%u "/proc/$server")" == 10001 ]] || fail 'the program has another user'
[[ "$(stat --format=%u:%a "$root/var/lib/vestibule/vestibule.db")" == 10001:600 ]] || fail 'the database is open to others'
curl --silent "http://127.0.0.1:$port/.well-known/openid-configuration" | grep --quiet '"issuer":"https://id.example.com"' \
  || fail 'the issuer is another'
kill -TERM "$server"
wait "$server" || fail 'the program did not end in good order'
server=
printf 'It starts, answers, keeps its data to itself, and ends, as user 10001.\n'
