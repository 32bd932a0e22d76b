"""
What is done on a host, as fixed texts of POSIX shell; values are only ever parameters.

The first four parameters are always: the folder of the application, the unit (empty when
there is none), the scope (``system`` or ``user``), and whether systemctl runs by sudo
(``true`` or ``false``). A host keeps in ``<folder>/.fraisier``: ``lock``; ``fence`` (scope
and highest token); ``starting`` (a release, and the unit's invocation before it is started);
``served`` (the release that was started last); ``releases/<release>/`` with its environment
and units; ``units/`` with those in force, to which systemd has links.

Exit statuses that mean something: 65 never deployed, 66 the release is not there,
67 not the current release, 69 something is missing, 73 cannot be written, 74 damaged,
75 busy, 76 fenced off, 77 a unit of somebody else.
"""

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

# parameters: true when the unit will be written, the port of the service
CHECK = (
    COMMON
    + r"""
taken() {
  hex=$(printf %04X "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$hex 0*:0000 0A "
}
for tool in flock tar gzip sha256sum systemctl journalctl readlink; do
  command -v "$tool" >/dev/null || fail 69 "$tool is not installed"
done
see show --property=Version >/dev/null || fail 69 "systemd does not answer (scope: $scope)"
if [ "$sudo" = true ]; then
  sudo -n -l systemctl >/dev/null 2>&1 ||
    fail 69 "$(id -un) may not run systemctl by sudo without a password"
fi
mkdir -p "$app" 2>/dev/null
[ -w "$app" ] || fail 73 "cannot write $app as $(id -un)"
[ -n "$unit" ] || exit 0
if [ "$1" = true ]; then
  foreign "$unit" && fail 77 "$unit was not written by Fraisier; choose another \
target.systemd_service, or leave target.command out to have it only restarted"
elif [ "$(value LoadState "$unit")" != loaded ]; then
  fail 77 "there is no $unit; write it, or say by target.command how it is started"
fi
case $(value ActiveState "$unit") in
  inactive | failed) [ -z "$2" ] || ! taken "$2" || fail 77 "another program has the port $2" ;;
esac
exit 0
"""
)

# parameters: release, build. Ends with 66 when exactly this is not there.
HAS = (
    COMMON
    + r"""
[ -d "$app/releases/$1" ] && [ "$(cat "$state/releases/$1/build" 2>/dev/null)" = "$2" ] || exit 66
"""
)

# parameters: release, build, digest, fence scope, token. Reads a tar file: meta/, and
# release/ when its files are not here already.
RECEIVE = (
    COMMON
    + r"""
release=$1 build=$2 digest=$3
draft=$state/incoming/$release.$$
mkdir -p "$state" && chmod 700 "$state" && mkdir -p "$app/releases" "$state/releases" "$draft" ||
  fail 73 "cannot write $app as $(id -un)"
trap 'rm -rf "$draft"' EXIT
cat >"$draft/archive" || fail 73 "cannot write the release to $draft"
[ "$(sha256sum <"$draft/archive" | cut -c1-64)" = "$digest" ] ||
  fail 74 "the release arrived damaged"
tar -xzf "$draft/archive" --no-same-owner -C "$draft" ||
  fail 73 "cannot unpack the release in $draft"
for path in "$draft"/meta/units/*; do
  [ -f "$path" ] && sed -i "s/^User=@account@\$/User=$(id -un)/" "$path"
done
lock
fence "$4" "$5"
if [ -d "$draft/release" ]; then
  rm -rf "$app/releases/$release" "$state/releases/$release"
  mv "$draft/release" "$app/releases/$release" || fail 73 "cannot write $app/releases"
fi
rm -rf "$state/releases/$release"
mv "$draft/meta" "$state/releases/$release" || fail 73 "cannot write $state/releases"
keep "$state/releases/$release/build" "$build"
rm -rf "$state/incoming"
"""
)

_SWITCHING = r"""
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
    sc disable --now "$name" || fail 70 "cannot disable $name"
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
    + _SWITCHING
    + r"""
lock
fence "$2" "$3"
switch_to "$1"
"""
)

# Prints the release that serves (an empty line for none) and whether the unit runs.
CURRENT = (
    COMMON
    + r"""
name=$(served)
[ "$(link)" = "releases/$name" ] || name=
printf '%s\n' "$name"
running && echo true || echo false
"""
)

_ASKING = r"""
ask() {
  if command -v curl >/dev/null; then
    curl -s -o /dev/null -w '%{http_code}' --noproxy '*' --max-time "$3" "http://127.0.0.1:$1$2"
  elif command -v python3 >/dev/null; then
    timeout "$3" python3 -I -c 'import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=float(sys.argv[3]))
c.request("GET", sys.argv[2], headers={"Connection": "close"})
print(c.getresponse().status)' "$1" "$2" "$3"
  elif command -v perl >/dev/null; then
    timeout "$3" perl -MIO::Socket::INET -e '
$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or exit 1;
print $s "GET $ARGV[1] HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
print "$1\n" if <$s> =~ m{^HTTP/\S+ (\d{3})};' "$1" "$2"
  else
    fail 69 "curl, python3 or perl is needed to look at the service"
  fi
}
"""

# parameters: port, path, seconds; no port, no question. Prints NAME=VALUE.
LOOK = (
    COMMON
    + _ASKING
    + r"""
if [ -n "$unit" ]; then
  see show --property=ActiveState,SubState,Result,NRestarts,MainPID,ExecMainStatus \
    --property=ActiveEnterTimestampMonotonic "$unit"
else
  echo ActiveState=active
fi
read -r up rest </proc/uptime
printf 'Uptime=%s\n' "$up"
[ -n "$1" ] || exit 0
answer=$(ask "$1" "$2" "$3" 2>/dev/null)
[ $? = 69 ] && fail 69 "curl, python3 or perl is needed to look at the service"
printf 'Answer=%s\n' "$answer"
[ -z "$unit" ] || printf 'PIDAfter=%s\n' "$(value MainPID "$unit")"
"""
)

# parameters: number of lines
LOGS = (
    COMMON
    + r"""
lines=$1
set --
[ -z "$unit" ] || set -- "$unit"
for found in "$state"/units/*.service; do
  [ -f "$found" ] && [ "${found##*/}" != "$unit" ] && set -- "$@" "${found##*/}"
done
[ $# -gt 0 ] || exit 0
option=--unit
[ "$scope" = user ] && option=--user-unit
for name in "$@"; do
  set -- "$@" "$option=$name"
  shift
done
exec journalctl --quiet --no-pager --output=cat --lines="$lines" "$@"
"""
)

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

# parameters: fence scope, token, the releases that stay
FORGET = (
    COMMON
    + r"""
lock
fence "$1" "$2"
shift 2
set -- "$@" "$(link | sed 's,^releases/,,')"
for path in "$app"/releases/* "$state"/releases/*; do
  name=${path##*/} stays=false
  for kept in "$@"; do [ "$name" = "$kept" ] && stays=true; done
  [ "$stays" = true ] || [ "${name%.json}" != "$name" ] || [ ! -d "$path" ] || rm -rf "$path"
done
"""
)

# parameters: release, the command. Reads lines of shell that set variables.
RUN = (
    COMMON
    + r"""
release=$1
shift
[ -f "$state/releases/$release/variables" ] || fail 66 "the release $release is not there"
exec 8>"$state/run.lock"
flock -w 30 8 || fail 75 "a program of an earlier attempt still runs"
cd "$app/releases/$release" || exit 66
. "$state/releases/$release/variables"
eval "$(cat)"
exec "$@" </dev/null
"""
)

# parameters: release, fence scope, token, port, path, expected status, seconds. For a unit
# that this script's caller is part of: it runs beside it, switches, and switches back when
# the new release is not well in time, for then nobody else is left to do that.
WATCH = (
    COMMON
    + _ASKING
    + _SWITCHING
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
