"""
Is a concurrent history what somebody could have seen who had the environment alone?

The search of Wing and Gong with a memory of where it has been (as in Lowe's and porcupine's):
one order of the calls is looked for in which each answers as it did, and no call comes
before one that had ended before it began.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Apply = Callable[[Any, "Operation"], tuple[Hashable, Hashable]]


@dataclass(frozen=True, slots=True)
class Operation:
    """
    A call: when it began, and when and how it ended. One that never ended for sure
    (``returned`` is None) may have been carried out at any time since, or never.
    """

    name: str
    arguments: tuple[Hashable, ...]
    called: int
    returned: int | None = None
    answer: Hashable = None
    process: int = 0

    def __str__(self) -> str:
        ended = self.answer if self.returned is not None else "?"
        return f"{self.process}: {self.name}{self.arguments} -> {ended}"


class Verdict(Enum):
    """What the search came to."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"  # it took too many steps


STEPS_MAX = 400_000


def judge(
    history: Sequence[Operation], initial: Hashable, apply: Apply, steps_max: int = STEPS_MAX
) -> Verdict:
    """Look for an order; ``apply`` says what state and answer a call leads to."""
    operations = sorted(history, key=lambda each: each.called)
    sure = 0
    for number, each in enumerate(operations):
        sure |= (each.returned is not None) << number
    been: set[tuple[int, Hashable]] = set()
    waiting: list[tuple[int, Hashable]] = [(0, initial)]
    steps = 0
    while waiting:
        done, state = waiting.pop()
        if done & sure == sure:
            return Verdict.POSSIBLE
        for number in reversed(_next(operations, done)):
            steps += 1
            if steps > steps_max:
                return Verdict.UNKNOWN
            operation = operations[number]
            following, answer = apply(state, operation)
            if operation.returned is not None and answer != operation.answer:
                continue
            reached = (done | 1 << number, following)
            if reached not in been:
                been.add(reached)
                waiting.append(reached)
    return Verdict.IMPOSSIBLE


def _next(operations: Sequence[Operation], done: int) -> list[int]:
    """The calls that may come next: those that began before any other has ended."""
    found: list[int] = []
    ended: int | None = None
    for number, each in enumerate(operations):
        if done >> number & 1:
            continue
        if ended is not None and each.called > ended:
            break
        found.append(number)
        if each.returned is not None and (ended is None or each.returned < ended):
            ended = each.returned
    return [n for n in found if ended is None or operations[n].called <= ended]
