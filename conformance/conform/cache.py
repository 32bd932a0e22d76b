"""
Results that need not be had again: nothing that they depend on has changed.

Only ``conform run --cached`` asks here; a gate never does. Kept is a whole column in which
nothing was found, under the digest of the suite, the SQL, the specification, the
implementation, the machine's Python and the cases that were asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conform import verdicts
from conform.cases import Case
from conform.places import resources
from conform.requirements import Requirement
from conform.run import Tally
from conform.targets import Target

Record = dict[str, Any]
FOLDER = Path(".cache") / "conform"
TREES = ("db", "schema/compiled", "scenarios", "spec")
LOCKS = ("requirements.lock", "pyproject.toml")
PASSED_OVER = frozenset({"node_modules", "__pycache__", "target", "reports"})
MOST_KEPT = 50
GOOD = frozenset({verdicts.PASS, verdicts.WARN, verdicts.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Cache:
    """The results of earlier runs of one checkout."""

    checkout: Path
    requirements: Mapping[str, Requirement]
    cases: Sequence[Case]
    places: Mapping[str, str]  # the server of each dialect

    def found(self, target: Target) -> list[Record] | None:
        """The records of the target, each marked as such; None when they must be had."""
        path = self._path(target)
        try:
            lines = path.read_text().splitlines() if path else []
            return [{**json.loads(line), "cached": True} for line in lines] or None
        except (OSError, ValueError):
            return None

    def keep(self, target: Target, records: Iterable[Record]) -> None:
        """Keep the records of a target, unless one of them is a finding."""
        own = [each for each in records if _is_of(each, target)]
        path = self._path(target)
        if path and own and all(each["verdict"] in GOOD for each in own):
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(json.dumps(each, default=str) + "\n" for each in own)
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_text(text)
            beside.replace(path)
            _prune(path.parent)

    def _path(self, target: Target) -> Path | None:
        """None for what runs elsewhere: nobody knows whether it has changed."""
        if target.url:
            return None
        return self.checkout / FOLDER / f"{self._digest(target)}.ndjson"

    def _digest(self, target: Target) -> str:
        digest = hashlib.sha256()
        engine = _engine(target.dialect, self.places[target.dialect])
        for part in (sys.version, target.column, target.dialect, engine):
            digest.update(f"{part}\0".encode())
        for case in self.cases:
            if target.applies(case, self.requirements):
                digest.update(f"{case.key}\0".encode())
        for path in self._files(target):
            digest.update(f"{path}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _files(self, target: Target) -> Iterator[Path]:
        for tree in TREES:
            yield from _below(self.checkout / tree)
        yield from _below(resources())
        yield from (self.checkout / name for name in LOCKS if (self.checkout / name).exists())
        if target.implementation:
            yield from _below(target.implementation.folder)


def counted(target: Target, records: Sequence[Record]) -> Tally:
    """What was had earlier counts as declared, collected and executed."""
    absent = sum(each["verdict"] == verdicts.NOT_APPLICABLE for each in records)
    number = len(records) - absent
    return Tally(target, number, absent, number, number)


def _engine(dialect: str, place: str) -> str:
    """The version of what holds the databases."""
    if dialect != "postgresql":
        return sqlite3.sqlite_version
    import psycopg

    with psycopg.connect(place) as connection:
        return str(connection.info.server_version)


def _prune(folder: Path) -> None:
    """Whatever is changed makes new names; the old ones are found by nobody."""
    newest_first = sorted(folder.glob("*.ndjson"), key=lambda each: -each.stat().st_mtime_ns)
    for path in newest_first[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _is_of(record: Record, target: Target) -> bool:
    column = (record.get("implementation"), record.get("database"))
    return record["record"] == "result" and column == (target.column, target.dialect)


def _below(folder: Path) -> Iterator[Path]:
    """The files of a folder in a fixed order, without what tools leave in it."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name in PASSED_OVER:
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.is_file():
            yield path
