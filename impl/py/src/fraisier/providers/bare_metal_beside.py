"""Switch a unit from beside it, when the worker is part of the unit: Fraisier deploys itself."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from fraisier.providers.bare_metal_scripts import COMMON, WATCH
from fraisier.providers.bare_metal_target import BareMetal

SECONDS_WITHOUT_CHECK = 10

# parameters: name of the program's unit, the words for sh
BESIDE = (
    COMMON
    + r"""
name=$1
shift
see is-active --quiet "$name" && exit 0
run() {
  if [ "$scope" = user ]; then systemd-run --user "$@"
  elif [ "$sudo" = true ]; then sudo -n systemd-run --uid="$(id -un)" "$@"
  else systemd-run "$@"; fi
}
run --quiet --collect --unit="$name" --property=RuntimeMaxSec=3600 -- /bin/sh -c "$@"
"""
)

# parameters: name of the program's unit. Fails when it has ended.
BESIDE_RUNS = (
    COMMON
    + r"""
case $(value ActiveState "$1") in active | activating | deactivating) exit 0 ;; esac
exit 1
"""
)


def watching(target: BareMetal, version: str, fence: Sequence[str]) -> list[str]:
    """The parameters of ``BESIDE`` that have a release switched in and watched."""
    question, check = target.question, target.fraise.environment.health_check
    asked = ["", "", ""]
    if question is not None and check is not None:
        asked = [str(question.port), question.path, str(check.expected_status)]
    seconds = math.ceil(check.timeout_seconds) if check else SECONDS_WITHOUT_CHECK
    words = [*target.parameters(), version, *fence, *asked, str(seconds)]
    digest = hashlib.sha256(f"{target.folder} {version}".encode()).hexdigest()[:12]
    # systemd expands variables in words; a doubled dollar sign is one.
    literal = [word.replace("$", "$$") for word in (WATCH, "fraisier", *words)]
    return [f"fraisier-switch-{digest}.service", *literal]
