"""Make a release the one that serves."""

from __future__ import annotations

from fraisier.providers.bare_metal_scripts.looking import ASKING
from fraisier.providers.bare_metal_scripts.preamble import COMMON

SWITCHING = r"""
install_units() {
  wanted=$state/releases/$release/units
  mkdir -p "$state/units" "$app/jobs"
  owner=$(sed -n 's/^User=//p' "$wanted"/*.service 2>/dev/null | head -n 1)
  [ -z "$owner" ] || [ "$(id -u)" != 0 ] || chown "$owner" "$app/jobs"
  for path in "$wanted"/*; do
    [ -f "$path" ] || continue
    foreign "${path##*/}" && fail 77 "${path##*/} was not written by Fraisier"
  done
  for path in "$state"/units/*; do
    name=${path##*/}
    [ -f "$path" ] && [ ! -f "$wanted/$name" ] || continue
    sc stop "$name" || fail 70 "cannot stop $name"
    sc disable "$name" || fail 70 "cannot disable $name"
    rm -f "$path"
  done
  for path in "$wanted"/*; do
    [ -f "$path" ] || continue
    name=${path##*/}
    cp "$path" "$state/units/.$name.$$" && mv -f "$state/units/.$name.$$" "$state/units/$name" ||
      fail 73 "cannot write $state/units"
    how=link
    grep -q '^\[Install\]' "$path" && how=enable
    sc "$how" "$state/units/$name" || fail 70 "cannot $how $name"
  done
}
switch_to() {
  release=$1
  [ -d "$app/releases/$release" ] && [ -f "$state/releases/$release/build" ] ||
    fail 66 "the release $release is not there"
  if [ "$(link)" = "releases/$release" ] && [ "$(served)" = "$release" ] && running; then
    echo "$release serves already"
    return
  fi
  before=none
  [ -z "$unit" ] || before=$(value InvocationID "$unit")
  started=false
  if [ -f "$state/starting" ] && [ -n "$unit" ]; then
    read -r name invocation <"$state/starting"
    if [ "$name" = "$release" ] && [ "$invocation" != "${before:-none}" ] &&
      [ "$(link)" = "releases/$release" ]; then started=true; fi
  fi
  if [ "$started" = false ]; then
    keep "$state/starting" "$release ${before:-none}"
    install_units
    ln -sfn "releases/$release" "$app/.current.$$" && mv -fT "$app/.current.$$" "$app/current" || {
      rm -f "$app/.current.$$"
      fail 73 "cannot point $app/current to the release"
    }
    sc daemon-reload || fail 70 "systemd cannot be reloaded"
    if [ -n "$unit" ]; then
      sc reset-failed "$unit" 2>/dev/null
      sc restart "$unit" || fail 70 "$unit does not start"
    fi
    for timer in $(timers); do sc restart "$timer" || fail 70 "$timer does not start"; done
  fi
  keep "$state/served" "$release"
  rm -f "$state/starting"
}
"""

# parameters: release, fence scope, token. Done twice it is done once: what an attempt that
# died has started is not started again.
SWITCH = (
    COMMON
    + SWITCHING
    + r"""
lock
fence "$2" "$3"
switch_to "$1"
"""
)

# parameters: release, fence scope, token, port, path, expected status, seconds. For a unit
# that this script's caller is part of: it runs beside it, switches, and switches back when
# the new release is not well in time, for then nobody else is left to do that.
WATCH = (
    COMMON
    + ASKING
    + SWITCHING
    + r"""
wanted=$1 port=$4 path=$5 expected=$6 seconds=$7
well() {
  running || return 1
  if [ -n "$port" ]; then [ "$(ask "$port" "$path" 5 2>/dev/null)" = "$expected" ]; return; fi
  main=$(value MainPID "$unit")
  sleep 1
  running && [ "$(value MainPID "$unit")" = "$main" ]
}
lock
fence "$2" "$3"
before=$(served)
rm -f "$state/reverted"
reason="is not well after $seconds s"
if (switch_to "$wanted"); then
  limit=$(($(date +%s) + seconds))
  while [ "$(date +%s)" -le "$limit" ]; do
    well && exit 0
    sleep 0.2
  done
else
  reason="does not start"
fi
[ -n "$before" ] && [ "$before" != "$wanted" ] || exit 1
keep "$state/reverted" "$wanted $reason"
switch_to "$before"
exit 1
"""
)

# parameters: release. Prints why a release was switched back by the script above.
REVERTED = (
    COMMON
    + r"""
[ -f "$state/reverted" ] || exit 0
read -r name reason <"$state/reverted"
[ "$name" != "$1" ] || printf '%s\n' "$reason"
"""
)
