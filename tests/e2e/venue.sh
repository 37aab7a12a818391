#!/usr/bin/env bash
# venue.sh DIR METHOD PATH [QUERY [BODY]]: asks the loopback exchange itself, past the host, with
# the Ed25519 key in DIR and a token that openssl signed. What the host says is held against this.
set -euo pipefail
dir=$1 method=$2 path=$3 query=${4:-} body=${5:-}
authority=127.0.0.1:$(cat "$dir/port")
encode() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
name=$(sed -n 's/.*"name":"\([^"]*\)".*/\1/p' "$dir/api-key-ed25519.json")
now=$(date +%s)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# PKCS8 around the seed: what openssl reads.
{
    printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
    sed -n 's/.*"privateKey":"\([^"]*\)".*/\1/p' "$dir/api-key-ed25519.json" | base64 -d |
        head -c 32
} >"$scratch/key.der"
head=$(printf '{"alg":"EdDSA","typ":"JWT","kid":"%s","nonce":"%s"}' "$name" \
    "$(openssl rand -hex 16)" | encode)
claims=$(printf '{"iss":"cdp","sub":"%s","nbf":%d,"exp":%d,"uri":"%s %s%s"}' "$name" "$now" \
    $((now + 120)) "$method" "$authority" "$path" | encode)
printf '%s.%s' "$head" "$claims" >"$scratch/text"
signature=$(openssl pkeyutl -sign -rawin -inkey "$scratch/key.der" -keyform DER \
    -in "$scratch/text" | encode)
curl -sS --fail --max-time 20 --cacert "$dir/ca.pem" -X "$method" \
    -H "Authorization: Bearer $(cat "$scratch/text").$signature" \
    ${body:+-H "Content-Type: application/json" --data "$body"} \
    "https://$authority$path${query:+?$query}"
