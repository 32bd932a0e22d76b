"""What every script begins with."""

from __future__ import annotations

COMMON = r"""
set -u
umask 022
app=$1 unit=$2 scope=$3 sudo=$4
shift 4
state=$app/.fraisier
if [ "$scope" = user ] && [ -z "${XDG_RUNTIME_DIR:-}" ]; then
  XDG_RUNTIME_DIR=/run/user/$(id -u)
  export XDG_RUNTIME_DIR
fi
see() { if [ "$scope" = user ]; then systemctl --user "$@"; else systemctl "$@"; fi; }
sc() { if [ "$sudo" = true ]; then sudo -n systemctl "$@"; else see "$@"; fi; }
fail() { printf '%s\n' "$2" >&2; exit "$1"; }
value() { see show --property="$1" --value "$2"; }
keep() { printf '%s\n' "$2" >"$1.$$" && mv -f "$1.$$" "$1" || fail 73 "cannot write $1"; }
lock() {
  mkdir -p "$state" && chmod 700 "$state" || fail 73 "cannot write $app as $(id -un)"
  exec 9>"$state/lock"
  flock -w 30 9 || fail 75 "another program holds $state/lock"
}
fence() {
  [ -n "$2" ] || return 0
  if [ -f "$state/fence" ]; then
    read -r known highest <"$state/fence"
    if [ "$known" = "$1" ] && [ "$highest" -gt "$2" ]; then
      fail 76 "a worker with a newer claim has been here"
    fi
  fi
  keep "$state/fence" "$1 $2"
}
link() { readlink "$app/current" 2>/dev/null || :; }
served() { cat "$state/served" 2>/dev/null || :; }
running() { [ -z "$unit" ] || [ "$(value ActiveState "$unit")" = active ]; }
timers() {
  for found in "$state"/units/*.timer; do
    [ -f "$found" ] && printf '%s\n' "${found##*/}"
  done
}
foreign() {
  found=$(value FragmentPath "$1")
  [ -n "$found" ] && [ "$(readlink -f "$found")" != "$(readlink -m "$state/units/$1")" ]
}
"""
