"""Which mutants there are, and which functions each of them can change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from conform.mutation.job import Job
from conform.mutation.mutants import Mutant, mutants
from conform.verdicts import SetupError


def all_mutants(checkout: Path, dialect: str, functions: Sequence[str] = ("*",)) -> list[Mutant]:
    """
    Every mutant of the functions that fit a pattern.

    Raises:
        SetupError: There is no such function.
    """
    folder = checkout / "db" / dialect / "functions"
    files = sorted({path for name in functions for path in folder.glob(f"{name}.sql")})
    if not files:
        raise SetupError(f"db/{dialect} has no function {' or '.join(functions)}")
    return [
        mutant
        for path in files
        for mutant in mutants(path.relative_to(checkout).as_posix(), path.read_text())
    ]


def mutants_of(job: Job) -> list[Mutant]:
    """The mutants that a process has to judge."""
    wanted = set(job.names)
    functions = sorted({Path(file).stem for file, _ in job.names})
    found = all_mutants(Path(job.checkout), job.dialect, functions)
    return [mutant for mutant in found if (mutant.file, mutant.name) in wanted]


def functions_behind(checkout: Path, dialect: str) -> dict[str, set[str]]:
    """For each file of functions the ``fn_*`` that call what it makes, itself included."""
    folder = checkout / "db" / dialect / "functions"
    names = {path.stem for path in folder.glob("*.sql")}
    used = {
        path.stem: (set(re.findall(r"\bf[nx]_\w+", path.read_text())) & names) - {path.stem}
        for path in folder.glob("*.sql")
    }
    shown = _of_views(folder.parent / "views")
    callers = {other for other in names if other.startswith("fn_")}
    return {
        name: {other for other in callers if name in shown or name in _reach(other, used)}
        for name in names
    }


def _of_views(folder: Path) -> set[str]:
    """The internals that views use: every function may show what they make."""
    return {
        name for path in folder.glob("*.sql") for name in re.findall(r"\bfx_\w+", path.read_text())
    }


def _reach(name: str, used: dict[str, set[str]]) -> set[str]:
    reached, waiting = {name}, [name]
    while waiting:
        for other in used[waiting.pop()] - reached:
            reached.add(other)
            waiting.append(other)
    return reached
