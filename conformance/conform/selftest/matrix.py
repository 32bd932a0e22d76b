"""The kill matrix: what ``conform selftest`` and ``conform mutate`` have found, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conform.mutation.job import KILLED, NOT_INSTALLED, SURVIVED
from conform.selftest.faults import load
from conform.selftest.impostors import IMPOSTORS

RESULTS = Path("conformance", "results", "kills.ndjson")
KEPT = ("fault", "breaks", "digest", "caught_by", "early", "processor_seconds")

Record = dict[str, Any]
Key = tuple[str, ...]


def kept(checkout: Path) -> dict[Key, Record]:
    """What was found the last time about each fault, whole implementation and dialect."""
    path = checkout / RESULTS
    lines = path.read_text().splitlines() if path.exists() else []
    records = [json.loads(line) for line in lines]
    return {key_of(each): each for each in records}


def key_of(record: Mapping[str, Any]) -> Key:
    """By what a record is known, however often something is judged."""
    kind = record["record"]
    names = {"fault": ("fault", "breaks"), "implementation": ("implementation",)}
    return (kind, *(str(record[name]) for name in names.get(kind, ("database",))))


def take(checkout: Path, sources: Sequence[Path]) -> None:
    """Add the reports of runs (``*.ndjson``) to what is kept; drop what is no more."""
    found = kept(checkout)
    for source in sources:
        found |= {key_of(each): each for each in _condensed(source)}
    there: set[Key] = {("fault", *fault.key) for fault in load(checkout)}
    there |= {("implementation", each.name) for each in IMPOSTORS}
    chosen = [found[key] for key in sorted(found) if key[0] == "mutants" or key in there]
    path = checkout / RESULTS
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in chosen))


def _condensed(source: Path) -> Iterator[Record]:
    """The records of a report as they are kept; what was left out says nothing."""
    head, *records = [json.loads(line) for line in source.read_text().splitlines()]
    when = {key: head[key] for key in ("date", "commit")}
    if "database" in head:
        yield {"record": "mutants", "database": head["database"], **_counted(records), **when}
    for each in records:
        if each["record"] == "fault" and not each["left_out"]:
            yield {"record": "fault", **{key: each[key] for key in KEPT}, **when}
        elif each["record"] == "implementation":
            by = next(iter(each["by"]), None)
            about = {key: each[key] for key in ("implementation", "what", "breaks", "good")}
            yield {"record": "implementation", **about, "by": by, **when}


def _counted(records: Iterable[Mapping[str, Any]]) -> Record:
    outcomes = [each["outcome"] for each in records if each["record"] == "mutant"]
    names = (KILLED, SURVIVED, NOT_INSTALLED)
    return {name.replace("-", "_"): outcomes.count(name) for name in names}
