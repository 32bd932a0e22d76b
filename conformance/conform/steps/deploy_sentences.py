"""Sentences whose holes end at the quotation mark, so that no two of them fit one step."""

from __future__ import annotations

import re

from pytest_bdd import parsers

_HOLE = re.compile(r"\{(?P<name>\w+)(?P<number>:d)?\}")


def sentence(text: str) -> parsers.re:
    """``{name}`` stands for any text without quotation marks, ``{name:d}`` for a number."""
    pattern, end = "", 0
    for hole in _HOLE.finditer(text):
        what = r"\d+" if hole["number"] else r'[^"]+'
        pattern += re.escape(text[end : hole.start()]) + f"(?P<{hole['name']}>{what})"
        end = hole.end()
    numbers = {hole["name"]: int for hole in _HOLE.finditer(text) if hole["number"]}
    return parsers.re(pattern + re.escape(text[end:]), converters=numbers)
