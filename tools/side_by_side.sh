#!/usr/bin/env bash
# side_by_side.sh FIRST SECOND   run two commands at once; what the first prints comes at the end.
set -u
output=$(mktemp)
trap 'kill "$first" 2>/dev/null; rm -f "$output"' EXIT
bash -c "$1" >"$output" 2>&1 &
first=$!
bash -c "$2"
second=$?
wait "$first"
status=$?
cat "$output"
[ "$status" = 0 ] || exit "$status"
exit "$second"
