"""Makes a trace shorter as long as it still shows something."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, cast

from conform.differential.language import CONFIGURE, SQL, SURFACE, Trace

ATTEMPTS = {SQL: 600, SURFACE: 80}

Shows = Callable[[Trace], bool]


def shortened(trace: Trace, shows: Shows) -> Trace:
    """The shortest and plainest trace that was found; it shows what the given one shows."""
    attempts, size, most = 0, max(1, len(trace.steps) // 2), ATTEMPTS[trace.level]
    while size and attempts < most:
        start = _fixed(trace)
        while start < len(trace.steps) and attempts < most:
            shorter = trace.without(start, start + size)
            attempts += 1
            if shorter.steps and shows(shorter):
                trace = shorter
            else:
                start += size
        size //= 2
    return _plainer(trace, shows) if trace.level == SQL else trace


def _plainer(trace: Trace, shows: Shows) -> Trace:
    """Without the keys and list items that are not needed."""
    attempts, again = 0, True
    while again and attempts < ATTEMPTS[SQL]:
        again = False
        for each in _smaller(trace):
            attempts += 1
            if attempts < ATTEMPTS[SQL] and shows(each):
                trace, again = each, True
                break
    return trace


def _smaller(trace: Trace) -> Iterator[Trace]:
    for number in range(_fixed(trace), len(trace.steps)):
        for path in _paths(trace.steps[number]):
            steps: list[Any] = copy.deepcopy(list(trace.steps))
            holder: Any = steps[number]
            for key in path[:-1]:
                holder = holder[key]
            del holder[path[-1]]
            yield Trace(steps, trace.level, trace.about)


def _fixed(trace: Trace) -> int:
    """How many steps at the beginning stay: servers are started for a configuration."""
    return int(bool(trace.steps) and trace.steps[0]["do"] == CONFIGURE)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys: list[Any] = (
        list(cast("dict[str, Any]", value)) if isinstance(value, dict) else [*range(len(value))]
    )
    for key in keys:
        if before or key != "do":
            yield (*before, key)
        if isinstance(value[key], dict | list):
            yield from _paths(value[key], (*before, key))
