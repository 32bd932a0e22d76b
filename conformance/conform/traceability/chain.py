"""The chain of each requirement: claims, scenarios, faults, and a verdict for every column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from conform.cases import Case
from conform.report.matrix import lines
from conform.report.source import Account
from conform.requirements import Requirement
from conform.selftest.matrix import RESULTS
from conform.selftest.reading import entries
from conform.traceability.claims import Section

SELFTEST = "selftest.ndjson"


@dataclass(slots=True)
class Link:
    """One requirement with everything that hangs on it."""

    requirement: Requirement
    claims: list[str] = field(default_factory=list[str])
    scenarios: dict[str, int] = field(default_factory=dict[str, int])  # "file: name" -> cases
    faults: dict[str, str] = field(default_factory=dict[str, str])  # name -> what noticed it
    verdicts: dict[str, str] = field(default_factory=dict[str, str])  # "py on sqlite" -> verdict

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.requirement.id,
            "level": self.requirement.level,
            "text": self.requirement.text,
            "excluded": self.requirement.excluded,
            "claims": self.claims,
            "scenarios": self.scenarios,
            "faults": self.faults,
            "verdicts": self.verdicts,
        }


def links(
    known: Mapping[str, Requirement],
    sections: Iterable[Section],
    cases: Iterable[Case],
    faults: Mapping[str, Mapping[str, str]],
    account: Account,
) -> list[Link]:
    """One a requirement, in the order of requirements.yaml."""
    found = {name: Link(requirement) for name, requirement in known.items()}
    _add_claims(found, sections, known)
    for case in cases:
        for link in (found[each] for each in case.requirements if each in found):
            scenario = f"{case.file}: {case.scenario}"
            link.scenarios[scenario] = link.scenarios.get(scenario, 0) + 1
    for name in faults.keys() & found.keys():
        found[name].faults |= faults[name]
    columns = [" on ".join(column) for column in account.columns()]
    for line in lines(account):
        if line.requirement in found:
            verdicts = zip(columns, line.cells, strict=True)
            found[line.requirement].verdicts = {c: cell.verdict for c, cell in verdicts if cell}
    return list(found.values())


def _add_claims(
    found: Mapping[str, Link], sections: Iterable[Section], known: Mapping[str, Requirement]
) -> None:
    for section in sections:
        for claim in section.claims:
            for name in claim.requirements(known):
                found[name].claims.append(f"{section.document}#{section.anchor}: {claim.text}")


def faults_of(checkout: Path, reports: Path) -> dict[str, dict[str, str]]:
    """
    The faults of each requirement, and what noticed each: in the newest self-test, else as kept.

    Raises:
        SetupError: A file of faults cannot be read.
    """
    noticed = _noticed(checkout / RESULTS) | _noticed(reports / SELFTEST)
    found: dict[str, dict[str, str]] = {}
    for _, entry in entries(checkout, "faults"):
        given: Any = entry.get("breaks")
        broken = cast("list[str]", given) if isinstance(given, list) else [str(given)]
        for each in broken:
            name = str(entry.get("fault"))
            found.setdefault(each, {})[name] = noticed.get((name, each), "not judged")
    return found


def _noticed(path: Path) -> dict[tuple[str, str], str]:
    """A record that is not there, or that is damaged, says nothing."""
    try:
        records = [json.loads(line) for line in path.read_text().splitlines()]
        faults = [each for each in records if each["record"] == "fault"]
        return {(each["fault"], each["breaks"]): _outcome(each) for each in faults}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _outcome(record: dict[str, Any]) -> str:
    if record["caught_by"]:
        return f"noticed by {record['caught_by']}"
    return "left out" if record.get("left_out") else "unnoticed"
