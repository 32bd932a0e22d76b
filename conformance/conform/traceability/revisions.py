"""Revisions of the specification: the requirements of each, frozen by digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from conform.cases import Problem
from conform.requirements import Requirement
from conform.verdicts import SetupError

FOLDER = Path("spec/revisions")
NAME = re.compile(r"\d+(\.\d+)*")
DIGITS = 16
HEAD = """\
# A revision of the specification: every requirement with the digest of its level, profile and
# text. Written by `conform freeze`, and never changed by hand.
"""
Known = Mapping[str, Requirement]


@dataclass(frozen=True, slots=True)
class Revision:
    """The requirements as they were when it was made."""

    name: str
    frozen_on: str
    before: str  # the digest of the file of the revision before; empty for the first
    requirements: Mapping[str, str]
    path: Path

    @property
    def order(self) -> tuple[int, ...]:
        """0.10 comes after 0.9."""
        return tuple(int(each) for each in self.name.split("."))


def digest(requirement: Requirement) -> str:
    """What changes with the meaning of a requirement, and with nothing else."""
    meaning = (requirement.level, requirement.profile, " ".join(requirement.text.split()))
    return hashlib.sha256("\n".join(meaning).encode()).hexdigest()[:DIGITS]


def load(checkout: Path) -> list[Revision]:
    """
    All revisions, oldest first.

    Raises:
        SetupError: A file is no revision.
    """
    found = [_read(path) for path in (checkout / FOLDER).glob("*.yaml")]
    return sorted(found, key=lambda each: each.order)


def newest(checkout: Path) -> str | None:
    """The name of the newest revision; None when none is frozen."""
    found = load(checkout)
    return found[-1].name if found else None


def problems(checkout: Path, known: Known) -> Iterator[Problem]:
    """Requirements that differ from the newest revision, and revisions that were changed."""
    revisions = load(checkout)
    for before, after in zip([None, *revisions], revisions, strict=False):
        expected = _digest_of(before.path) if before else ""
        if after.before != expected:
            name = before.name if before else "the first"
            text = f"revision {name} was changed after {after.name} was made: restore it"
            yield Problem(f"{FOLDER}/{after.path.name}:1", text)
    if revisions:
        yield from _changed(revisions[-1], known)


def freeze(checkout: Path, name: str, known: Known, today: date) -> Path:
    """
    Write the revision ``name`` of the requirements as they are.

    Raises:
        SetupError: The name is none, or not newer than the newest, or nothing has changed.
    """
    import yaml

    if not NAME.fullmatch(name):
        raise SetupError(f'"{name}" is no name of a revision: numbers and dots, such as 0.4')
    revisions = load(checkout)
    path = checkout / FOLDER / f"{name}.yaml"
    frozen = {each.id: digest(each) for each in known.values()}
    if revisions:
        newest = revisions[-1]
        if tuple(int(each) for each in name.split(".")) <= newest.order:
            raise SetupError(f"{name} is not newer than {newest.name}, which is frozen")
        if newest.requirements == frozen:
            raise SetupError(f"nothing has changed since {newest.name}")
    document = {
        "revision": name,
        "frozen_on": today.isoformat(),
        "before": _digest_of(revisions[-1].path) if revisions else "",
        "requirements": frozen,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + yaml.safe_dump(document, sort_keys=False, width=200))
    return path


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """The ids that were added, changed and removed between two revisions."""
    return {
        "added": [each for each in after if each not in before],
        "changed": [each for each in after if each in before and after[each] != before[each]],
        "removed": [each for each in before if each not in after],
    }


def _changed(revision: Revision, known: Known) -> Iterator[Problem]:
    way = f"restore it, or make a new revision: conform freeze {_next(revision.name)}"
    for name, frozen in revision.requirements.items():
        if name not in known:
            where = f"{FOLDER}/{revision.path.name}:1"
            yield Problem(where, f"{name} of revision {revision.name} is gone: {way}")
        elif digest(known[name]) != frozen:
            where = f"spec/requirements.yaml:{known[name].line}"
            yield Problem(where, f"{name} differs from revision {revision.name}: {way}")


def _next(name: str) -> str:
    head, _, tail = name.rpartition(".")
    return f"{head}.{int(tail) + 1}" if head else str(int(tail) + 1)


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]


def _read(path: Path) -> Revision:
    import yaml

    where = f"{FOLDER}/{path.name}"
    try:
        values: Any = yaml.safe_load(path.read_text())
        frozen = {str(key): str(value) for key, value in values["requirements"].items()}
        name, day, before = (str(values[key]) for key in ("revision", "frozen_on", "before"))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as reason:
        raise SetupError(
            f"{where}: this is no revision: {' '.join(str(reason).split())}"
        ) from reason
    if name != path.stem or not NAME.fullmatch(name):
        raise SetupError(f'{where}: it calls itself "{name}"')
    return Revision(name, day, before, frozen, path)
