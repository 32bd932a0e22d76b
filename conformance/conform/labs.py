"""Cases that need real parts: a tag names the lab, and the lab says where it is."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence

from conform.cases import Case

# The tag of a scenario, and the variable that the lab sets for whoever runs inside it.
LABS: Mapping[str, str] = {
    "lab-docker": "FRAISIER_LAB_DOCKER",
    "lab-systemd": "FRAISIER_LAB_SYSTEMD",
}


def possible(cases: Sequence[Case], labs: Collection[str] | None = None) -> list[Case]:
    """The cases whose labs are there; without ``labs`` those that the environment names."""
    there = running() if labs is None else labs
    return [case for case in cases if (case.tags & LABS.keys()) <= set(there)]


def running() -> set[str]:
    """The labs around this process."""
    return {lab for lab, variable in LABS.items() if os.environ.get(variable)}


def left_out(cases: Sequence[Case], labs: Collection[str] | None = None) -> list[str]:
    """One line for each lab that cases need and that is not there."""
    there = running() if labs is None else labs
    lines: list[str] = []
    for lab in sorted(LABS.keys() - set(there)):
        count = sum(lab in case.tags for case in cases)
        if count:
            lines.append(f"left out: {count} cases need the lab of `make {lab}`")
    return lines
