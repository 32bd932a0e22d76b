"""No silent green: what must be right before the first scenario runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from conform.cases import PLAIN_TAGS, Collection, Problem
from conform.requirements import LEVELS, PROFILES, Requirement

# Folders with much in them that is nobody's feature file.
FOREIGN = frozenset({"node_modules", "impl", "reports"})


def problems(
    found: Collection, requirements: Mapping[str, Requirement], scenarios: Path, checkout: Path
) -> list[Problem]:
    """Every problem of the feature files, of the requirements, and between the two."""
    folder = scenarios.relative_to(checkout) if scenarios.is_relative_to(checkout) else scenarios
    return [
        *found.problems,
        *_unknown_ids(found, requirements, folder),
        *_mixed_profiles(found, requirements, folder),
        *(each for r in requirements.values() for each in _of_requirement(r, found, scenarios)),
    ]


def about(problem: Problem, files: set[str]) -> bool:
    """Whether a problem concerns one of the feature files (``--only`` looks at no others)."""
    return any(f"/{file}:" in f"/{problem.where}" for file in files)


def _unknown_ids(
    found: Collection, requirements: Mapping[str, Requirement], folder: Path
) -> Iterator[Problem]:
    said: set[tuple[str, str]] = set()
    for case in found.cases:
        for each in case.requirements:
            if (case.file, each) in said:
                continue
            said.add((case.file, each))
            where = f"{folder}/{case.key}"
            if each not in requirements:
                known = (*requirements, *PLAIN_TAGS)
                text = f"@{each} is not in spec/requirements.yaml: {_meant(each, known)}"
                yield Problem(where, text)
            elif case.file not in requirements[each].checks:
                line = f"spec/requirements.yaml:{requirements[each].line}"
                text = f"{each} does not name {case.file} among its checks: add it in {line}"
                yield Problem(where, text)


def _mixed_profiles(
    found: Collection, requirements: Mapping[str, Requirement], folder: Path
) -> Iterator[Problem]:
    for case in found.cases:
        kinds = {
            requirements[each].profile == "database"
            for each in case.requirements
            if each in requirements
        }
        if len(kinds) > 1:
            text = "requirements of the profile database and of another: make two scenarios of it"
            yield Problem(f"{folder}/{case.key}", text)


def _of_requirement(
    requirement: Requirement, found: Collection, scenarios: Path
) -> Iterator[Problem]:
    where, name = f"spec/requirements.yaml:{requirement.line}", requirement.id
    for what, value, known in (
        ("level", requirement.level, LEVELS),
        ("profile", requirement.profile, PROFILES),
    ):
        if value not in known:
            yield Problem(where, f'{name}: unknown {what} "{value}": {_meant(value, known)}')
    if requirement.checks and requirement.excluded:
        yield Problem(where, f"{name}: has checks and is excluded: remove one of the two")
    if requirement.level == "MUST" and not (requirement.checks or requirement.excluded):
        text = "MUST with neither checks nor a reason for none: add checks or excluded"
        yield Problem(where, f"{name}: {text}")
    for file in requirement.checks:
        if not (scenarios / file).is_file():
            yield Problem(
                where, f"{name}: there is no scenarios/{file}: {_meant(file, found.files)}"
            )
        elif file not in found.ids.get(name, ()):
            yield Problem(
                where, f"{name}: no scenario of {file} carries it: tag one, or drop the file"
            )


def strays(checkout: Path) -> Iterator[Problem]:
    """Feature files that no run reads: elsewhere than in scenarios/, or misnamed there."""
    folders = [each for each in sorted(checkout.iterdir()) if _own(each)]
    for path in (path for folder in folders for path in _files(folder)):
        inside = path.is_relative_to(checkout / "scenarios")
        named = path.name.endswith(".feature")
        if ".feature" in path.name.lower() and inside != named:
            where = f"{path.relative_to(checkout)}:1"
            way = "call it *.feature" if inside else "move it below scenarios/"
            yield Problem(where, f"feature file that nothing binds: {way}, or remove it")


def _own(folder: Path) -> bool:
    own = folder.is_dir() and not folder.is_symlink()
    return own and folder.name not in FOREIGN and not folder.name.startswith(".")


def _files(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.is_file():
            yield each
        elif _own(each):
            yield from _files(each)


def _meant(given: str, known: Iterable[str]) -> str:
    """The way out of a misspelling."""
    close = get_close_matches(given, list(known), 1, 0.6)
    return f"did you mean {close[0]}?" if close else "correct it, or add it there"
