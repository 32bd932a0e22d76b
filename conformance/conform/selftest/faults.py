"""``conformance/faults/*.yaml``: small wrong edits, each of which breaks one requirement."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from conform import requirements
from conform.dialects import DIALECTS
from conform.mutation.mutants import mutants
from conform.requirements import Requirement
from conform.selftest.reading import entries
from conform.verdicts import SetupError

KEYS = ("fault", "breaks", "file")
TEXTS = ("find", "replace")
MUTATION = "mutation"  # instead of the texts: its name in `conform mutate`
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
    mutation: str = ""

    @property
    def databases(self) -> tuple[str, ...]:
        """Where it shows: a fault of a dialect's SQL in that dialect, another in any."""
        dialect = Path(self.file).parts[1]
        return (dialect,) if dialect in DIALECTS else tuple(DIALECTS)

    @property
    def key(self) -> tuple[str, str]:
        """One edit may break several requirements, and is judged for each of them."""
        return self.name, self.breaks

    @property
    def digest(self) -> str:
        """Tells an edit from what it was when its outcome was recorded."""
        edit = [self.mutation] if self.mutation else [self.find, self.replace]
        return hashlib.sha256("\0".join([self.file, self.by, *edit]).encode()).hexdigest()[:12]


def load(checkout: Path, only: tuple[str, ...] = ()) -> list[Fault]:
    """
    The faults whose name or requirement fits a pattern of ``only``, maybe none; without
    any pattern: all.

    Raises:
        SetupError: An entry is incomplete or stale; all of them are named.
    """
    known = requirements.load(checkout)
    listed = list(entries(checkout, "faults"))
    problems = [f"{where}: {text}" for where, entry in listed for text in wrong(checkout, entry)]
    if not problems:
        found = [fault for _, entry in listed for fault in made(checkout, entry)]
        problems = [*_doubles([entry for _, entry in listed]), *_unchecked(found, known)]
        chosen = [fault for fault in found if fits(fault.key, only)]
        if not problems:
            return chosen
    raise SetupError("\n".join(problems))


def wrong(checkout: Path, entry: dict[str, Any]) -> Iterator[str]:
    """What is incomplete or stale in an entry."""
    if not _complete(entry):
        texts = f"{', '.join(TEXTS)} or {MUTATION}"
        yield f"it has the keys {', '.join(KEYS)}, {texts}, and may have {BY}, all of them texts"
        return
    path = checkout / entry["file"]
    if not path.is_file():
        yield f"there is no {entry['file']}"
    elif MUTATION in entry:
        if not _mutant(path, entry):
            yield f"{entry['file']} has no mutant {entry[MUTATION]!r}"
    elif (count := path.read_text().count(entry["find"])) != 1:
        yield f"{entry['file']} holds the text {count} times: {entry['find']!r}"
    elif entry["find"] == entry["replace"]:
        yield "it changes nothing"
    elif path.suffix == ".py" and (reason := _no_python(path, entry)):
        yield f"with it {entry['file']} is no Python: {reason}"


def _complete(entry: dict[str, Any]) -> bool:
    """All keys are there, no others, and they hold texts; ``breaks`` may be a list of them."""
    texts = [*(value for key, value in entry.items() if key != "breaks"), *_broken_by(entry)]
    ways = ({*KEYS, *TEXTS}, {*KEYS, MUTATION})
    return set(entry) - {BY} in ways and all(isinstance(text, str) for text in texts)


def _broken_by(entry: dict[str, Any]) -> list[Any]:
    breaks = entry.get("breaks")
    return cast("list[Any]", breaks) if isinstance(breaks, list) and breaks else [breaks]


def _no_python(path: Path, entry: dict[str, Any]) -> str:
    """What runs at no time breaks everything, and shows nothing."""
    try:
        compile(path.read_text().replace(entry["find"], entry["replace"]), path.name, "exec")
    except SyntaxError as error:
        return f"{error.msg} in line {error.lineno}"
    return ""


def _mutant(path: Path, entry: dict[str, Any]) -> str:
    """The whole script of the mutant, or nothing."""
    made = mutants(entry["file"], path.read_text())
    return next((each.script for each in made if each.name == entry[MUTATION]), "")


def made(checkout: Path, entry: dict[str, Any]) -> Iterator[Fault]:
    """One for each requirement that the entry breaks."""
    path = checkout / entry["file"]
    mutated = MUTATION in entry
    find = path.read_text() if mutated else entry["find"]
    replace = _mutant(path, entry) if mutated else entry["replace"]
    for breaks in _broken_by(entry):
        by, mutation = entry.get(BY, ""), entry.get(MUTATION, "")
        yield Fault(entry["fault"], breaks, entry["file"], find, replace, by, mutation)


def _doubles(listed: list[dict[str, Any]]) -> Iterator[str]:
    names = Counter(entry["fault"] for entry in listed)
    yield from (f'"{name}" comes twice' for name, count in names.items() if count > 1)
    for entry in listed:
        if len(set(_broken_by(entry))) < len(_broken_by(entry)):
            yield f"{entry['fault']}: it names a requirement twice"


def _unchecked(found: list[Fault], known: dict[str, Requirement]) -> Iterator[str]:
    for fault in found:
        requirement = known.get(fault.breaks)
        if requirement is None:
            yield f"{fault.name}: {fault.breaks} is no requirement"
        elif not requirement.checks:
            yield f"{fault.name}: no scenario checks {fault.breaks}"


def fits(texts: Iterable[str], only: tuple[str, ...]) -> bool:
    """Whether one of the texts fits one of the patterns, if there are any."""
    return not only or any(fnmatchcase(text, pattern) for pattern in only for text in texts)
