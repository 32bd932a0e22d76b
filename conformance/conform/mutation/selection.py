"""Which mutants there are, and which functions each of them can change."""

from __future__ import annotations

import re
from pathlib import Path

from conform.mutation.job import Job
from conform.mutation.mutants import Mutant, mutants
from conform.verdicts import SetupError


def all_mutants(checkout: Path, dialect: str, function: str | None = None) -> list[Mutant]:
    """
    Every mutant of the dialect's functions, or of one of them.

    Raises:
        SetupError: There is no such function.
    """
    folder = checkout / "db" / dialect / "functions"
    files = sorted(folder.glob(f"{function or '*'}.sql"))
    if not files:
        raise SetupError(f"db/{dialect} has no function {function}")
    return [
        mutant
        for path in files
        for mutant in mutants(path.relative_to(checkout).as_posix(), path.read_text())
    ]


def mutants_of(job: Job) -> list[Mutant]:
    """The mutants that a process has to judge."""
    wanted = set(job.names)
    found = all_mutants(Path(job.checkout), job.dialect)
    return [mutant for mutant in found if (mutant.file, mutant.name) in wanted]


def functions_behind(checkout: Path, dialect: str) -> dict[str, set[str]]:
    """For each file of functions the ``fn_*`` that call what it makes, itself included."""
    folder = checkout / "db" / dialect / "functions"
    names = {path.stem for path in folder.glob("*.sql")}
    used = {
        path.stem: (set(re.findall(r"\bf[nx]_\w+", path.read_text())) & names) - {path.stem}
        for path in folder.glob("*.sql")
    }
    return {
        name: {other for other in names if other.startswith("fn_") and name in _reach(other, used)}
        for name in names
    }


def _reach(name: str, used: dict[str, set[str]]) -> set[str]:
    reached, waiting = {name}, [name]
    while waiting:
        for other in used[waiting.pop()] - reached:
            reached.add(other)
            waiting.append(other)
    return reached
