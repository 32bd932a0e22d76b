#!/usr/bin/env bash
# payloads.sh [--or-skip]   install the genuine webhooks that the suite delivers, with npm.
set -euo pipefail
cd "$(dirname "$0")/../conformance/payloads"
left_out() {
  echo "payloads: $1; GitHub's genuine webhooks are left out" >&2
  [ "${2-}" = --or-skip ] && exit 0 || exit 1
}
cmp -s package-lock.json node_modules/.installed-by && exit 0
command -v npm >/dev/null || left_out "npm is not here" "${1-}"
npm ci --silent --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved >&2 ||
  left_out "npm could not install them" "${1-}"
cp package-lock.json node_modules/.installed-by
