"""Plugins: the files that a configuration names, and the values that they bring."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from fraisier.config.problems import Path
from fraisier.config.shape import GIT_PROVIDERS
from fraisier.domain.errors import FraisierError
from fraisier.domain.plugins import FORGE_ALIASES, forge_names, known_target
from fraisier.domain.targets import KnownTarget

if TYPE_CHECKING:
    from fraisier.config.reader import Reader


def load_plugins(reader: Reader, folder: pathlib.Path) -> None:
    """
    Run the files of the key ``plugins`` before anything that they bring is looked up.

    Notes a problem for each that cannot be run. Packages of the entry point group
    ``fraisier.plugins`` are run when a name is met that nothing else explains.
    """
    document = reader.document.value
    known = cast("dict[str, object]", document) if isinstance(document, dict) else {}
    files = known.get("plugins")
    if not isinstance(files, list):
        return
    from fraisier.effects.plugins import load_file

    for index, file in enumerate(cast("list[object]", files)):
        if not isinstance(file, str) or not file.strip() or "\x00" in file:
            continue  # said when the key itself is read
        try:
            load_file((folder / file).resolve())
        except FraisierError as error:
            reader.refuse(("plugins", index), error.message, hint=error.hint)


def files(reader: Reader, value: Any, path: Path) -> tuple[str, ...] | None:
    """A list of paths."""
    if not isinstance(value, list) or not value:
        reader.refuse(path, 'this must be a list of files: ["providers/mine.py"]')
        return None
    items = enumerate(cast("list[Any]", value))
    read = [reader.read("text", item, (*path, index)) for index, item in items]
    return tuple(item for item in read if item is not None)


def anything(reader: Reader, value: Any, path: Path) -> Any:
    """Whatever a plugin or a program wants of its target, as JSON can say it."""
    if isinstance(value, float) and not math.isfinite(value):
        reader.refuse(path, "this number is too large")
        return None
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return {key: anything(reader, item, (*path, key)) for key, item in entries}
    if isinstance(value, list):
        items = enumerate(cast("list[Any]", value))
        return [anything(reader, item, (*path, index)) for index, item in items]
    return value


def options(reader: Reader, value: Any, path: Path) -> Mapping[str, Any] | None:
    """A mapping of anything."""
    return anything(reader, value, path) if reader.is_mapping(value, path) else None


def git_provider(reader: Reader, value: Any, path: Path) -> str | None:
    """A forge: one of Fraisier's own, a relative of it, or of a plugin."""
    return (
        FORGE_ALIASES.get(value, value) if _is_forge(reader, value, path, FORGE_ALIASES) else None
    )


def _is_forge(reader: Reader, value: Any, path: Path, aliases: Iterable[str] = ()) -> bool:
    own = (*GIT_PROVIDERS, *aliases)
    if value not in own and value not in forge_names():
        _look_at_packages(reader)
    return reader.known(value, (*own, *forge_names()), path, "git provider", "unknown-provider")


def custom_forges(reader: Reader, value: Any, path: Path) -> dict[str, Any] | None:
    """Settings of forges that plugins have brought."""
    names = reader.names("custom_git", value, path)
    for name in names or {}:
        _is_forge(reader, name, (*path, name))
    return names


def target_of(reader: Reader, provider: object) -> KnownTarget | None:
    """The keys of a target, or nothing when nobody knows it."""
    if not isinstance(provider, str):
        return None
    if known_target(provider) is None:
        _look_at_packages(reader)
    return known_target(provider)


def _look_at_packages(reader: Reader) -> None:
    from fraisier.effects.plugins import load_packages

    for broken in load_packages():
        if not any(each.message == broken for each in reader.problems):
            reader.refuse((), broken)
