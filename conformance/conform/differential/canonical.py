"""
What two databases say, made comparable.

Ids become the order in which they appear, times how far they are from now, in tens of
seconds: a trace moves time by tens of seconds and takes less than half of one itself. Where
programs are started, the unit is larger.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UNIT_SECONDS = 10.0
DURATIONS = frozenset({"duration_seconds", "durationSeconds", "last_deploy_duration"})
# A mean lies anywhere, and the next look at a repository comes a tenth sooner or later.
MEANS = ("avg_duration", "avg_duration_seconds", "avgDurationSeconds")
VAGUE = frozenset({*MEANS, "next_at"})
# Numbers of rows: a database may leave some out, but never changes their order.
NUMBERS: Mapping[str, str] = {
    "number": "event",
    "event_number": "event",
    "as_of": "webhook_event",
    "asked_as_of": "webhook_event",
    "fk_request": "deployment_request",
    "fk_current_release": "release",
    "fk_channel": "notification_channel",
    "fk_replayed_from": "webhook_event",
}


class Canon:
    """The names that one database's ids and numbers have been given so far."""

    def __init__(self, unit_seconds: float = UNIT_SECONDS) -> None:
        self._unit_seconds = unit_seconds
        self._ids: dict[str, str] = {}
        self._numbers: dict[str, dict[int, str]] = {}
        self._now = datetime.now(UTC)

    def now(self) -> None:
        """Times are told from this moment on."""
        self._now = datetime.now(UTC)

    def of(self, value: Any, key: str = "") -> Any:
        """The value as every database would tell it."""
        if isinstance(value, Mapping):
            items = cast("Mapping[str, Any]", value)
            return {name: self.of(items[name], name) for name in sorted(items)}
        if isinstance(value, list):
            return [self.of(item, key) for item in cast("list[Any]", value)]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return self._number(value, key)
        return self._text(value, key) if isinstance(value, str) else value

    def _text(self, value: str, key: str) -> str:
        named = UUID.sub(lambda found: self._id(found.group()), value)
        return TIME.sub(lambda found: self._time(found.group(), key), named)

    def _id(self, identity: str) -> str:
        return self._ids.setdefault(identity, f"<id {len(self._ids) + 1}>")

    def _time(self, text: str, key: str) -> str:
        away = (datetime.fromisoformat(text) - self._now).total_seconds()
        if key in VAGUE:
            return "<later>" if away > self._unit_seconds / 2 else "<earlier>"
        return f"<now {self._units(away):+d}>"

    def _number(self, value: float, key: str) -> Any:
        if key in VAGUE:
            return "<about>"
        if key in DURATIONS:
            return f"<{self._units(value)} long>"
        kind = NUMBERS.get(key, key[3:] if key.startswith(("pk_", "fk_")) else "")
        if kind and value:
            known = self._numbers.setdefault(kind, {})
            return known.setdefault(int(value), f"<{kind} {len(known) + 1}>")
        return int(value) if float(value).is_integer() else value

    def _units(self, seconds: float) -> int:
        return math.floor((seconds + self._unit_seconds / 2) / self._unit_seconds)


def as_text(value: Any) -> str:
    """One text for each canonical value: true is not 1 there."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def first_difference(left: Any, right: Any, path: str = "") -> str:
    """Where two canonical values part, in words; empty when nowhere."""
    if as_text(left) == as_text(right):
        return ""
    if isinstance(left, dict) and isinstance(right, dict):
        ours, theirs = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        for key in sorted({*ours, *theirs}):
            found = first_difference(ours.get(key), theirs.get(key), f"{path}.{key}")
            if found:
                return found
    if isinstance(left, list) and isinstance(right, list):
        mine, other = cast("list[Any]", left), cast("list[Any]", right)
        for number, (one, two) in enumerate(zip(mine, other, strict=False)):
            found = first_difference(one, two, f"{path}[{number}]")
            if found:
                return found
        return f"{path}: {len(mine)} rows and {len(other)}"
    return f"{path}: {_short(left)} and {_short(right)}"


def _short(value: Any) -> str:
    text = as_text(value)
    return text if len(text) < 300 else f"{text[:300]}..."
