"""Look at a host: what it needs, what serves, how it is, what it printed."""

from __future__ import annotations

from fraisier.providers.bare_metal_scripts.preamble import COMMON

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

ASKING = r"""
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
    + ASKING
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

# parameters: name and unit of each job in turn. Prints Job=NAME and, after it, NAME=VALUE.
JOBS = (
    COMMON
    + r"""
TZ=UTC
export TZ
while [ $# -gt 1 ]; do
  printf 'Job=%s\n' "$1"
  see show --property=LoadState,ActiveState,Result,ExecMainCode,ExecMainStatus \
    --property=ExecMainStartTimestamp,ExecMainExitTimestamp "$2.service"
  see show --property=NextElapseUSecRealtime "$2.timer"
  printf 'Succeeded=%s\n' "$(stat -c %Y "$app/jobs/$1.succeeded" 2>/dev/null)"
  shift 2
done
"""
)
