"""Sentences whose holes end at the quotation mark, so that no two of them fit one step."""

from __future__ import annotations

import re
from typing import Any

from pytest_bdd import parsers

_HOLE = re.compile(r"\{(?P<name>\w+)(?P<number>:d)?\}")


class Sentence(parsers.re):
    """A sentence with holes, some of which are numbers."""

    def __init__(self, pattern: str, numbers: frozenset[str]) -> None:
        super().__init__(pattern)
        self._numbers = numbers

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """The holes of a step by their names; None when it is another sentence."""
        found = super().parse_arguments(name)
        if found is None:
            return None
        return {key: int(text) if key in self._numbers else text for key, text in found.items()}


def sentence(text: str) -> Sentence:
    """``{name}`` stands for any text without quotation marks, ``{name:d}`` for a number."""
    pattern, end = "", 0
    for hole in _HOLE.finditer(text):
        what = r"\d+" if hole["number"] else r'[^"]+'
        pattern += re.escape(text[end : hole.start()]) + f"(?P<{hole['name']}>{what})"
        end = hole.end()
    numbers = frozenset(hole["name"] for hole in _HOLE.finditer(text) if hole["number"])
    return Sentence(pattern + re.escape(text[end:]), numbers)
