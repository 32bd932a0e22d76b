"""
Names of branches, tags and files that stand for many: ``*`` is any text, ``?`` one character.

``*`` goes over slashes, case matters, and nothing else is special: what SQLite's ``GLOB``
does without its classes, so that the databases (which decide) and this page agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WILD = re.compile(r"([*?])")
_MEANING = {"*": ".*", "?": "."}


def is_pattern(text: str) -> bool:
    """Whether it stands for more than itself."""
    return "*" in text or "?" in text


def matching(pattern: str, names: Iterable[str]) -> list[str]:
    """Those of the names that the pattern stands for."""
    parts = (_MEANING.get(part) or re.escape(part) for part in _WILD.split(pattern))
    expression = re.compile("".join(parts), re.DOTALL)
    return [name for name in names if expression.fullmatch(name)]
