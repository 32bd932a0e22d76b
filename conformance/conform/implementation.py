"""An implementation as the suite sees it: a folder with an ``impl.yaml``."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from conform.verdicts import SetupError

MANIFEST = "impl.yaml"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A requirement that is known not to hold, with the reason."""

    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Implementation:
    """What an ``impl.yaml`` says, with its commands found."""

    folder: Path
    name: str
    language: str
    version: tuple[str, ...]
    build: tuple[str, ...] | None
    start: tuple[str, ...]
    cli: tuple[str, ...]
    databases: tuple[str, ...]
    profiles: tuple[str, ...]
    deviations: tuple[Deviation, ...]


def load(folder: Path, checkout: Path) -> Implementation:
    """
    Read a manifest and find its commands.

    Raises:
        SetupError: There is none, it does not fit spec/impl.schema.json, or it
            names a command that does not exist.
    """
    path = folder / MANIFEST if folder.is_dir() else folder
    values = _values(path, checkout)
    home = path.parent.resolve()

    def command(key: str) -> tuple[str, ...]:
        return _found(tuple(values[key]), f"{path}: {key}", home, checkout)

    return Implementation(
        folder=home,
        name=values["name"],
        language=values["language"],
        version=command("version"),
        build=command("build") if values.get("build") else None,
        start=command("start"),
        cli=command("cli"),
        databases=tuple(values["databases"]),
        profiles=tuple(values["profiles"]),
        deviations=tuple(Deviation(**each) for each in values.get("deviations") or ()),
    )


def discover(checkout: Path) -> list[Path]:
    """The folders of ``impl/`` that hold a manifest."""
    return sorted(path.parent for path in (checkout / "impl").glob(f"*/{MANIFEST}"))


def _values(path: Path, checkout: Path) -> dict[str, Any]:
    import jsonschema
    import yaml

    try:
        values = yaml.safe_load(path.read_text())
        schema = json.loads((checkout / "spec" / "impl.schema.json").read_text())
        jsonschema.validate(values, schema)
    except OSError as reason:
        raise SetupError(f"{path}: {reason.strerror}") from reason
    except yaml.YAMLError as reason:
        raise SetupError(f"{path}: {' '.join(str(reason).split())}") from reason
    except jsonschema.ValidationError as reason:
        raise SetupError(_misfit(path, reason)) from reason
    return values


def _misfit(path: Path, reason: Any) -> str:
    """Where a manifest does not fit its schema, why, and what was meant."""
    line = _line(path.read_text(), list(reason.absolute_path))
    close: list[str] = []
    if reason.validator == "enum":
        close = get_close_matches(str(reason.instance), map(str, reason.validator_value), 1, 0.5)
    hint = f": did you mean {close[0]}?" if close else ""
    return f"{path}:{line}: {reason.json_path}: {reason.message}{hint}"


def _line(text: str, steps: list[str | int]) -> int:
    """The line of the value that lies at the end of the steps."""
    import yaml

    node = cast("Any", yaml).compose(text, Loader=yaml.SafeLoader)
    for step in steps:
        if isinstance(step, int):
            node = node.value[step]
        else:
            node = {key.value: value for key, value in node.value}[step]
    return node.start_mark.line + 1 if node else 1


def _found(command: tuple[str, ...], where: str, home: Path, checkout: Path) -> tuple[str, ...]:
    """
    The command with the path of its program: relative to the manifest when it has
    a slash, else from the checkout's virtual environment, else from PATH.
    """
    program = command[0]
    if "/" in program:
        found = shutil.which(home / program)
    else:
        found = shutil.which(program, path=str(checkout / ".venv" / "bin")) or shutil.which(program)
    if found is None:
        raise SetupError(f'{where}: command "{program}" does not exist')
    return (str(Path(found).absolute()), *command[1:])
