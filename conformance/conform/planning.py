"""From options to a plan: which cases, on which targets, with which servers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conform import guards, requirements, vacuity
from conform.cases import Case, Collection, Problem, collect
from conform.dialects import DIALECTS
from conform.implementation import Implementation, discover, load
from conform.requirements import Requirement
from conform.surroundings import environment
from conform.targets import DATABASE, Target
from conform.verdicts import SetupError

VERSION_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    checkout: Path
    scenarios: Path
    implementations: tuple[Path, ...] = ()
    url: str | None = None
    databases: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    smoke: bool = False
    thorough: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """The cases that are asked for, and what is wrong with the suite around them."""

    cases: tuple[Case, ...]
    requirements: dict[str, Requirement]
    problems: tuple[Problem, ...]


def select(options: Options) -> Selection:
    """
    Read the scenarios and requirements and choose.

    Problems of files that ``--only`` leaves out are left out too.

    Raises:
        SetupError: A pattern fits nothing, or requirements.yaml cannot be read.
    """
    known = requirements.load(options.checkout)
    found = collect(options.scenarios, options.checkout)
    chosen = tuple(case for case in found.cases if _asked_for(case, options))
    problems = guards.problems(found, known, options.scenarios, options.checkout)
    if options.only:
        problems = _of_chosen(problems, chosen, found, options)
    else:
        problems += guards.strays(options.checkout)
        problems += vacuity.problems(found.thens, root=options.checkout)
    if not chosen and not problems:
        raise SetupError("no scenario fits " + (" ".join(options.only) or "the selection"))
    return Selection(chosen, known, tuple(problems))


def _asked_for(case: Case, options: Options) -> bool:
    if options.smoke and "smoke" not in case.tags:
        return False
    return not options.only or any(case.matches(pattern) for pattern in options.only)


def _of_chosen(
    problems: Sequence[Problem], chosen: Sequence[Case], found: Collection, options: Options
) -> list[Problem]:
    files = {case.file for case in chosen}
    broken = {problem.where for problem in found.problems}
    return [
        problem
        for problem in problems
        if guards.about(problem, files)
        or (problem.where in broken and any(each in problem.where for each in options.only))
    ]


def targets(options: Options) -> list[Target]:
    """
    The columns on each database.

    Raises:
        SetupError: An implementation or a database is not what it should be.
    """
    dialects = options.databases or DIALECTS
    for dialect in dialects:
        if dialect not in DIALECTS:
            raise SetupError(f'"{dialect}" is not a database; known: {", ".join(DIALECTS)}')
    if options.url:
        return [Target("url", dialects[0], url=options.url)]
    folders = options.implementations or tuple(discover(options.checkout))
    columns = [load(folder, options.checkout) for folder in folders]
    found = [target for each in columns for target in _targets_of(each, dialects)]
    if not options.implementations:
        own = [Target(DATABASE, dialect, first=dialect == dialects[0]) for dialect in dialects]
        found = [*own, *found]
    asked = options.smoke or bool(options.only)
    thorough, whole = options.thorough or asked, options.whole or asked
    return [replace(target, thorough=thorough, whole=whole) for target in found]


def _targets_of(implementation: Implementation, dialects: Sequence[str]) -> list[Target]:
    supported = [dialect for dialect in dialects if dialect in implementation.databases]
    return [
        Target(
            implementation.name,
            dialect,
            implementation,
            first=dialect == supported[0],
        )
        for dialect in supported
    ]


def left_out(found: Sequence[Target], cases: Sequence[Case], known: dict[str, Requirement]) -> int:
    """How many examples only a whole run has."""
    return sum(
        replace(target, thorough=True, whole=True).applies(case, known)
        and not target.applies(case, known)
        for target in found
        for case in cases
    )


def check_deviations(found: Sequence[Target], known: dict[str, Requirement]) -> None:
    """
    Raises:
        SetupError: An implementation deviates from what is no requirement.
    """
    for target in found:
        for deviation in target.implementation.deviations if target.implementation else ():
            if deviation.requirement not in known:
                text = f"{target.column}: unknown requirement in deviations: "
                raise SetupError(text + deviation.requirement)


def needed(
    found: Sequence[Target], cases: Sequence[Case], known: dict[str, Requirement]
) -> list[Target]:
    """The targets that have something to do."""
    return [t for t in found if any(t.applies(case, known) for case in cases)]


def versions(found: Sequence[Target], build: bool, say: Callable[[str], None]) -> dict[str, str]:
    """
    Build each implementation when asked to, and let it say its version.

    Raises:
        SetupError: Either fails.
    """
    said: dict[str, str] = {}
    for each in {
        t.implementation.name: t.implementation for t in found if t.implementation
    }.values():
        if build and each.build:
            say(f"building {each.name}")
            _output(each, each.build)
        said[each.name] = _output(each, each.version)
    return said


def _output(implementation: Implementation, command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=implementation.folder,
            env=environment(implementation.folder),
            stdin=subprocess.DEVNULL,
            timeout=VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as reason:
        raise SetupError(f"{implementation.name}: {' '.join(command)}: {reason}") from reason
    if done.returncode:
        said = " ".join(done.stderr.split())[-300:]
        text = f"{implementation.name}: {' '.join(command)} ended with {done.returncode}: {said}"
        raise SetupError(text)
    return " ".join(done.stdout.split())[:200]
