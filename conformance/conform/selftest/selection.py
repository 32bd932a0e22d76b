"""Which cases are asked about which fault, and where they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conform import labs, mounts, requirements
from conform.cases import Case, collect
from conform.dialects import DIALECTS
from conform.requirements import Requirement
from conform.selftest.faults import Fault
from conform.selftest.job import Outcome, Question
from conform.targets import DATABASE, Target

REFERENCE = "impl/py"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where cases run: the SQL itself or the reference, a database, and whether they mount."""

    folder: str | None  # of the implementation, in the checkout; None: the SQL is asked itself
    dialect: str
    mounting: bool
    cases: tuple[Case, ...]

    def __hash__(self) -> int:
        return hash((self.folder, self.dialect, self.mounting))


@dataclass
class Docket:
    """All cases that can run on this machine."""

    known: Mapping[str, Requirement]
    cases: tuple[Case, ...]

    @cached_property
    def benches(self) -> tuple[Bench, ...]:
        """Every place, with the cases that can run there."""
        return tuple(
            Bench(folder, dialect, mounting, self._there(folder, dialect, mounting))
            for folder in (None, REFERENCE)
            for dialect in DIALECTS
            for mounting in (False, True)
        )

    def _there(self, folder: str | None, dialect: str, mounting: bool) -> tuple[Case, ...]:
        column = DATABASE if folder is None else Path(folder).name
        target = Target(column, dialect, first=dialect == DIALECTS[0])
        return tuple(
            case
            for case in self.cases
            if target.applies(case, self.known) and (mounts.TAG in case.tags) == mounting
        )

    def question(self, fault: Fault) -> tuple[Bench, Question] | None:
        """The first place that has cases of the requirement, and these cases."""
        for bench in self.benches:
            about = [case for case in bench.cases if _asked(case, fault)]
            if about and bench.dialect in fault.databases:
                cheap = sorted(about, key=_cost)
                return bench, Question(fault, tuple(case.key for case in cheap))
        return None


Asked = dict[Bench, list[Question]]


def benches(checkout: Path, faults: Sequence[Fault]) -> tuple[Asked, list[Outcome]]:
    """The questions about the faults, by the place where they are asked; what cannot be."""
    known = requirements.load(checkout)
    found = collect(checkout / "scenarios", checkout).cases
    names = {fault.breaks for fault in faults}
    about = [case for case in found if names & set(case.requirements)]
    docket = Docket(known, tuple(labs.possible(about)))
    asked: Asked = {}
    absent: list[Outcome] = []
    for fault in faults:
        chosen = docket.question(fault)
        if chosen is None:
            absent.append(_absent(fault, about))
        else:
            asked.setdefault(chosen[0], []).append(chosen[1])
    return asked, absent


def _absent(fault: Fault, cases: Sequence[Case]) -> Outcome:
    """No case can be asked: what it needs is not here, or none fits."""
    missing = labs.left_out([case for case in cases if _asked(case, fault)])
    if missing:
        return Outcome(fault, None, "; ".join(missing), left_out=True)
    return Outcome(fault, None, f'no case of it fits "{fault.by}"')


def _asked(case: Case, fault: Fault) -> bool:
    return fault.breaks in case.requirements and fault.by in case.title


def _cost(case: Case) -> tuple[bool, int]:
    """Everyday cases are the quick ones; of an outline the first row is as good as any."""
    return "thorough" in case.tags, case.row
