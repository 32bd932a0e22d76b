"""Bring a release to a host, and remove those that are not kept."""

from __future__ import annotations

from fraisier.providers.bare_metal_scripts.preamble import COMMON

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
