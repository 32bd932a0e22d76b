"""Run the profiles of an implementation one after the other, up to the first that is not whole."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conform import labs
from conform.cases import Case
from conform.guide.stages import (
    Progress,
    Record,
    Step,
    cases_of,
    first_case,
    following,
    order,
    progress,
    step,
)
from conform.implementation import Implementation, load
from conform.places import checkout
from conform.planning import Options, Selection, select
from conform.report import files
from conform.report.source import Account, read
from conform.running import carry_out
from conform.verdicts import SetupError


@dataclass(slots=True)
class Walk:
    """How far an implementation has come."""

    implementation: Implementation
    done: list[Progress] = field(default_factory=list[Progress])
    next: Step | None = None
    declare: str | None = None  # the profile to add, when all that are declared are whole

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        finding: Record = self.next.finding if self.next else {}
        return {
            "implementation": self.implementation.name,
            "progress": [
                {"profile": each.profile, "held": each.held, "judged": each.judged}
                for each in self.done
            ],
            "requirement": self.next.requirement.id if self.next else None,
            "text": self.next.requirement.text if self.next else None,
            "read": list(self.next.reading) if self.next else [],
            **{key: finding.get(key) for key in ("case", "scenario", "step", "message", "repro")},
            "declare": self.declare,
        }


def walk(folder: Path, database: str | None, workers: int, output: Path) -> Walk:
    """
    Judge one profile after the other until something of one does not hold.

    Raises:
        SetupError: The implementation cannot be started at all, or the suite is wrong.
    """
    root = checkout()
    implementation = load(folder, root)
    dialect = database or implementation.databases[0]
    found = Walk(implementation)
    profiles = order(implementation.profiles)
    for profile, cases in _stages(profiles, root):
        account = _judged(folder, dialect, cases, workers, output)
        selection = _selection(root, cases)
        smoke = frozenset(each.key for each in cases if "smoke" in each.tags)
        found.next = step(profile, account.results, selection.requirements, smoke)
        if len(cases) > 1 or not found.next:
            found.done.append(progress(profile, account.results, selection.requirements))
        if found.next:
            return found
    found.declare = following(profiles)
    return found


def _stages(profiles: list[str], root: Path) -> Iterator[tuple[str, list[Case]]]:
    """Each profile with its cases; before them a single case, which tries ``db init``."""
    selection = select(Options(checkout=root, scenarios=root / "scenarios"))
    if selection.problems:
        raise SetupError(str(selection.problems[0]))
    possible = labs.possible(selection.cases)
    for place, profile in enumerate(profiles):
        cases = cases_of(profile, possible, selection.requirements, profiles)
        if place == 0 and len(cases) > 1:
            yield profile, first_case(cases)
        if cases:
            yield profile, cases


def _selection(root: Path, cases: list[Case]) -> Selection:
    only = tuple(each.key for each in cases)
    return select(Options(checkout=root, scenarios=root / "scenarios", only=only))


def _judged(folder: Path, dialect: str, cases: list[Case], workers: int, output: Path) -> Account:
    """
    Raises:
        SetupError: The run says nothing about the implementation.
    """
    root = checkout()
    options = Options(
        checkout=root,
        scenarios=root / "scenarios",
        implementations=(folder,),
        databases=(dialect,),
        only=tuple(each.key for each in cases),
    )
    with contextlib.redirect_stdout(io.StringIO()):
        carry_out(options, workers, output, require_all=False, build=False)
    account = read(output / files.SOURCE)
    if account.problems:
        raise SetupError(account.problems[0])
    return account
