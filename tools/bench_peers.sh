#!/usr/bin/env bash
# bench_peers.sh [--or-skip]   install the peers on Node that make bench compares with.
set -euo pipefail
cd "$(dirname "$0")/../bench/node"
left_out() {
  echo "bench: $1; the peers on Node are left out" >&2
  [ "${2-}" = --or-skip ] && exit 0 || exit 1
}
cmp -s package-lock.json node_modules/.installed-by && exit 0
command -v npm >/dev/null || left_out "npm is not here" "${1-}"
# With install scripts: better-sqlite3 is compiled where it has no binary, which takes minutes.
npm ci --silent --no-audit --no-fund --omit-lockfile-registry-resolved >&2 ||
  left_out "npm could not install them" "${1-}"
cp package-lock.json node_modules/.installed-by
