"""Cases that need real parts: a tag names the lab, and the lab says whether it is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from fraisier_lab import postgresql

from conform import mounts
from conform.cases import Case
from conform.fuzzing import run as fuzzing
from conform.world import audit, octokit


@dataclass(frozen=True, slots=True)
class Lab:
    """Whether it is there, and what is missing where it is not."""

    there: Callable[[], bool]
    what: str
    variable: str = ""  # that the lab sets, for whoever runs inside it, to where it is


def around(variable: str, target: str) -> Lab:
    """One that is there for whoever runs inside it."""
    return Lab(lambda: bool(os.environ.get(variable)), f"the lab of `make {target}`", variable)


LABS: Mapping[str, Lab] = {
    "lab-browser": around("FRAISIER_LAB_BROWSER", "lab-browser"),
    "lab-docker": around("FRAISIER_LAB_DOCKER", "lab-docker"),
    "lab-systemd": around("FRAISIER_LAB_SYSTEMD", "lab-systemd"),
    "lab-postgresql": Lab(
        postgresql.can_be_mortal, "the programs of a PostgreSQL server, to start and restart one"
    ),
    "graphql-http": Lab(audit.there, "the audit of graphql-http (`make payloads`, with Node)"),
    "octokit": Lab(octokit.there, "GitHub's examples (`make payloads`, with npm)"),
    "schemathesis": Lab(fuzzing.there, "schemathesis (the extra http of this package)"),
    mounts.TAG: Lab(mounts.possible, "a mount namespace (unshare, as root or as a user)"),
}


def possible(cases: Sequence[Case], labs: Collection[str] | None = None) -> list[Case]:
    """The cases whose labs are there; without ``labs`` those that this machine has."""
    there = running(cases) if labs is None else labs
    return [case for case in cases if (case.tags & LABS.keys()) <= set(there)]


def running(cases: Sequence[Case]) -> set[str]:
    """The labs of this process that the cases need."""
    needed = frozenset[str]().union(*(case.tags for case in cases)) & LABS.keys()
    return {name for name in needed if LABS[name].there()}


def left_out(cases: Sequence[Case], labs: Collection[str] | None = None) -> list[str]:
    """One line for each lab that cases need and that is not there."""
    there = running(cases) if labs is None else labs
    lines: list[str] = []
    for name in sorted(LABS.keys() - set(there)):
        count = sum(name in case.tags for case in cases)
        if count:
            lines.append(f"left out: {count} cases need {LABS[name].what}")
    return lines
