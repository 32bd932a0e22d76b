"""Makes a trace shorter as long as it still shows something."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, cast

from conform.differential.language import Trace

ATTEMPTS = 600

Shows = Callable[[Trace], bool]


def shortened(trace: Trace, shows: Shows) -> Trace:
    """The shortest and plainest trace that was found; it shows what the given one shows."""
    attempts, size = 0, max(1, len(trace.steps) // 2)
    while size and attempts < ATTEMPTS:
        start = 0
        while start < len(trace.steps) and attempts < ATTEMPTS:
            shorter = trace.without(start, start + size)
            attempts += 1
            if shorter.steps and shows(shorter):
                trace = shorter
            else:
                start += size
        size //= 2
    return _plainer(trace, shows)


def _plainer(trace: Trace, shows: Shows) -> Trace:
    """Without the keys and list items that are not needed."""
    attempts, again = 0, True
    while again and attempts < ATTEMPTS:
        again = False
        for each in _smaller(trace):
            attempts += 1
            if attempts < ATTEMPTS and shows(each):
                trace, again = each, True
                break
    return trace


def _smaller(trace: Trace) -> Iterator[Trace]:
    for number in range(len(trace.steps)):
        for path in _paths(trace.steps[number]):
            steps: list[Any] = copy.deepcopy(list(trace.steps))
            holder: Any = steps[number]
            for key in path[:-1]:
                holder = holder[key]
            del holder[path[-1]]
            yield Trace(steps, trace.level, trace.about)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys: list[Any] = (
        list(cast("dict[str, Any]", value)) if isinstance(value, dict) else [*range(len(value))]
    )
    for key in keys:
        if before or key != "do":
            yield (*before, key)
        if isinstance(value[key], dict | list):
            yield from _paths(value[key], (*before, key))
