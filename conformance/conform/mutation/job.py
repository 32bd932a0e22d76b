"""What one process of a mutation run is told, and what it answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KILLED = "killed"
SURVIVED = "survived"
NOT_INSTALLED = "not-installed"  # the database refuses the script: no mutant at all


@dataclass(frozen=True, slots=True)
class Job:
    """A share of the mutants."""

    checkout: str
    dialect: str
    place: str
    names: tuple[tuple[str, str], ...]  # (file, name) of each mutant
    results: str  # NDJSON

    def write(self, path: Path) -> None:
        """Save for another process."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Job:
        """What ``write`` saved."""
        values: dict[str, Any] = json.loads(path.read_text())
        names = tuple((str(file), str(name)) for file, name in values.pop("names"))
        return cls(names=names, **values)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant."""

    file: str
    line: int
    name: str
    outcome: str
    killer: str | None = None  # the case that noticed
    reason: str | None = None  # what it said, or why the script was refused
    scenarios: int = 0
    duration_seconds: float = 0.0

    @property
    def identity(self) -> tuple[str, str]:
        """What stays the same when lines move."""
        return self.file, self.name

    def as_line(self) -> str:
        """One line of NDJSON."""
        return json.dumps({"record": "mutant", **asdict(self)}, ensure_ascii=False)


def outcomes(path: Path) -> list[Outcome]:
    """The outcomes that a process has written."""
    if not path.exists():
        return []
    lines = (json.loads(line) for line in path.read_text().splitlines())
    return [
        Outcome(**{key: value for key, value in line.items() if key != "record"})
        for line in lines
        if line["record"] == "mutant"
    ]
