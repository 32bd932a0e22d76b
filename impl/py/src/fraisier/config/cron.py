"""Cron expressions: five fields, or one of the usual nicknames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_NICKNAMES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
_RANGE = re.compile(r"^(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[0-9]{1,4}))?$")


class _Field(NamedTuple):
    name: str
    lowest: int
    highest: int
    words: Sequence[str] = ()  # the first stands for ``lowest``


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _DAYS),
)


def cron_problem(expression: str) -> str | None:
    """What is wrong with a cron expression, in a few words; nothing when it is right."""
    if expression.startswith("@"):
        return None if expression in _NICKNAMES else f"{expression} is not a nickname"
    parts = expression.split()
    if len(parts) != len(_FIELDS):
        return f"it has {len(parts)} fields and needs 5"
    for text, field in zip(parts, _FIELDS, strict=True):
        if not all(_fits(item, field) for item in text.split(",")):
            return f'"{text}" is not a {field.name}'
    return None


def _fits(item: str, field: _Field) -> bool:
    match = _RANGE.match(item)
    if match is None or (match["step"] and int(match["step"]) == 0):
        return False
    if match["first"] == "*":
        return match["last"] is None
    first = _number(match["first"], field)
    last = first if match["last"] is None else _number(match["last"], field)
    return first is not None and last is not None and first <= last


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.words:
        return field.lowest + field.words.index(text.lower())
    if not (text.isascii() and text.isdigit()) or len(text) > 2:
        return None
    number = int(text)
    return number if field.lowest <= number <= field.highest else None
