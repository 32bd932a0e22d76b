"""Walks a document along the shapes and collects everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from fraisier.config.document import Document
from fraisier.config.plugins import target_of
from fraisier.config.problems import Path, Problem
from fraisier.config.shape import REQUIRED, SHAPES
from fraisier.domain.nearest import did_you_mean, nearest
from fraisier.domain.plugins import target_names
from fraisier.domain.targets import KNOWN_TARGETS

_NAME_LENGTH_MAX = 63


class Reader:
    """
    Checks values and notes problems; never stops at the first one.

    Methods that read give the cleaned value, or ``None`` when it is wrong.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)
        self._settled = {problem.path for problem in document.problems}

    def refuse(
        self, path: Path, message: str, *, code: str = "config-invalid", hint: str | None = None
    ) -> None:
        """Note a problem, unless the same place has an unset variable already."""
        if path not in self._settled:
            self.problems.append(Problem(code, message, path, self.line(path), hint))

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.document.lines:
            path = path[:-1]
        return self.document.lines.get(path)

    def read(self, kind: str, value: Any, path: Path) -> Any:
        """Check a value of any kind."""
        if kind in SHAPES:
            return self.mapping(kind, value, path)
        if kind.startswith("names:"):
            return self.names(kind.removeprefix("names:"), value, path)
        if kind.startswith("mapping:"):
            return self.routes(kind.removeprefix("mapping:"), value, path)
        if kind == "target":
            return self.target(value, path)
        from fraisier.config import scalars

        return scalars.check(self, kind, value, path)

    def mapping(self, shape: str, value: Any, path: Path) -> dict[str, Any] | None:
        """A mapping whose keys are those of a shape."""
        if not self.is_mapping(value, path):
            return None
        keys = SHAPES[shape]
        self.keys(value, keys, REQUIRED.get(shape, ()), path)
        return {
            key: self.read(keys[key], item, (*path, key))
            for key, item in value.items()
            if key in keys
        }

    def names(self, shape: str, value: Any, path: Path) -> dict[str, Any] | None:
        """A mapping from names of the user's choice to one shape."""
        if not self.is_mapping(value, path):
            return None
        if not value:
            self.refuse(path, "there is nothing in it")
        for name in value:
            self.name(name, (*path, name))
        return {name: self.mapping(shape, item, (*path, name)) for name, item in value.items()}

    def target(self, value: Any, path: Path) -> dict[str, Any] | None:
        """The ``target`` of an environment, with the keys of its provider."""
        if not self.is_mapping(value, path):
            return None
        here = (*path, "provider")
        if "provider" not in value:
            self.keys(value, _target_keys(value), ("provider",), path)
            return None
        provider = value["provider"]
        known = target_of(self, provider)
        if known is None:
            self.known(provider, target_names(), here, "provider", "unknown-provider")
            return None
        self.keys(value, {"provider": "name", **known.keys}, known.required, path)
        cleaned = {
            key: self.read(known.keys[key], item, (*path, key))
            for key, item in value.items()
            if key in known.keys
        }
        return {"provider": provider, **cleaned}

    def routes(self, of: str, value: Any, path: Path) -> dict[str, Any] | None:
        """Branches or tags, each with one route or a list of routes."""
        if not self.is_mapping(value, path):
            return None
        cleaned: dict[str, Any] = {}
        for ref, routes in value.items():
            here = (*path, ref)
            self.read(of, ref, here)
            if isinstance(routes, list):
                cleaned[ref] = [
                    self.mapping("route", route, (*here, index))
                    for index, route in enumerate(cast("list[Any]", routes))
                ]
            else:
                cleaned[ref] = [self.mapping("route", routes, here)]
        return cleaned

    def keys(
        self, value: dict[str, Any], known: Iterable[str], required: Iterable[str], path: Path
    ) -> None:
        """Note unknown keys and missing ones; a misspelt key counts as one mistake, not two."""
        known = list(known)
        meant: set[str | None] = set()
        for key in value:
            if key not in known:
                meant.add(nearest(key, known))
                self.unknown_key(key, [name for name in known if name not in value], known, path)
        for key in required:
            if key not in value and key not in meant:
                self.refuse(path, f'the key "{key}" is missing')

    def unknown_key(self, key: str, free: list[str], known: list[str], path: Path) -> None:
        """Note a key that means nothing, with what was probably meant."""
        hint = did_you_mean(key, free) or did_you_mean(key, known)
        message = f'"{key}" is not a key here; known: {", ".join(sorted(known))}'
        self.refuse((*path, key), message, code="unknown-key", hint=hint)

    def known(
        self,
        value: Any,
        words: Iterable[str],
        path: Path,
        what: str,
        code: str = "config-invalid",
    ) -> bool:
        """Whether a value is one of the known words; notes the problem if not."""
        words = list(words)
        if isinstance(value, str) and value in words:
            return True
        hint = did_you_mean(str(value), words) if value else None
        text = f'"{value}" is not a {what}' if value else f"a {what} is missing"
        self.refuse(path, f"{text}; known: {', '.join(sorted(words))}", code=code, hint=hint)
        return False

    def name(self, name: str, path: Path) -> str | None:
        """A name of a fraise, an environment or a job: also the name of a folder."""
        plain = name.replace("-", "").replace("_", "").replace(".", "")
        if not name:
            self.refuse(path, "a name may not be empty")
        elif not (plain.isascii() and plain.isalnum() and name[0].isalnum()):
            message = f'"{name}" is not a name: letters, digits and "-", "_", "." after the first'
            self.refuse(path, message)
        elif len(name) > _NAME_LENGTH_MAX:
            self.refuse(path, f"a name may have at most {_NAME_LENGTH_MAX} characters")
        else:
            return name
        return None

    def is_mapping(self, value: Any, path: Path) -> bool:
        """Whether a value is a mapping; notes the problem if not."""
        if isinstance(value, dict):
            return True
        self.refuse(path, f"this must be a mapping, not {described(value)}")
        return False


def described(value: Any) -> str:
    """A value's type in the words of YAML."""
    words: dict[type[object], str] = {
        bool: "a boolean",
        str: "text",
        list: "a list",
        dict: "a mapping",
    }
    if value is None:
        return "empty"
    return words.get(cast("type[object]", type(value)), "a number")


def _target_keys(value: dict[str, Any]) -> list[str]:
    every = {"provider"}.union(*(known.keys for known in KNOWN_TARGETS.values()))
    return sorted(every - value.keys()) + sorted(every & value.keys())
