"""What one process of a self-test is told, and what it answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from conform.selftest.faults import Fault


@dataclass(frozen=True, slots=True)
class Question:
    """A fault, and the cases that ought to notice, the first to be asked first."""

    fault: Fault
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The case that noticed a fault, or None; ``problem``: what came in between.

    ``left_out``: nothing here can notice, because a lab is missing. ``early``: the case
    failed while its world was prepared, before it came to what it checks.
    ``processor_seconds`` are those of the process and of the programs that it has ended.
    """

    fault: Fault
    caught_by: str | None
    problem: str = ""
    asked: int = 0
    duration_seconds: float = 0.0
    processor_seconds: float = 0.0
    left_out: bool = False
    early: bool = False

    def as_line(self) -> str:
        """One line of NDJSON."""
        fault = self.fault
        facts = {"fault": fault.name, "breaks": fault.breaks, "digest": fault.digest}
        found: dict[str, Any] = {"caught_by": self.caught_by, "problem": self.problem}
        found |= {"asked": self.asked, "duration_seconds": self.duration_seconds}
        found |= {"processor_seconds": self.processor_seconds}
        found |= {"left_out": self.left_out, "early": self.early}
        return json.dumps({"record": "fault", **facts, **found}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Job:
    """The faults of one process, all of them on one database."""

    copy: str  # the checkout that may be broken
    dialect: str
    place: str
    results: str  # NDJSON
    questions: tuple[Question, ...]

    def write(self, path: Path) -> None:
        """Save for another process."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Job:
        """What ``write`` saved."""
        values: dict[str, Any] = json.loads(path.read_text())
        asked = values.pop("questions")
        questions = tuple(Question(Fault(**q["fault"]), tuple(q["cases"])) for q in asked)
        return cls(questions=questions, **values)


def outcome_of(line: str, fault: Fault) -> Outcome:
    """What ``as_line`` wrote about the fault."""
    values: dict[str, Any] = json.loads(line)
    kept = [each.name for each in fields(Outcome) if each.name != "fault"]
    return Outcome(fault, **{key: values[key] for key in kept})
