"""The feed: who joins while others write misses nothing and hears nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
from fraisier.api.subscriptions.feed import Feed, Start
from fraisier.api.subscriptions.fields import Event, Filter, Topic
from fraisier.api.subscriptions.operations import start_of
from fraisier.api.subscriptions.topics import Subscription, Topics
from fraisier.domain.errors import FraisierError

TOPIC = Topic("news", frozenset({"said"}), "v_event", ("who",))


class Field:
    """A field that shows an event's number."""

    topic = TOPIC

    def render(self, event: Event, **extensions: Any) -> bytes:
        """Its number alone."""
        return str(event.number).encode()


class Outlet:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def send(self, payload: bytes, number: int) -> None:
        """Remember."""
        self.heard.append(number)

    async def drained(self) -> None:
        """Let others go on."""
        await asyncio.sleep(0)


class Log:
    """An event log in memory that is also a database to wait for."""

    def __init__(self, *who: str) -> None:
        self.events: list[Event] = []
        self.written = asyncio.Event()
        for each in who:
            self.write(each)

    def write(self, who: str) -> None:
        """One more."""
        number = len(self.events) + 1
        self.events.append(Event(number, "said", {"v_event": {"who": who}}))
        self.written.set()

    async def ends(self) -> tuple[int, int]:
        """All are there."""
        return min(1, len(self.events)), len(self.events)

    async def after(self, number: int) -> list[Event]:
        """What follows, two at a time."""
        await asyncio.sleep(0)
        return self.events[number : number + 2]

    async def between(self, _: Topic, filters: Any, after: int, until: int) -> list[Event]:
        """What passes."""
        await asyncio.sleep(0)
        data = [(each, each.data["v_event"] or {}) for each in self.events[after:until]]
        return [each for each, row in data if all(f.matches(row) for f in filters)]

    async def newest(self, topic: Topic, filters: Any, until: int) -> Event | None:
        """The last one that passes."""
        found = await self.between(topic, filters, 0, until)
        return found[-1] if found else None

    async def wait(self, _: float) -> None:
        """Until something is written."""
        self.written.clear()
        await self.written.wait()


def _subscription(*filters: Filter) -> tuple[Subscription, Outlet]:
    outlet = Outlet()
    return Subscription(cast("Any", Field()), filters, outlet), outlet


def _with_feed(log: Log, act: Callable[[Feed], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        feed = Feed(cast("Any", log), cast("Any", log))
        try:
            await act(feed)
        finally:
            await feed.close()

    asyncio.run(run())


async def _settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


def test_serve__written_meanwhile__is_heard_once_in_order() -> None:
    """Events that come while a client catches up are neither lost nor doubled."""
    log = Log(*"abcdef")

    async def act(feed: Feed) -> None:
        first, outlet = _subscription()
        second, other = _subscription()
        joining = [
            asyncio.create_task(feed.serve(first, Start(2))),
            asyncio.create_task(feed.serve(second, Start(0))),
        ]
        for each in "ghijkl":
            log.write(each)
            await asyncio.sleep(0)
        await asyncio.gather(*joining)
        log.write("m")
        await _settle()
        assert outlet.heard == list(range(3, 14))
        assert other.heard == list(range(1, 14))

    _with_feed(log, act)


def test_serve__all_left_and_one_comes_back__nothing_is_lost() -> None:
    """A feed that nobody listens to begins anew where the log is."""
    log = Log("a")

    async def act(feed: Feed) -> None:
        first, outlet = _subscription()
        await feed.serve(first, Start())
        log.write("b")
        await _settle()
        feed.leave(first)
        log.write("c")
        await _settle()
        second, again = _subscription()
        await feed.serve(second, Start(2))
        log.write("d")
        await _settle()
        assert (outlet.heard, again.heard) == ([2], [3, 4])

    _with_feed(log, act)


def test_serve__initial__is_the_newest_that_passes() -> None:
    """The initial state is filtered as everything else."""
    log = Log("ann", "ben", "ann", "ben")

    async def act(feed: Feed) -> None:
        subscription, outlet = _subscription(Filter((("who", "ann"),)))
        await feed.serve(subscription, Start(None, initial=True))
        log.write("ben")
        log.write("ann")
        await _settle()
        assert outlet.heard == [3, 6]

    _with_feed(log, act)


def test_serve__a_number_to_come__is_refused() -> None:
    """Nobody has seen what is not there."""
    log = Log("a")

    async def act(feed: Feed) -> None:
        with pytest.raises(FraisierError) as refused:
            await feed.serve(_subscription()[0], Start(2))
        assert refused.value.code == "unknown-cursor"

    _with_feed(log, act)


def test_concerned__several_columns_match__is_told_once() -> None:
    """A filter of two columns finds a client once, another value does not find it."""
    topics = Topics()
    subscription, _ = _subscription(Filter((("who", "ann"), ("other", "ann"))))
    topics.add(subscription)
    event = Event(1, "said", {"v_event": {"who": "ann", "other": "ann"}})
    assert topics.concerned(event) == [subscription]
    assert topics.concerned(Event(2, "said", {"v_event": {"who": "ben"}})) == []
    assert topics.concerned(Event(3, "done", {"v_event": {"who": "ann"}})) == []
    topics.remove(subscription)
    assert (topics.concerned(event), len(topics), subscription.active) == ([], 0, False)


@pytest.mark.parametrize(
    ("extensions", "last_seen", "start"),
    [
        ({}, None, Start()),
        ({"after": 7}, None, Start(7)),
        ({"after": "7"}, "9", Start(9)),
        ({"initial": True}, None, Start(None, initial=True)),
    ],
)
def test_start_of__what_is_given__is_where_it_begins(
    extensions: dict[str, Any], last_seen: str | None, start: Start
) -> None:
    """A number comes from the request or from the transport, which knows better."""
    assert start_of(extensions, last_seen) == start


@pytest.mark.parametrize("after", [True, -1, 1.5, "x", "٣", "9" * 19])
def test_start_of__no_number__is_refused(after: object) -> None:
    """What is no cursor is no cursor."""
    with pytest.raises(FraisierError) as refused:
        start_of({"after": after}, None)
    assert refused.value.code == "unknown-cursor"
