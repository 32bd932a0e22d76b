"""``db/mutants.yaml``: mutants that behave like the original, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from conform.mutation.job import NOT_INSTALLED, SURVIVED, Outcome
from conform.verdicts import SetupError

Identity = tuple[str, str]


def explained(checkout: Path, dialect: str) -> dict[Identity, str]:
    """
    File and mutation of each explained mutant of a dialect, with the reason.

    Raises:
        SetupError: An entry lacks its file, its mutation or its reason.
    """
    path = checkout / "db" / "mutants.yaml"
    document: dict[str, list[dict[str, str]]] = {}
    if path.exists():
        document = yaml.safe_load(path.read_text()) or {}
    found: dict[Identity, str] = {}
    for entry in document.get("equivalent") or []:
        if not all(entry.get(key) for key in ("file", "mutation", "why")):
            raise SetupError(f"db/mutants.yaml: file, mutation and why are needed: {entry}")
        if entry["file"].startswith(f"db/{dialect}/"):
            found[entry["file"], entry["mutation"]] = entry["why"]
    return found


def unexplained(outcomes: Sequence[Outcome], known: Mapping[Identity, str]) -> list[Outcome]:
    """Survivors that nobody has explained."""
    return [each for each in outcomes if each.outcome == SURVIVED and each.identity not in known]


def stale(
    outcomes: Sequence[Outcome], known: Mapping[Identity, str], files: set[str]
) -> list[Identity]:
    """Explained mutants of the files judged that are noticed after all, or exist no more."""
    survivors = {each.identity for each in outcomes if each.outcome in (SURVIVED, NOT_INSTALLED)}
    return [each for each in known if each[0] in files and each not in survivors]
