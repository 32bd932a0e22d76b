"""``spec/requirements.yaml``: every normative statement and what checks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from conform.verdicts import SetupError

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
    "dashboard",
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
        SetupError: The file is no list of requirements, or an id comes twice; it says where.
    """
    path = checkout / "spec" / "requirements.yaml"
    found: dict[str, Requirement] = {}
    for node in _listed(path.read_text()) if path.exists() else ():
        requirement = _requirement(node)
        if requirement.id in found:
            raise _wrong(requirement.line, f"{requirement.id} comes twice")
        found[requirement.id] = requirement
    return found


def _wrong(line: int, reason: str) -> SetupError:
    return SetupError(f"spec/requirements.yaml:{line}: {reason}")


def _requirement(node: Any) -> Requirement:
    line: int = node.start_mark.line + 1
    if node.id != "mapping":
        raise _wrong(line, "this is no requirement: a mapping is needed")
    entry = {str(key.value): _value(value) for key, value in node.value}
    return Requirement(
        id=_text(entry, "id", line),
        level=_text(entry, "level", line),
        profile=_text(entry, "profile", line),
        text=_text(entry, "text", line),
        source=_text(entry, "source", line),
        checks=_checks(entry, line),
        excluded=_text(entry, "excluded", line) if "excluded" in entry else None,
        line=line,
    )


def _text(entry: dict[str, Any], name: str, line: int) -> str:
    if name not in entry:
        raise _wrong(line, f"'{name}' is missing")
    if not isinstance(entry[name], str):
        raise _wrong(line, f"'{name}' is no text")
    return entry[name]


def _checks(entry: dict[str, Any], line: int) -> tuple[str, ...]:
    found = entry.get("checks") or ()
    if isinstance(found, str) or any(not isinstance(each, str) for each in found):
        raise _wrong(line, "'checks' is no list of texts")
    return tuple(found)


def _listed(text: str) -> list[Any]:
    """The nodes of the list ``requirements``."""
    root = _composed(text)
    items: dict[Any, Any] = {}
    if root is not None and root.id == "mapping":
        items = {key.value: value for key, value in root.value}
    listed = items.get("requirements")
    if listed is None or listed.id != "sequence":
        raise _wrong(1, "this is no mapping with a list of requirements")
    return listed.value


def _composed(text: str) -> Any:
    import yaml

    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    try:
        return cast("Any", yaml).compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        line = 1 if mark is None else mark.line + 1
        raise _wrong(line, f"the YAML is broken: {' '.join(str(reason).split())}") from error


def _value(node: Any) -> Any:
    """The plain value of a composed node: mappings, lists and text are all there is."""
    if node.id == "mapping":
        return {key.value: _value(value) for key, value in node.value}
    if node.id == "sequence":
        return [_value(each) for each in node.value]
    return node.value
