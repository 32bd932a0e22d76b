"""
Cron expressions: what is wrong with one, and the moments that one means.

Five fields or a nickname. As in Vixie's cron, a day is right when the day of month and
the day of week are; when neither field begins with ``*``, one of them is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_RANGE = re.compile(r"^(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[0-9]{1,4}))?$")
_HOURS = 24
_DAYS_AHEAD_MAX = 366 * 9  # a 29th of February may be eight years away


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


class Schedule(NamedTuple):
    """The moments of a cron expression. Days of the week begin with Sunday as 0."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool  # the day of month or the day of week is enough

    def is_day(self, day: date) -> bool:
        """Whether anything happens on this day."""
        by_number, by_name = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        right = (by_number or by_name) if self.either_day else (by_number and by_name)
        return right and day.month in self.months

    def after(self, moment: datetime) -> datetime | None:
        """The first moment after another, both on the clock on the wall; none when never."""
        for offset in range(_DAYS_AHEAD_MAX):
            day = moment.date() + timedelta(days=offset)
            if self.is_day(day):
                for time in self._times(day):
                    if time > moment:
                        return time
        return None

    def next_timestamp(self, now: float) -> float | None:
        """
        The next moment in seconds since 1970, in the time zone of this machine.

        When the clock is put back, what has an hour of its own happens once; what happens
        every hour goes on. What falls into an hour that is left out happens after it.
        """
        moment = datetime.fromtimestamp(now).replace(fold=0)
        repeats = len(self.hours) == _HOURS
        candidate = self.after(moment - timedelta(hours=1) if repeats else moment)
        found: list[float] = []
        while candidate is not None:
            first, second = candidate.timestamp(), candidate.replace(fold=1).timestamp()
            found += [time for time in (first, second if repeats else first) if time > now]
            if first > now and candidate > moment:
                break
            candidate = self.after(candidate)
        return min(found, default=None)

    def _times(self, day: date) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                yield datetime(day.year, day.month, day.day, hour, minute)


def parse_cron(expression: str) -> Schedule:
    """
    The moments of an expression that has no problem.

    Raises:
        ValueError: It has one.
    """
    problem = cron_problem(expression)
    if problem is not None:
        raise ValueError(problem)
    parts = NICKNAMES.get(expression, expression).split()
    minutes, hours, days, months, weekdays = (
        _values(text, field) for text, field in zip(parts, _FIELDS, strict=True)
    )
    return Schedule(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({day % 7 for day in weekdays})),
        either_day=not (parts[2].startswith("*") or parts[4].startswith("*")),
    )


def cron_problem(expression: str) -> str | None:
    """What is wrong with a cron expression, in a few words; nothing when it is right."""
    if expression.startswith("@"):
        return None if expression in NICKNAMES else f"{expression} is not a nickname"
    parts = expression.split()
    if len(parts) != len(_FIELDS):
        return f"it has {len(parts)} fields and needs 5"
    for text, field in zip(parts, _FIELDS, strict=True):
        if not all(_fits(item, field) for item in text.split(",")):
            return f'"{text}" is not a {field.name}'
    return None


def _values(text: str, field: _Field) -> tuple[int, ...]:
    found: set[int] = set()
    for item in text.split(","):
        match = _RANGE.match(item)
        assert match is not None
        step = int(match["step"] or 1)
        if match["first"] == "*":
            first, last = field.lowest, field.highest
        else:
            first = _known(match["first"], field)
            # "5/10" means from 5 to the end, "5" only itself
            only = first if match["step"] is None else field.highest
            last = only if match["last"] is None else _known(match["last"], field)
        found.update(range(first, last + 1, step))
    return tuple(sorted(found))


def _known(text: str, field: _Field) -> int:
    number = _number(text, field)
    assert number is not None
    return number


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
