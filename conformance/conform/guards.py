"""No silent green: what must be right before the first scenario runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from conform.cases import Collection, Problem
from conform.requirements import LEVELS, PROFILES, Requirement


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
                yield Problem(where, f"@{each} is not in spec/requirements.yaml")
            elif case.file not in requirements[each].checks:
                yield Problem(where, f"{each} does not name {case.file} among its checks")


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
            text = "requirements of the profile database and of another in one scenario"
            yield Problem(f"{folder}/{case.key}", text)


def _of_requirement(
    requirement: Requirement, found: Collection, scenarios: Path
) -> Iterator[Problem]:
    where = f"spec/requirements.yaml:{requirement.line}"
    if requirement.level not in LEVELS:
        yield Problem(where, f'{requirement.id}: unknown level "{requirement.level}"')
    if requirement.profile not in PROFILES:
        yield Problem(where, f'{requirement.id}: unknown profile "{requirement.profile}"')
    if requirement.checks and requirement.excluded:
        yield Problem(where, f"{requirement.id}: has checks and is excluded")
    if requirement.level == "MUST" and not (requirement.checks or requirement.excluded):
        yield Problem(where, f"{requirement.id}: MUST with neither checks nor a reason for none")
    for file in requirement.checks:
        if not (scenarios / file).is_file():
            yield Problem(where, f"{requirement.id}: there is no scenarios/{file}")
        elif file not in found.ids.get(requirement.id, ()):
            yield Problem(where, f"{requirement.id}: no scenario of {file} carries it")
