#!/usr/bin/env bash
# payloads.sh [--or-skip]   install what the suite takes from npm: genuine webhooks, a public audit.
set -euo pipefail
cd "$(dirname "$0")/../conformance"
left_out() {
  echo "payloads: $1; what the suite takes from npm is left out" >&2
  [ "${2-}" = --or-skip ] && exit 0 || exit 1
}
for folder in payloads audit; do
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-by" && continue
  command -v npm >/dev/null || left_out "npm is not here" "${1-}"
  npm ci --prefix "$folder" --silent --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved >&2 ||
    left_out "npm could not install them" "${1-}"
  cp "$folder/package-lock.json" "$folder/node_modules/.installed-by"
done
