#!/usr/bin/env bash
# Tries what is in deploy/ with the real programs: Caddy and nginx in front of the built daemon, and systemd's view of the unit.
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

program="${VESTIBULE_BIN:-$CARGO_TARGET_DIR/debug/vestibule}"
[[ -x "$program" ]] || fail "$program was not found: build first"
program=$(realpath "$program")
scripts/install-packages.sh python3=python3 openssl=openssl curl=curl caddy=caddy nginx=nginx systemd-analyze=systemd

name=id.example.com
# not one that trusted_proxies names
visitor=127.0.0.7
umask 022
home=$(mktemp --directory)
# nginx gives up root, and its workers keep long bodies here
chmod 0711 "$home"
running=()
# shellcheck disable=SC2317  # reached through the trap below
end() {
  for process in "${running[@]}"; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm --recursive --force "$home"
}
trap end EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Asks again until there is an answer; a program that ended will not give one.
await() {
  local process=$1
  shift
  for (( tries = 0; tries < 300; tries++ )); do
    if "$@" >/dev/null 2>&1; then
      return
    fi
    kill -0 "$process" 2>/dev/null || break
    sleep 0.1
  done
  tail --lines=20 "$home"/*.log >&2
  fail "no answer to: $*"
}

step 'systemd reads the unit'
# the program is where it is, not where it will be installed
sed "s|/usr/local/bin/vestibule|$program|" deploy/vestibule.service > "$home/vestibule.service"
found=$(systemd-analyze verify "$home/vestibule.service" 2>&1)
[[ -z "$found" ]] || fail "$found"
systemd-analyze security --offline=true --threshold=20 "$home/vestibule.service" | tail --lines=1

step 'The settings of the unit'
(umask 077; openssl rand -base64 32 > "$home/master_key")
mkdir "$home/data"
sed "s|/var/lib/vestibule|$home/data|; s|/etc/vestibule/master_key|$home/master_key|" deploy/vestibule.env > "$home/environment"
# read as the unit's header says that commands read it
# shellcheck disable=SC2016  # the inner shell expands it
env --ignore-environment "$(command -v sh)" -ac '. "$0"; exec "$@"' "$home/environment" "$program" config check

step 'Starting Vestibule'
backend=$(free_port)
env --ignore-environment VESTIBULE_ENV=production \
  VESTIBULE__SERVER__PUBLIC_URL="https://$name" \
  VESTIBULE__SERVER__LISTEN="127.0.0.1:$backend" \
  VESTIBULE__SERVER__TRUSTED_PROXIES=127.0.0.1/32 \
  VESTIBULE__DATA__DIR="$home/data" \
  VESTIBULE__KEYS__MASTER_KEY_FILE="$home/master_key" \
  VESTIBULE__LOG__FORMAT=json \
  "$program" serve 2>"$home/vestibule.log" &
running+=($!)
await $! curl --silent --fail "http://127.0.0.1:$backend/readyz"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$name" \
  -addext "subjectAltName=DNS:$name" -keyout "$home/key.pem" -out "$home/cert.pem" 2>/dev/null

# Asks through the proxy at $port, from an address that is not a proxy's.
ask() {
  curl --silent --show-error --interface "$visitor" --cacert "$home/cert.pem" \
    --connect-to "$name:443:127.0.0.1:$port" "$@"
}

expect() {
  [[ "$2" == *"$3"* ]] || fail "$1: expected $3, got: ${2:0:600}"
}

# What holds behind any proxy.
through() {
  local issuer headers page answer hidden
  issuer=$(ask "https://$name/.well-known/openid-configuration" | python3 -c 'import json, sys; print(json.load(sys.stdin)["issuer"])')
  [[ "$issuer" == "https://$name" ]] || fail "$1: the issuer is $issuer"
  headers=$(ask --dump-header - --output /dev/null "https://$name/sign-in" | tr '[:upper:]' '[:lower:]')
  expect "$1, sign-in page" "$headers" ' 200'
  expect "$1, cookies" "$headers" 'set-cookie: __host-'
  expect "$1, transport security" "$headers" 'strict-transport-security: max-age='
  # a form goes all the way: cookie, token and origin are what the program expects
  page=$(ask --cookie-jar "$home/jar" "https://$name/sign-in")
  mapfile -t hidden < <(printf '%s' "$page" | python3 -c '
import html.parser, sys
class Fields(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        field = dict(attributes)
        if tag == "input" and field.get("type") == "hidden":
            print("--data-urlencode", field["name"] + "=" + field.get("value", ""), sep="\n")
Fields().feed(sys.stdin.read())')
  answer=$(ask --cookie "$home/jar" --header "Origin: https://$name" --dump-header - --output /dev/null \
    "${hidden[@]}" --data-urlencode identifier=ada@example.com "https://$name/sign-in")
  expect "$1, form" "$answer" ' 303'
  # an error of the protocol arrives as the program said it
  answer=$(ask --include --data grant_type=authorization_code "https://$name/oauth/token")
  expect "$1, token endpoint" "$answer" '"error":"invalid_'
  # what a stranger says of their address is not believed
  ask --output /dev/null --header 'X-Forwarded-For: 203.0.113.9' --header 'Forwarded: for=203.0.113.9' \
    --header 'X-Forwarded-Host: evil.example' "https://$name/sign-in?proxy=$1"
  ! grep --quiet 203.0.113.9 "$home/vestibule.log" || fail "$1 passes on the address that a stranger claims"
  [[ "$(ask "https://$name/oauth/jwks" --write-out '%{http_code}' --output /dev/null)" == 200 ]] || fail "$1: no keys"
  grep --quiet "\"client_ip\":\"$visitor\"" "$home/vestibule.log" || fail "$1: the visitor's address did not arrive"
  ! grep '"client_ip":"127.0.0.1"' "$home/vestibule.log" | grep --invert-match --quiet readyz \
    || fail "$1: a request counts as the proxy's own"
  # too large is said by whoever notices first
  answer=$(head --bytes=70000 /dev/zero | ask --output /dev/null --write-out '%{http_code}' --data-binary @- "https://$name/sign-in")
  [[ "$answer" == 413 ]] || fail "$1: a body of 70,000 bytes is answered with $answer"
  printf '%s: issuer, page, form, errors, address and sizes are right\n' "$1"
}

step 'nginx'
port=$(free_port)
plain=$(free_port)
{
  printf 'daemon off; pid %s/nginx.pid; error_log %s/nginx.log; events {}\nhttp { access_log off;\n' "$home" "$home"
  for kind in client_body proxy fastcgi uwsgi scgi; do
    printf '%s_temp_path %s/%s;\n' "$kind" "$home" "$kind"
  done
  sed --expression "s|127.0.0.1:4000|127.0.0.1:$backend|" \
    --expression "s|listen 80;|listen 127.0.0.1:$plain;|" \
    --expression "s|listen 443 |listen 127.0.0.1:$port |" \
    --expression "s|/etc/letsencrypt/live/$name/fullchain.pem|$home/cert.pem|" \
    --expression "s|/etc/letsencrypt/live/$name/privkey.pem|$home/key.pem|" deploy/nginx.conf
  printf '}\n'
} > "$home/nginx.conf"
nginx -t -q -c "$home/nginx.conf"
nginx -c "$home/nginx.conf" &
running+=($!)
await $! ask --output /dev/null "https://$name/livez"
through nginx
moved=$(curl --silent --output /dev/null --write-out '%{http_code} %{redirect_url}' --header "Host: $name" "http://127.0.0.1:$plain/sign-in?a=b")
[[ "$moved" == "308 https://$name/sign-in?a=b" ]] || fail "plain http is answered with $moved"

step 'Caddy'
: > "$home/vestibule.log"
port=$(free_port)
{
  printf '{\n\tadmin off\n\tauto_https disable_redirects\n}\n'
  sed --expression "s|127.0.0.1:4000|127.0.0.1:$backend|" \
    --expression "s|^$name {|https://$name:$port {\n\tbind 127.0.0.1\n\ttls $home/cert.pem $home/key.pem|" deploy/Caddyfile
} > "$home/Caddyfile"
caddy=(env XDG_DATA_HOME="$home/caddy" XDG_CONFIG_HOME="$home/caddy" HOME="$home" caddy)
# the file as it is shipped, too
"${caddy[@]}" validate --adapter caddyfile --config deploy/Caddyfile >"$home/caddy.log" 2>&1 || { cat "$home/caddy.log" >&2; exit 1; }
"${caddy[@]}" run --adapter caddyfile --config "$home/Caddyfile" >"$home/caddy.log" 2>&1 &
running+=($!)
await $! ask --output /dev/null "https://$name/livez"
through Caddy
