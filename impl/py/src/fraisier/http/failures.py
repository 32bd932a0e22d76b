"""How often a source has failed to prove who it is. Who proves it is never held up."""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address

from fraisier.domain.errors import FraisierError
from fraisier.http.messages import RetryLaterError
from fraisier.http.source import Address

WINDOW_SECONDS = 60.0
SOURCES_MAX = 4_096
# So many connections of somebody who guesses can make so many requests, and no more.
HELD_SECONDS = 0.1
_UNPROVEN = ("missing-signature", "bad-signature")
_IPV6_BITS_SHARED = 64  # one customer has a whole /64

log = logging.getLogger("fraisier.http")


@dataclass(slots=True)
class _Window:
    began: float
    failures: int = 0


class Failures:
    """
    Counts failures of each source for a minute; of ``SOURCES_MAX`` sources at most.

    ``most()`` is how many are borne of one source. ``total`` counts all, ``beyond``
    those that were too many.
    """

    def __init__(self, most: Callable[[], int], now: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self.beyond = 0
        self._most = most
        self._now = now
        self._windows: OrderedDict[object, _Window] = OrderedDict()  # oldest first

    def note(self, client: Address | None) -> bool:
        """Count a failure; whether it was one too many."""
        window = self._window(_source(client))
        window.failures += 1
        self.total += 1
        excess = window.failures - self._most()
        if excess <= 0:
            return False
        self.beyond += 1
        if excess == 1:
            log.warning("too many failed signatures or tokens from %s", client or "somewhere")
        return True

    def refuse(self, error: FraisierError, client: Address | None) -> None:
        """
        Count what was refused, if that was a signature.

        Raises:
            RetryLaterError: ``too-many-failures``: it was one too many of this source.
        """
        if error.code in _UNPROVEN and self.note(client):
            raise too_many("signatures", self.retry_seconds(client)) from error

    def __len__(self) -> int:
        """How many sources are remembered."""
        return len(self._windows)

    def retry_seconds(self, client: Address | None) -> int:
        """In how many seconds the source starts afresh."""
        window = self._windows.get(_source(client))
        left = 0.0 if window is None else window.began + WINDOW_SECONDS - self._now()
        return max(1, math.ceil(left))

    def _window(self, source: object) -> _Window:
        now = self._now()
        self._forget(now)
        window = self._windows.get(source)
        if window is None:
            window = self._windows[source] = _Window(now)
        return window

    def _forget(self, now: float) -> None:
        while self._windows:
            oldest = next(iter(self._windows))
            if len(self._windows) < SOURCES_MAX and now - self._windows[oldest].began < (
                WINDOW_SECONDS
            ):
                return
            del self._windows[oldest]


def too_many(what: str, retry_seconds: int) -> FraisierError:
    """The error for a source that has failed too often; its answer is held back a moment."""
    message = f"too many wrong {what} came from here"
    return RetryLaterError(message, "too-many-failures", retry_seconds, held_seconds=HELD_SECONDS)


def _source(client: Address | None) -> object:
    if isinstance(client, IPv6Address):
        return int(client) >> _IPV6_BITS_SHARED
    return client
