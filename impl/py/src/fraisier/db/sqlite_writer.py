"""
A server's only writer on SQLite: what comes together is committed together.

Calls wait for a thread of their own. It gets all that wait (up to ``TOGETHER_MAX``),
makes them in one transaction, and syncs the disk once for all of them. So an answer
is given only when its work is durable, and the event loop never waits for a disk.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fraisier.db.sqlite import SqliteDatabase
from fraisier.db.sqlite_together import Statement
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer

TOGETHER_MAX = 32
CLOSE_LOOK_SECONDS = 0.005
ALIKE_SECONDS = 1.0
# The database itself is what fails: asking again one by one would only take longer.
_OF_ALL = ("database-busy", "database-unavailable")

Outcome = Answer | FraisierError


@dataclass(slots=True)
class _Waiting:
    """A call in the queue, and who is told its outcome."""

    statement: Statement
    future: asyncio.Future[Answer]
    since: float

    def tell(self, outcome: Outcome) -> None:
        if self.future.done():  # whoever asked has gone
            return
        if isinstance(outcome, Answer):
            self.future.set_result(outcome)
        else:
            self.future.set_exception(outcome)


class SqliteWriter:
    """
    Makes calls from one event loop. The database that ``opened`` makes belongs to the
    thread: it is opened, used and closed there.

    One transaction is under way at a time; what is asked meanwhile is the next one.
    """

    def __init__(self, opened: Callable[[], SqliteDatabase]) -> None:
        self._opened = opened
        self._batches: queue.SimpleQueue[list[_Waiting] | None] = queue.SimpleQueue()
        self._waiting: list[_Waiting] = []
        self._busy = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def call(self, statement: Statement) -> Answer:
        """
        The answer, once it is on the disk.

        Raises:
            FraisierError: What the database raises for this call, or for all of them.
        """
        loop = self._start()
        waiting = _Waiting(statement, loop.create_future(), loop.time())
        self._waiting.append(waiting)
        if len(self._waiting) == 1 and not self._busy:
            loop.call_soon(self._hand_over)  # with all that this turn of the loop asks for
        return await waiting.future

    async def close(self) -> None:
        """Make what still waits, then end the thread."""
        while self._waiting or self._busy:
            await asyncio.sleep(CLOSE_LOOK_SECONDS)
        thread, self._thread = self._thread, None
        if thread is not None:
            self._batches.put(None)
            await asyncio.to_thread(thread.join)

    def _start(self) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._work, name="sqlite-writer", daemon=True)
            self._thread.start()
        return self._loop

    def _hand_over(self) -> None:
        if self._busy or not self._waiting:
            return
        batch, self._waiting = self._waiting[:TOGETHER_MAX], self._waiting[TOGETHER_MAX:]
        self._busy = True
        self._batches.put(batch)

    def _done(self, batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
        self._busy = False
        if isinstance(outcomes[0], FraisierError) and outcomes[0].code == "database-busy":
            self._give_up(outcomes[0], batch[0].since)
        self._hand_over()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.tell(outcome)

    def _give_up(self, busy: FraisierError, since: float) -> None:
        """Who has waited nearly as long as who is refused need not wait as long again."""
        while self._waiting and self._waiting[0].since - since < ALIKE_SECONDS:
            self._waiting.pop(0).tell(busy)

    def _work(self) -> None:
        assert self._loop is not None
        database = self._opened()
        while (batch := self._batches.get()) is not None:
            outcomes = _outcomes(database, [each.statement for each in batch])
            self._loop.call_soon_threadsafe(self._done, batch, outcomes)
        database.close()


def _outcomes(database: SqliteDatabase, statements: Sequence[Statement]) -> Sequence[Outcome]:
    """One transaction for all; where that fails because of one of them, one for each."""
    try:
        database.check_file()
        return database.call_together(statements)
    except Exception as error:  # the thread must live: who waits for it would wait for ever
        fault = _fault(error, database.url)
        if len(statements) == 1 or fault.code in _OF_ALL:
            return [fault] * len(statements)
        return [_outcomes(database, [statement])[0] for statement in statements]


def _fault(error: Exception, shown: str) -> FraisierError:
    if isinstance(error, FraisierError):
        return error
    return FraisierError(f"{shown}: {error!r}", code="internal")
