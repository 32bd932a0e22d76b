#!/usr/bin/env bash
# Makes .venv of the suite's own checkout, with what requirements.lock pins, where there is none.
# GITHUB_ENV, if it is set, learns where conform is.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
[ -x "$root/.venv/bin/conform" ] || make -C "$root" setup
[ -z "${GITHUB_ENV:-}" ] || {
  echo "CONFORM_PROGRAM=$root/.venv/bin/conform"
  echo "CONFORM_CHECKOUT=$root"
} >>"$GITHUB_ENV"
