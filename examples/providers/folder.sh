#!/bin/sh
# A provider of the exec protocol in POSIX sh: static files in a folder that a web server
# reads. spec/exec-provider.md says what is asked and answered.
#
#   target:
#     provider: exec
#     command: [./folder.sh]
#     options: {directory: /srv/www/shop}
#
# The directory gets `releases/`, `current` (a link to the release that serves) and `fence`.
set -eu

IFS= read -r request

# The value of a text or a number in the request. Keys come in a promised order, so the
# first one of a name is the one that is meant. Values with escapes are not for this script.
value() {
  after=${request#*\"$1\":}
  [ "$after" != "$request" ] || return 0
  after=${after# }
  case $after in
    \"*) after=${after#\"}; after=${after%%\"*} ;;
    *) after=${after%%[,\}]*} ;;
  esac
  case $after in
    *\\*) echo "the value of $1 holds a character that this script cannot read" >&2; exit 1 ;;
    null) ;;
    *) printf '%s' "$after" ;;
  esac
}

fail() {
  printf '{"error": {"code": "%s", "message": "%s"}}\n' "$1" "$2"
  exit 0
}

result() {
  printf '{"result": {%s}}\n' "${1:-}"
  exit 0
}

# Change the target only behind the fence: one at a time, and nobody who is out of date.
behind_the_fence() {
  tries=0
  until mkdir "$directory/fence.lock" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail provider-failed "the target is busy: $directory/fence.lock"
    sleep 0.1
  done
  trap 'rmdir "$directory/fence.lock"' EXIT
  token=$(value fencing_token)
  [ -n "$token" ] || return 0
  scope=$(value scope)
  read -r known newest <"$directory/fence" || true
  if [ "${known:-}" = "$scope" ] && [ "$token" -lt "${newest:-0}" ]; then
    fail lease-lost "a newer worker has been here"
  fi
  printf '%s %s\n' "$scope" "$token" >"$directory/fence.new"
  mv "$directory/fence.new" "$directory/fence"
}

# There is no moment without a link: a new one is renamed over the old one.
switch_to() {
  [ -d "$directory/releases/$release" ] || fail provider-failed "$release is not on the target"
  ln -s "releases/$release" "$directory/current.new"
  mv -T "$directory/current.new" "$directory/current"
}

method=$(value method)
directory=$(value directory)
release=$(value release)
[ -n "$directory" ] || fail preflight-failed "options.directory is missing"

case $method in
  preflight)
    mkdir -p "$directory/releases" 2>/dev/null || fail preflight-failed "$directory cannot be written"
    result ;;
  prepare)
    echo "copying $release" >&2
    folder=$(value release_folder)
    mkdir -p "$directory/releases"
    rm -rf "$directory/releases/$release.new"
    cp -R "$folder" "$directory/releases/$release.new"
    rm -rf "$directory/releases/$release"
    mv "$directory/releases/$release.new" "$directory/releases/$release"
    result ;;
  is_prepared)
    if [ -d "$directory/releases/$release" ]; then result '"prepared": true'; fi
    result '"prepared": false' ;;
  deploy | rollback)
    touch "$directory/fence"
    behind_the_fence
    rm -f "$directory/current.new"
    switch_to
    result ;;
  current_release)
    link=$(readlink "$directory/current" 2>/dev/null) || result '"release": null'
    result "\"release\": \"${link#releases/}\"" ;;
  health_check)
    if [ -r "$directory/current/index.html" ]; then
      result '"state": "healthy", "message": "there is an index.html"'
    fi
    result '"state": "down", "message": "there is no index.html"' ;;
  *)
    printf '{"unsupported": true}\n' ;;
esac
