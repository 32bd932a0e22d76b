"""Who listens, found by what an event says: no look at each of thousands of listeners."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from fraisier.api.subscriptions.fields import Event, Filter, SubscriptionField, Topic

Key = tuple[str, Any] | None  # a column and its value; None: no argument is given


class Outlet(Protocol):
    """Where the results of one operation go; ``send`` never waits."""

    def send(self, payload: bytes, number: int) -> None:
        """Pass an execution result on; ``number`` is the cursor in it."""
        ...

    async def drained(self) -> None:
        """Return when the client has taken most of what was sent."""
        ...


class Subscription:
    """One operation of one client. ``after`` is the number that it has seen everything up to."""

    __slots__ = ("active", "after", "field", "filters", "outlet")

    def __init__(
        self, field: SubscriptionField, filters: tuple[Filter, ...], outlet: Outlet
    ) -> None:
        self.field = field
        self.filters = filters
        self.outlet = outlet
        self.after = 0
        self.active = True

    def wants(self, event: Event) -> bool:
        """Whether the event is new to it and passes its arguments."""
        data = event.data.get(self.field.topic.view) or {}
        return event.number > self.after and all(each.matches(data) for each in self.filters)


class Topics:
    """The live subscriptions by topic and by the first argument that they give."""

    def __init__(self) -> None:
        self._listening: dict[str, dict[Key, dict[Subscription, None]]] = {}
        self._topics: dict[str, Topic] = {}
        self._all: set[Subscription] = set()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    def add(self, subscription: Subscription) -> None:
        """From now on it is found."""
        topic = subscription.field.topic
        self._topics[topic.name] = topic
        listening = self._listening.setdefault(topic.name, defaultdict(dict))
        for key in _keys(subscription):
            listening[key][subscription] = None
        self._all.add(subscription)

    def remove(self, subscription: Subscription) -> None:
        """It is found no more, not even by an event that is being sent."""
        subscription.active = False
        if subscription not in self._all:
            return
        self._all.remove(subscription)
        listening = self._listening[subscription.field.topic.name]
        for key in _keys(subscription):
            del listening[key][subscription]
            if not listening[key]:
                del listening[key]

    def concerned(self, event: Event) -> list[Subscription]:
        """The subscriptions that show an event, each once."""
        found: dict[Subscription, None] = {}
        for name, listening in self._listening.items():
            topic = self._topics[name]
            if event.kind not in topic.kinds:
                continue
            data = event.data.get(topic.view) or {}
            keys: list[Key] = [None, *((column, data.get(column)) for column in topic.columns)]
            for key in keys:
                for each in listening.get(key, ()):
                    if each.wants(event):
                        found[each] = None
        return list(found)


def _keys(subscription: Subscription) -> tuple[Key, ...]:
    return subscription.filters[0].pairs if subscription.filters else (None,)
