#!/usr/bin/env bash
# Tries the steps of deploy/Containerfile without a container engine: each stage's in a fresh Debian root of its own, and the program in
# the last as the user, with the settings and by the command that the image has. Takes minutes, and on a cold cache many of them, for all
# of it is compiled. Needs root and a Debian mirror.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

(( EUID == 0 )) || fail 'a root of its own needs root'
scripts/install-packages.sh debootstrap=debootstrap python3=python3 openssl=openssl curl=curl setpriv=util-linux
need_toolchain

home=$(mktemp --directory)
build=$home/build
root=$home/root
mounted=()
server=
# shellcheck disable=SC2317  # reached through the trap below
end() {
  if [[ -n "$server" ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  for point in "${mounted[@]}"; do
    umount "$point" || true
  done
  # what is still mounted is this machine's own, and would be removed with the rest
  if grep --quiet --fixed-strings " $home/" /proc/self/mountinfo; then
    printf 'error: %s is left behind, with something mounted in it\n' "$home" >&2
  else
    rm --recursive --force --one-file-system "$home"
  fi
}
trap end EXIT

# Mounts a folder of this machine in a root.
lend() {
  mkdir --parents "$1" "$2"
  mount --bind "$1" "$2"
  mounted+=("$2")
  mount --options "remount,bind,$3" "$2"
}

# The steps of a stage, one a line, from the first after its FROM.
stage() {
  python3 -c '
import re, sys
text = open("deploy/Containerfile").read()
text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
stage = text.split("FROM ")[int(sys.argv[1])]
print("\n".join(line for line in stage.splitlines()[1:] if line.strip()))' "$1"
}

step 'A fresh Debian'
mirror=$(grep --no-filename --only-matching --extended-regexp 'https?://[^ ]+/debian/?( |$)' -r /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head --lines=1 | tr --delete ' ' || true)
mkdir "$build"
chmod 0755 "$home" "$build"
debootstrap --variant=minbase bookworm "$build" ${mirror:+"$mirror"} >/dev/null
cp --archive "$build" "$root"
for point in "$build/proc" "$root/proc"; do
  mount --types proc proc "$point"
  mounted+=("$point")
done

# The first stage begins with a machine that has Rust: here a C compiler of that Debian, and this machine's Rust and crates.
step 'The steps of the build'
cargo fetch --locked --quiet
chroot "$build" /bin/sh -euc 'apt-get update && apt-get install --yes --no-install-recommends gcc g++ libc6-dev make' >/dev/null
lend "$(rustc --print sysroot)" "$build/usr/local/rust" ro
lend "${CARGO_HOME:-$HOME/.cargo}/registry" "$build/usr/local/cargo/registry" ro
lend "$VESTIBULE_CACHE/container-target" "$build/src/target" rw
directory=/
while IFS= read -r line; do
  printf '%s\n' "$line"
  words=${line#* }
  case "$line" in
    'WORKDIR '*)
      directory=$words
      mkdir --parents "$build$directory"
      ;;
    'COPY . .') git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- | tar --extract --directory="$build$directory" ;;
    'RUN '*)
      env --ignore-environment PATH=/usr/local/rust/bin:/usr/bin:/bin HOME=/root CARGO_HOME=/usr/local/cargo CARGO_NET_OFFLINE=true \
        "$(command -v chroot)" "$build" /bin/sh -euc "cd $directory && $words" </dev/null
      ;;
    *) fail "nobody knows how to try: $line" ;;
  esac
done < <(stage 1)

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
      chroot "$root" /bin/sh -euc "$words" </dev/null
      ;;
    'COPY --from=build '*)
      read -r _ from to <<<"$words"
      install --mode=0755 "$build/$from" "$root/$to"
      ;;
    'ENV '*)
      read -r -a pairs <<<"$words"
      variables+=("${pairs[@]}")
      ;;
    'USER '*) user=$words ;;
    'WORKDIR '*) directory=$words ;;
  esac
done < <(stage 2)

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
