"""The small language of values in the tables of database scenarios."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOOSE_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d(:?\d\d)?|Z)")


def _is_text(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


MATCHERS: Mapping[str, Callable[[Any], bool]] = {
    "a time": lambda value: _is_text(value, _TIME),
    "a uuid": lambda value: _is_text(value, _UUID),
    "some text": lambda value: isinstance(value, str) and value.strip() != "",
    "a number": _is_number,
    "anything": lambda value: True,
    "a time to come": lambda value: _is_text(value, _TIME) and value > _now(),
    "a time gone by": lambda value: _is_text(value, _TIME) and value <= _now(),
}


def _now() -> str:
    return rfc3339(datetime.now(UTC))


def rfc3339(moment: datetime) -> str:
    """A time as every surface shows it: UTC, milliseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str, identity: Callable[[str], str]) -> Any:
    """
    The value that a cell of a table stands for: JSON when it is JSON, ``(empty)``
    for an empty text, ``id of NAME`` for an id that the world gave a name, else
    the text itself. ``identity`` resolves the names, also within JSON (``${NAME}``).
    """
    if text == "(empty)":
        return ""
    if text.startswith("id of "):
        return identity(text.removeprefix("id of "))
    resolved = re.sub(r"\$\{([^}]+)\}", lambda found: identity(found[1]), text)
    try:
        return json.loads(resolved)
    except ValueError:
        return resolved


def matches(expected: str, actual: Any, identity: Callable[[str], str]) -> bool:
    """Whether ``actual`` is what the cell says; cells of ``MATCHERS`` name a kind of value."""
    matcher = MATCHERS.get(expected)
    if matcher is not None:
        return matcher(actual)
    return same(read(expected, identity), actual)


def same(expected: Any, actual: Any) -> bool:
    """Equality over JSON in which a dialect may show a boolean as 0 or 1."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        wanted, found = cast("dict[str, Any]", expected), cast("dict[str, Any]", actual)
        return wanted.keys() == found.keys() and all(
            same(wanted[key], found[key]) for key in wanted
        )
    if isinstance(expected, list) and isinstance(actual, list):
        items, others = cast("list[Any]", expected), cast("list[Any]", actual)
        return len(items) == len(others) and all(map(same, items, others))
    return _same_scalar(expected, actual)


def _same_scalar(expected: Any, actual: Any) -> bool:
    strict = (str, type(None))
    if isinstance(expected, strict) or isinstance(actual, strict):
        return expected == actual and type(expected) is type(actual)
    return bool(expected == actual)


def plain(value: Any) -> Any:
    """A value of any driver as JSON would carry it, times as RFC 3339."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return _plain_text(value)
    return value


def _plain_text(text: str) -> Any:
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if _LOOSE_TIME.fullmatch(text):
        return rfc3339(datetime.fromisoformat(text))
    return text
