#!/usr/bin/env bash
# run.sh EXCHANGE TEST MAKE_CERTS: an exchange on a free port, the test with each kind of key.
set -euo pipefail
exchange=$1 test=$2 make_certs=$3
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
"$make_certs" "$work/certs" >"$work/certs.log" || { cat "$work/certs.log"; exit 1; }
"$exchange" --port 0 --port-file "$work/port" --cert "$work/certs/server.pem" \
    --key "$work/certs/server.key" --keys "$work/certs/public-keys.json" --seed 3 \
    --session open --reject-replay >"$work/exchange.log" 2>&1 &
pid=$!
for _ in $(seq 200); do
    [ -s "$work/port" ] && break
    kill -0 "$pid" || { cat "$work/exchange.log"; exit 1; }
    sleep 0.05
done
for kind in ed25519 es256; do
    "$test" "$work/certs/ca.pem" "$work/certs/api-key-$kind.json" "$(cat "$work/port")" ||
        { tail -20 "$work/exchange.log"; exit 1; }
done
