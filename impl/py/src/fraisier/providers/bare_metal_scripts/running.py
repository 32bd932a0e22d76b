"""Stop and start what has been deployed, and run programs in a release."""

from __future__ import annotations

from fraisier.providers.bare_metal_scripts.preamble import COMMON

# parameters: stop or start, fence scope, token
DO = (
    COMMON
    + r"""
lock
fence "$2" "$3"
[ -n "$(link)" ] || fail 65 "nothing has been deployed"
for name in $(timers) $unit; do
  sc "$1" "$name" || fail 70 "cannot $1 $name"
done
"""
)

# parameters: fence scope, token. For what runs on this machine without a script of its own.
FENCE = (
    COMMON
    + r"""
lock
fence "$1" "$2"
"""
)

# parameters: fence scope, token, release, the command. Reads lines of shell that set variables.
RUN = (
    COMMON
    + r"""
release=$3
lock
fence "$1" "$2"
exec 9>&-
shift 3
[ -f "$state/releases/$release/variables" ] || fail 66 "the release $release is not there"
exec 8>"$state/run.lock"
flock -w 30 8 || fail 75 "a program of an earlier attempt still runs"
cd "$app/releases/$release" || exit 66
. "$state/releases/$release/variables"
eval "$(cat)"
exec "$@" </dev/null
"""
)
