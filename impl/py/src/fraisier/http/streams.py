"""Answers and sockets that stay open: how many there may be, and how they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from fraisier.http.messages import RetryLaterError

OUT_BYTES_MAX = 256 * 1024  # what waits for one client; kernels keep some more
HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b":\n\n"
RETRY_SECONDS = 5


class Lasting(Protocol):
    """A stream or socket that ends when it is told to."""

    def leave(self) -> None:
        """The server stops: come to an end, in a way that the client comes back after."""
        ...


class Streams:
    """All of one process. ``most`` at once; ``slow`` is how many were closed for being slow."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.slow = 0
        self._open: set[Lasting] = set()
        self._stopping = False

    def __len__(self) -> int:
        """How many there are."""
        return len(self._open)

    def check(self) -> None:
        """
        Whether there may be one more.

        Raises:
            FraisierError: ``overloaded``.
        """
        if self._stopping or len(self._open) >= self.most:
            raise RetryLaterError("there are too many streams", "overloaded", RETRY_SECONDS)

    def enter(self, stream: Lasting) -> None:
        """
        One more.

        Raises:
            FraisierError: ``overloaded``.
        """
        self.check()
        self._open.add(stream)

    def discard(self, stream: Lasting) -> None:
        """It has ended."""
        self._open.discard(stream)

    def stop(self) -> None:
        """End all of them; none begins any more."""
        self._stopping = True
        for stream in list(self._open):
            stream.leave()


class EventStream:
    """
    The body of an answer that is written while it is sent: ``text/event-stream``.

    What waits for the client is bounded: who takes too long to read is cut off.
    """

    def __init__(self, streams: Streams) -> None:
        streams.enter(self)
        self._streams = streams
        self._waiting: list[bytes] = []
        self._size = 0
        self._wake = asyncio.Event()
        self._taken = asyncio.Event()
        self._over = False
        self.on_release: Callable[[], None] = lambda: None
        self.on_cut_off: Callable[[], None] = lambda: None

    def write(self, chunk: bytes) -> None:
        """Send something, soon."""
        if self._over:
            return
        self._waiting.append(chunk)
        self._size += len(chunk)
        self._wake.set()
        if self._size > OUT_BYTES_MAX and len(self._waiting) > 1:
            self.cut_off()

    def cut_off(self) -> None:
        """The client does not read: nothing more is sent, and its connection ends."""
        self._streams.slow += 1
        self.end()
        self._waiting.clear()
        self.on_cut_off()

    async def drained(self) -> None:
        """Return when little waits, or nothing ever will."""
        while self._size > OUT_BYTES_MAX // 4 and not self._over:
            self._taken.clear()
            await self._taken.wait()

    def end(self) -> None:
        """Nothing is written any more; what waits is sent."""
        self._over = True
        self._wake.set()
        self._taken.set()

    def leave(self) -> None:
        """The server stops. Without the event that says "complete", clients come back."""
        self.end()

    def release(self) -> None:
        """The answer has been sent, or nobody reads it any more."""
        self.end()
        self._streams.discard(self)
        self.on_release()

    async def chunks(self) -> AsyncIterator[bytes]:
        """What to send; a comment when there is nothing for a while."""
        while True:
            chunk = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._wake.clear()
            if chunk:
                yield chunk
                self._taken.set()
            elif self._over:
                return
            else:
                yield await self._next_or_heartbeat()

    async def _next_or_heartbeat(self) -> bytes:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return HEARTBEAT
        return b""
