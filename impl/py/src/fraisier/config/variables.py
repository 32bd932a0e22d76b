"""``${NAME}`` and ``${NAME:-default}`` in the texts of a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$?\$\{(?P<body>[^{}]*)(?P<end>\}?)")
_BODY = re.compile(r"^(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?$", re.DOTALL)


class Expansion:
    """A text after expansion, the variables it used, and what went wrong."""

    def __init__(self, text: str) -> None:
        # No dataclass: making one costs a millisecond of every start.
        self.text = text
        self.used: dict[str, str] = {}
        self.unset: list[str] = []
        self.malformed: list[str] = []


def expand(text: str, environ: Mapping[str, str]) -> Expansion:
    """
    Replace every ``${NAME}`` of a text.

    ``${NAME:-default}`` takes the default when the variable is unset or empty.
    ``$${`` stands for a literal ``${``. The result is not expanded again.
    """
    expansion = Expansion(text)

    def replacement(match: re.Match[str]) -> str:
        return _replaced(match, environ, expansion)

    if "${" in text:
        expansion.text = _REFERENCE.sub(replacement, text)
    return expansion


def _replaced(match: re.Match[str], environ: Mapping[str, str], expansion: Expansion) -> str:
    whole = match[0]
    if whole.startswith("$$"):
        return whole[1:]
    body = _BODY.match(match["body"]) if match["end"] else None
    if body is None:
        expansion.malformed.append(whole)
        return whole
    value = environ.get(body["name"])
    if not value and body["default"] is not None:
        value = body["default"]
    if value is None:
        expansion.unset.append(body["name"])
        return whole
    expansion.used[body["name"]] = value
    return value
