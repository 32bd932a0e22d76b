#!/usr/bin/env bash
# `conform gate` with the words of CONFORM_* (see action.yml). Ends with its exit status, which
# GITHUB_OUTPUT learns, too; GITHUB_STEP_SUMMARY gets the page.
set -euo pipefail
program=${CONFORM_PROGRAM:-conform}
words=(gate --extent "${CONFORM_EXTENT:-thorough}" --output "${CONFORM_REPORTS:-reports}")

each() { # OPTION LINES
  local line
  while IFS= read -r line; do
    line=$(sed 's/^[[:space:]]*//; s/[[:space:]]*$//' <<<"$line")
    [ -z "$line" ] || words+=("$1" "$line")
  done <<<"$2"
}

flag() { # OPTION VALUE
  case $2 in
    true) words+=("$1") ;;
    false | "") ;;
    *)
      echo "conform: $1: \"$2\" is neither true nor false" >&2
      exit 2
      ;;
  esac
}

each --impl "${CONFORM_IMPLEMENTATIONS:-}"
each --database "${CONFORM_DATABASES:-}"
each --only "${CONFORM_ONLY:-}"
each --baseline "${CONFORM_BASELINE:-}"
flag --require-all "${CONFORM_REQUIRE_ALL:-true}"
flag --build "${CONFORM_BUILD:-false}"
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || words+=(--summary "$GITHUB_STEP_SUMMARY")

status=0
"$program" "${words[@]}" || status=$?
[ -z "${GITHUB_OUTPUT:-}" ] || echo "exit=$status" >>"$GITHUB_OUTPUT"
exit "$status"
