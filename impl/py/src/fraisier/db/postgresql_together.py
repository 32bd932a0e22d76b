"""
Calls to PostgreSQL that come together, as one statement.

The database carries commands out one after another (``fx_open_command``), so callers that
each send a statement of their own only wait for each other, and every round trip costs
the driver more than the call. What comes together is sent together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fraisier.db.answers import answer_of, given, new_command_id
from fraisier.db.postgresql_session import untyped
from fraisier.db.statements import postgresql_calls
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

TOGETHER_MAX = 16
# One is carried out while others are synced to the disk.
STATEMENTS_MAX = 3
WAIT_SECONDS = 10.0
# The database itself is what fails: asking again one by one would only take longer.
_OF_ALL = ("database-busy", "database-unavailable")

Rows = Sequence[tuple[Any, ...]]
Run = Callable[[str, Sequence[Any]], Awaitable[Rows]]


class _Kind(NamedTuple):
    """What calls have in common that can be one statement."""

    function: str
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Waiting:
    """A call in the queue, and who is told its outcome."""

    kind: _Kind
    parameters: Sequence[Any]
    future: asyncio.Future[Answer]
    patience: asyncio.TimerHandle | None = None

    def tell(self, outcome: Answer | Exception) -> None:
        if self.future.done():  # whoever asked has gone
            return
        if isinstance(outcome, Answer):
            self.future.set_result(outcome)
        else:
            self.future.set_exception(outcome)


@dataclass(slots=True)
class PostgresqlCalls:
    """
    Makes calls by statements that ``run`` carries out, each a transaction of its own.

    Neighbours in the queue that are alike share one. Where that fails because of one of
    them, each is made alone. Who waits longer than ``WAIT_SECONDS`` gets ``busy()``.
    """

    run: Run
    busy: Callable[[], FraisierError]
    _waiting: list[_Waiting] = field(default_factory=list[_Waiting])
    _working: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def call(
        self, function: str, command_id: str | None, arguments: Mapping[str, Any]
    ) -> Answer:
        """
        The answer, once it is durable.

        Raises:
            FraisierError: What ``run`` raises for this call, or for all of them.
        """
        values = given(arguments)
        parameters = (command_id or new_command_id(), *map(untyped, values.values()))
        loop = asyncio.get_running_loop()
        waiting = _Waiting(_Kind(function, tuple(values)), parameters, loop.create_future())
        waiting.patience = loop.call_later(WAIT_SECONDS, self._give_up, waiting)
        self._waiting.append(waiting)
        self._work(loop)
        return await waiting.future

    async def close(self) -> None:
        """Make what still waits."""
        while self._working:
            await asyncio.wait(self._working)

    def _give_up(self, waiting: _Waiting) -> None:
        self._waiting.remove(waiting)
        waiting.tell(self.busy())

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and len(self._working) < STATEMENTS_MAX:
            # It begins after this turn of the loop, with all that the turn asks for.
            task = loop.create_task(self._next())
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    async def _next(self) -> None:
        while batch := self._taken():
            for waiting, outcome in zip(batch, await self._outcomes(batch), strict=True):
                waiting.tell(outcome)

    def _taken(self) -> Sequence[_Waiting]:
        """The first that waits, and those after it that are like it."""
        count = 0
        while count < min(len(self._waiting), TOGETHER_MAX):
            if self._waiting[count].kind != self._waiting[0].kind:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        for waiting in batch:
            if waiting.patience is not None:
                waiting.patience.cancel()
        return batch

    async def _outcomes(self, batch: Sequence[_Waiting]) -> Sequence[Answer | Exception]:
        kind = batch[0].kind
        sql = postgresql_calls(kind.function, kind.names, len(batch))
        try:
            rows = await self.run(sql, [value for each in batch for value in each.parameters])
        except Exception as error:  # whoever waits for it would wait for ever
            of_all = isinstance(error, FraisierError) and error.code in _OF_ALL
            if len(batch) == 1 or of_all:
                return [error] * len(batch)
            return [(await self._outcomes([each]))[0] for each in batch]
        by_place = {row[-1]: row for row in rows}
        return [answer_of(by_place[place]) for place in range(len(batch))]
