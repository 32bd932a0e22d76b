"""``spec/requirements.yaml``: every normative statement and what checks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

LEVELS = ("MUST", "SHOULD", "MAY")
PROFILES = (
    "database",
    "config",
    "cli",
    "graphql",
    "webhook",
    "deploy",
    "observer",
    "server",
    "suite",
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One statement that holds or does not."""

    id: str
    level: str
    profile: str
    text: str
    source: str
    checks: tuple[str, ...]
    excluded: str | None
    line: int


def load(checkout: Path) -> dict[str, Requirement]:
    """
    The requirements by id, in the order of the file.

    Raises:
        ValueError: The file is not a list of requirements, or an id comes twice.
    """
    path = checkout / "spec" / "requirements.yaml"
    entries = _entries(path.read_text()) if path.exists() else []
    found: dict[str, Requirement] = {}
    for entry in entries:
        requirement = _requirement(entry)
        if requirement.id in found:
            raise ValueError(f"requirements.yaml:{requirement.line}: {requirement.id} comes twice")
        found[requirement.id] = requirement
    return found


def _requirement(entry: dict[str, Any]) -> Requirement:
    line = entry["__line__"]
    try:
        return Requirement(
            id=str(entry["id"]),
            level=str(entry["level"]),
            profile=str(entry["profile"]),
            text=str(entry["text"]),
            source=str(entry["source"]),
            checks=tuple(entry.get("checks") or ()),
            excluded=entry.get("excluded"),
            line=line,
        )
    except KeyError as missing:
        raise ValueError(f"requirements.yaml:{line}: {missing} is missing") from missing


def _entries(text: str) -> list[dict[str, Any]]:
    import yaml

    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    root = cast("Any", yaml).compose(text, Loader=loader)
    items: dict[str, Any] = {key.value: value for key, value in root.value} if root else {}
    listed: Any = items.get("requirements")
    entries: list[dict[str, Any]] = []
    for node in listed.value if listed else ():
        entry = _value(node)
        entry["__line__"] = node.start_mark.line + 1
        entries.append(entry)
    return entries


def _value(node: Any) -> Any:
    """The plain value of a composed node: mappings, lists and text are all there is."""
    if node.id == "mapping":
        return {key.value: _value(value) for key, value in node.value}
    if node.id == "sequence":
        return [_value(each) for each in node.value]
    return node.value
