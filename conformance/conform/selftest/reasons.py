"""Why no fault can break a requirement, and which MUST has neither a fault nor a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from conform.requirements import Requirement
from conform.selftest.faults import Fault
from conform.selftest.reading import entries
from conform.verdicts import SetupError


def reasons(checkout: Path) -> dict[str, str]:
    """
    The reason of each requirement that no fault can break.

    Raises:
        SetupError: An entry has no requirements or no reason, or names one again.
    """
    found: dict[str, str] = {}
    for where, entry in entries(checkout, "reasons"):
        if not _complete(entry):
            raise SetupError(f"{where}: it has the keys requirements, a list, and why, a text")
        for name in entry["requirements"]:
            if name in found:
                raise SetupError(f"{where}: {name} has a reason already")
            found[name] = entry["why"]
    return found


def _complete(entry: dict[str, Any]) -> bool:
    if set(entry) != {"requirements", "why"}:
        return False
    names: Any = entry["requirements"]
    if not isinstance(names, list) or not names:
        return False
    return all(
        isinstance(text, str) and text.strip() for text in (*cast("list[Any]", names), entry["why"])
    )


def gaps(
    known: Mapping[str, Requirement], faults: Sequence[Fault], found: Mapping[str, str]
) -> Iterator[str]:
    """What keeps the rule from holding that a fault breaks every MUST, or a reason is given."""
    broken = {fault.breaks for fault in faults}
    for each in known.values():
        if each.level == "MUST" and each.checks and each.id not in broken | found.keys():
            yield f"{each.id}: neither a fault nor a reason in conformance/faults"
    for name in found:
        if name not in known:
            yield f"{name}: there is a reason, and no such requirement"
        elif name in broken:
            yield f"{name}: there is a fault, and a reason why there is none"
