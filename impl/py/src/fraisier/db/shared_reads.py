"""
The same question, asked by many at once, is asked of the database once.

Nobody is told what was read before the question: who asks while the same statement is under
way waits for the next one, together with all others who have come meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class SharedReads(Generic[Answer]):
    """Reads under way by their question, and for each those who wait for the next one."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[Answer]] = {}
        self._next: dict[Hashable, asyncio.Task[Answer]] = {}

    async def read(self, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """
        What ``ask`` returns, or what it raises, when it begins no sooner than now.

        Who gives up leaves the others theirs.
        """
        current = self._under_way.get(question)
        places = self._under_way if current is None else self._next
        reading = places.get(question)
        if reading is None:
            reading = asyncio.create_task(self._read(current, question, ask))
            reading.add_done_callback(_seen)
            places[question] = reading
        return await asyncio.shield(reading)

    async def _read(
        self,
        before: asyncio.Task[Answer] | None,
        question: Hashable,
        ask: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        me: Any = asyncio.current_task()
        if before is not None:
            await asyncio.wait((before,))
            del self._next[question]
            self._under_way[question] = me
        try:
            return await ask()
        finally:
            if self._under_way.get(question) is me:
                del self._under_way[question]


def _seen(reading: asyncio.Task[Any]) -> None:
    """Whoever waits is told of a failure; it may be that nobody waits any more."""
    if not reading.cancelled():
        reading.exception()
