"""The one reader of the event log in a process: it reads each event once, for everybody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from fraisier.api.subscriptions.log import PAGE, EventLog
from fraisier.api.subscriptions.topics import Outlet, Subscription, Topics
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.api.subscriptions.fields import Event
    from fraisier.db import AsyncDatabase

WAIT_SECONDS = 30.0  # a notification that got lost costs no more
PAUSE_FIRST_SECONDS = 0.1
PAUSE_LONGEST_SECONDS = 5.0
SENDS_AT_ONCE = 200  # then others have their turn
CATCHING_UP_MAX = 4  # of those who are behind, at once; the others queue

log = logging.getLogger("fraisier.subscriptions")


class Start(NamedTuple):
    """
    Where a client begins: after a number of the log, or now (None).

    With ``initial``, and no number, it is first told the newest event that it would have seen.
    """

    after: int | None = None
    initial: bool = False


class Feed:
    """
    Follows the event log as long as somebody listens, and tells them in its order.

    Whoever is behind is told from the log itself, page by page as fast as it takes them;
    only who has seen everything up to ``head`` hears of new events. So nothing is lost
    between the two, and nothing is said twice.
    """

    def __init__(self, event_log: EventLog, database: AsyncDatabase) -> None:
        self._log = event_log
        self._database = database
        self._topics = Topics()
        self._turns = asyncio.Semaphore(CATCHING_UP_MAX)
        self._head: int | None = None  # None: nobody follows the log
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._joining = 0

    def __len__(self) -> int:
        """How many subscriptions are live."""
        return len(self._topics)

    async def now(self) -> int:
        """
        The number of the newest event.

        Raises:
            FraisierError: ``database-unavailable`` and its like.
        """
        return self._head if self._head is not None else (await self._log.ends())[1]

    async def serve(self, subscription: Subscription, start: Start) -> None:
        """
        Tell a subscription what it has missed, and have it told the rest until it leaves.

        Raises:
            FraisierError: ``unknown-cursor``, ``database-unavailable`` and its like.
        """
        self._joining += 1  # the log is followed from here on, whoever leaves meanwhile
        try:
            await self._join(subscription, start)
        finally:
            self._joining -= 1

    async def _join(self, subscription: Subscription, start: Start) -> None:
        head = await self._followed()
        if start.after is None:
            subscription.after = head
            if start.initial:
                await self._tell_newest(subscription, head)
        else:
            await self._check(start.after, head)
            subscription.after = start.after
        while subscription.active and subscription.after < (self._head or 0):
            await self._catch_up(subscription, self._head or 0)
        # No pause between the last look at the head and this: nothing comes in between.
        if subscription.active:
            self._topics.add(subscription)

    def leave(self, subscription: Subscription) -> None:
        """Say no more to it."""
        self._topics.remove(subscription)

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _check(self, after: int, head: int) -> None:
        """Another process may be ahead of this one, so the log itself is asked."""
        if after == head:
            return
        oldest, newest = await self._log.ends()
        if after > max(newest, head):
            raise FraisierError("the event log has no such number yet", code="unknown-cursor")
        if 0 < after < oldest - 1:
            raise FraisierError(
                "the event log no longer goes back to this number",
                code="unknown-cursor",
                hint=f"it begins with {oldest}; read the state anew",
            )

    async def _tell_newest(self, subscription: Subscription, head: int) -> None:
        field = subscription.field
        event = await self._log.newest(field.topic, subscription.filters, head)
        if event is not None:
            subscription.outlet.send(field.render(event, initial=True), event.number)

    async def _catch_up(self, subscription: Subscription, until: int) -> None:
        field, filters = subscription.field, subscription.filters
        async with self._turns:
            page = await self._log.between(field.topic, filters, subscription.after, until)
        for event in page:
            if not subscription.active:
                return
            subscription.outlet.send(field.render(event), event.number)
            await subscription.outlet.drained()
        subscription.after = page[-1].number if len(page) == PAGE else until

    async def _followed(self) -> int:
        """The head, of a log that is being followed."""
        async with self._starting:
            if self._head is None:
                self._head = (await self._log.ends())[1]
                self._task = asyncio.create_task(self._read_on())
        return self._head

    async def _read_on(self) -> None:
        pause = PAUSE_FIRST_SECONDS
        while len(self._topics) or self._joining:
            try:
                await self._read()
                pause = PAUSE_FIRST_SECONDS
            except FraisierError as error:
                log.warning("events cannot be read: %s: %s", error.code, error.message)
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_LONGEST_SECONDS)
        self._head = None  # nobody listens: the next one finds out where the log is

    async def _read(self) -> None:
        events = await self._log.after(self._head or 0)
        for event in events:
            await self._tell(event)
        if not events:
            await self._database.wait(WAIT_SECONDS)

    async def _tell(self, event: Event) -> None:
        concerned = self._topics.concerned(event)
        self._head = event.number
        rendered: dict[int, bytes] = {}
        for count, subscription in enumerate(concerned, start=1):
            if subscription.active:
                _pass_on(event, subscription, rendered)
            if count % SENDS_AT_ONCE == 0:
                await asyncio.sleep(0)


def _pass_on(event: Event, subscription: Subscription, rendered: dict[int, bytes]) -> None:
    field = subscription.field
    try:
        payload = rendered.get(id(field))
        if payload is None:
            payload = rendered[id(field)] = field.render(event)
        subscription.outlet.send(payload, event.number)
    except Exception:  # one client's fault, or ours: the others are told all the same
        log.exception("event %s could not be passed on", event.number)


__all__ = ["Feed", "Outlet", "Start", "Subscription"]
