"""``conformance/faults/*.yaml``: small wrong edits, each of which breaks one requirement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from conform import requirements
from conform.dialects import DIALECTS
from conform.requirements import Requirement
from conform.verdicts import SetupError

KEYS = ("fault", "breaks", "file", "find", "replace")
BY = "by"  # part of the title of the scenario that notices; only it is asked


@dataclass(frozen=True, slots=True)
class Fault:
    """Replace ``find``, which ``file`` holds exactly once, and ``breaks`` holds no more."""

    name: str
    breaks: str
    file: str
    find: str
    replace: str
    by: str = ""

    @property
    def databases(self) -> tuple[str, ...]:
        """Where it shows: a fault of a dialect's SQL in that dialect, another in any."""
        dialect = Path(self.file).parts[1]
        return (dialect,) if dialect in DIALECTS else tuple(DIALECTS)


def load(checkout: Path, only: tuple[str, ...] = ()) -> list[Fault]:
    """
    The faults whose name or requirement fits a pattern of ``only``; without any: all.

    Raises:
        SetupError: An entry is incomplete or stale; all of them are named.
    """
    known = requirements.load(checkout)
    entries = list(_entries(checkout / "conformance" / "faults"))
    problems = [f"{where}: {text}" for where, entry in entries for text in _wrong(checkout, entry)]
    if not problems:
        found = [_fault(entry) for _, entry in entries]
        problems = [*_doubles(found), *_unchecked(found, known)]
        chosen = [fault for fault in found if _fits(fault, only)]
        if not problems and chosen:
            return chosen
    raise SetupError("\n".join(problems) or "no fault fits")


def _entries(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("*.yaml")):
        document: dict[str, Any] = yaml.safe_load(path.read_text()) or {}
        for number, entry in enumerate(document.get("faults") or (), 1):
            yield f"{path.name}, fault {number}", entry


def _wrong(checkout: Path, entry: dict[str, Any]) -> Iterator[str]:
    texts = all(isinstance(value, str) for value in entry.values())
    if set(entry) - {BY} != set(KEYS) or not texts:
        yield f"it has the keys {', '.join(KEYS)}, and may have {BY}, all of them texts"
        return
    path = checkout / entry["file"]
    if not path.is_file():
        yield f"there is no {entry['file']}"
    elif (count := path.read_text().count(entry["find"])) != 1:
        yield f"{entry['file']} holds the text {count} times: {entry['find']!r}"
    elif entry["find"] == entry["replace"]:
        yield "it changes nothing"
    elif path.suffix == ".py" and (reason := _no_python(path, entry)):
        yield f"with it {entry['file']} is no Python: {reason}"


def _no_python(path: Path, entry: dict[str, Any]) -> str:
    """What runs at no time breaks everything, and shows nothing."""
    try:
        compile(path.read_text().replace(entry["find"], entry["replace"]), path.name, "exec")
    except SyntaxError as error:
        return f"{error.msg} in line {error.lineno}"
    return ""


def _fault(entry: dict[str, Any]) -> Fault:
    return Fault(*(entry[key] for key in KEYS), by=entry.get(BY, ""))


def _doubles(found: list[Fault]) -> Iterator[str]:
    names = Counter(fault.name for fault in found)
    yield from (f'"{name}" comes twice' for name, count in names.items() if count > 1)


def _unchecked(found: list[Fault], known: dict[str, Requirement]) -> Iterator[str]:
    for fault in found:
        requirement = known.get(fault.breaks)
        if requirement is None:
            yield f"{fault.name}: {fault.breaks} is no requirement"
        elif not requirement.checks:
            yield f"{fault.name}: no scenario checks {fault.breaks}"


def _fits(fault: Fault, only: tuple[str, ...]) -> bool:
    return not only or any(
        fnmatchcase(text, pattern) for pattern in only for text in (fault.name, fault.breaks)
    )
