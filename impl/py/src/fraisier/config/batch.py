"""What must fit together in a fraise that is no service, and what only a service has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraisier.config.problems import Path
from fraisier.config.reader import Reader
from fraisier.config.sections import section
from fraisier.config.shape import SHAPES
from fraisier.domain.nearest import nearest
from fraisier.domain.targets import KNOWN_TARGETS
from fraisier.domain.values import SERVICE_TYPES

_MEANT_FOR = {
    "script": ("etl", "backup", "custom"),
    "idempotent": ("etl",),
    "schedule": ("etl", "backup"),
    "destination": ("backup",),
    "retention": ("backup",),
    "restore_check": ("backup",),
}


def check_batch(
    reader: Reader, fraise: Mapping[str, Any], part: Mapping[str, Any], path: Path
) -> None:
    """Note every key of a fraise or one of its environments that its type has no use for."""
    kind = fraise.get("type", "api")
    for key, kinds in _MEANT_FOR.items():
        if key in part and kind not in kinds:
            hint = f"it belongs to a fraise of type {' or '.join(kinds)}"
            message = f'"{key}" means nothing to a fraise of type {kind}'
            reader.refuse((*path, key), message, hint=hint)
    target: Mapping[str, Any] = section(part, "target")
    if target.get("provider") == "local" and kind in SERVICE_TYPES:
        _needed(reader, (*path, "target"), "command", KNOWN_TARGETS["local"].keys, None)


def check_schedule(reader: Reader, path: Path) -> None:
    """A job that runs after no other must say when it runs."""
    hint = "without one it must say what it runs after: depends_on"
    _needed(reader, path, "schedule", SHAPES["job"], hint)


def _needed(
    reader: Reader, path: Path, key: str, known: Mapping[str, str], hint: str | None
) -> None:
    """A misspelt key counts as one mistake, not two."""
    written: Any = reader.document.value
    for part in path:
        written = section(written, str(part))
    slips = [name for name in written if name not in known and name != "provider"]
    if key not in written and key not in {nearest(name, known) for name in slips}:
        reader.refuse(path, f'the key "{key}" is missing', hint=hint)
