"""A baseline file: findings that are known, each with a link and the day it must be gone by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from conform.verdicts import SetupError

KEYS = ("implementation", "database", "requirement", "check", "issue", "expires", "reason")
OPTIONAL = frozenset({"database", "reason"})
HEAD = """\
# Findings that are known. `conform baseline check` fails for every other, and for an entry that
# is stale (it holds), unmatched (nothing was asked) or expired. `conform baseline write` keeps it.
"""
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One check of one requirement that fails in one implementation."""

    implementation: str
    requirement: str
    check: str  # "file.feature: scenario", wildcards are allowed
    issue: str
    expires: date
    database: str = ""  # of all, when empty
    reason: str = ""
    line: int = 0

    def matches(self, result: Record) -> bool:
        """Whether the result is of the check that the entry is about."""
        return (
            result["implementation"] == self.implementation
            and self.database in ("", result["database"])
            and self.requirement in result["requirements"]
            and fnmatchcase(check_of(result), self.check)
        )

    def as_mapping(self) -> dict[str, Any]:
        """Without what is empty, in the order of the file."""
        values = asdict(self)
        return {key: values[key] for key in KEYS if values[key]}


def check_of(result: Record) -> str:
    """The name of a check that does not change when lines move."""
    return f"{result['case'].rpartition(':')[0]}: {result['scenario']}"


def literal(check: str) -> str:
    """The pattern that means this check alone."""
    return "".join(f"[{each}]" if each in "*?[" else each for each in check)


def read(path: Path) -> list[Entry]:
    """
    The entries of a baseline file.

    Raises:
        SetupError: The file cannot be read, or an entry is not whole; it says where.
    """
    import yaml

    try:
        root = cast("Any", yaml).compose(path.read_text(), Loader=yaml.SafeLoader)
        document: Any = yaml.safe_load(path.read_text()) or {}
    except OSError as reason:
        raise SetupError(f"{path}: {reason.strerror}") from reason
    except yaml.YAMLError as reason:
        raise SetupError(f"{path}: {' '.join(str(reason).split())}") from reason
    if not isinstance(document, dict) or set(cast("dict[str, Any]", document)) - {"findings"}:
        raise SetupError(f"{path}:1: a mapping with a list of findings is needed")
    nodes = [node for key, value in root.value if key.value == "findings" for node in value.value]
    listed: list[Any] = cast("dict[str, Any]", document).get("findings") or []
    lines = [node.start_mark.line + 1 for node in nodes]
    return [_entry(each, path, line) for each, line in zip(listed, lines, strict=True)]


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Replace the file."""
    import yaml

    document = {"findings": [each.as_mapping() for each in entries]}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text)


def _entry(values: Any, path: Path, line: int) -> Entry:
    problems = list(_wrong(values))
    if problems:
        raise SetupError(f"{path}:{line}: {'; '.join(problems)}")
    return Entry(**values, line=line)


def _wrong(values: Any) -> Iterator[str]:
    if not isinstance(values, dict):
        yield "a mapping is needed"
        return
    given = cast("dict[str, Any]", values)
    for key in KEYS:
        if key not in given and key not in OPTIONAL:
            yield f"'{key}' is missing"
    for key, value in given.items():
        if key not in KEYS:
            yield f"unknown key '{key}': known are {', '.join(KEYS)}"
        elif key == "expires" and type(value) is not date:
            yield "'expires' is no day like 2027-01-31"
        elif key != "expires" and not (isinstance(value, str) and value):
            yield f"'{key}' is no text"
    if not str(given.get("issue", "https://")).startswith(("https://", "http://")):
        yield "'issue' is no link"
