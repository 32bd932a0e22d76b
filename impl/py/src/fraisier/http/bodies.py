"""Reads the body of one request, as much as it may have and no slower than it may come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.http.messages import RetryLaterError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

BODY_BYTES_MAX = 5 * 1024 * 1024
BODY_SECONDS = 15.0
FREE_BYTES = 64 * 1024  # every body may have this much, whatever others hold
SHARED_BYTES = 64 * 1024 * 1024
RETRY_SECONDS = 5
# How long a refused sender is listened to, so that it can read why: until it has sent so
# much, or said nothing for so long.
DISCARD_BYTES_MAX = 256 * 1024 * 1024
DISCARD_SECONDS = 30.0
SILENCE_SECONDS = 1.0


class ClientGone(Exception):  # noqa: N818  (nothing went wrong here)
    """The client hung up before its request was complete."""


class Budget:
    """
    The memory that all bodies together may take beyond ``FREE_BYTES`` each.

    Nobody reserves: only what has arrived counts, so a client cannot shut others out by
    announcing much.
    """

    def __init__(self, bytes_max: int = SHARED_BYTES) -> None:
        self.free = bytes_max

    def take(self, size: int) -> None:
        """
        Use some of it.

        Raises:
            FraisierError: ``overloaded``: there is not so much left.
        """
        if size > self.free:
            message = "too many large bodies are being read"
            raise RetryLaterError(message, "overloaded", RETRY_SECONDS)
        self.free -= size

    def give_back(self, size: int) -> None:
        """Free what was taken."""
        self.free += size


class Body:
    """
    The body of one request; ``left`` while more of it may come that nobody reads.

    Call :meth:`release` when the request is answered.
    """

    def __init__(
        self, receive: Receive, budget: Budget, seconds: float, *, announced: bool
    ) -> None:
        self.left = announced
        self._receive = receive
        self._budget = budget
        self._seconds = seconds
        self._taken = 0

    async def read(self, headers: Mapping[str, str], most: int) -> bytes:
        """
        All of it.

        Raises:
            FraisierError: ``unsupported-media-type`` when it is compressed,
                ``body-too-large``, ``request-too-slow``, ``overloaded``.
            ClientGone: The rest will never come.
        """
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise FraisierError("a body may not be compressed", code="unsupported-media-type")
        announced = headers.get("content-length", "0")
        if announced.isdigit() and int(announced[:20]) > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._all(most)
        except TimeoutError as error:
            message = "the body came too slowly"
            raise FraisierError(message, code="request-too-slow") from error

    async def discard(self) -> None:
        """
        Take what still comes, and keep nothing of it.

        A connection that ends while its client sends is reset, and the client never reads
        the answer that was there before.
        """
        size = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DISCARD_SECONDS):
                while self.left and size < DISCARD_BYTES_MAX:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        message = await self._receive()
                    size += len(message.get("body", b""))
                    self.left = message.get("more_body", False)

    def release(self) -> None:
        """Give the memory back that it took."""
        self._budget.give_back(self._taken)
        self._taken = 0

    async def _all(self, most: int) -> bytes:
        # One growing block: thousands of small pieces would stay in the heap as holes.
        whole, size = bytearray(), 0
        self.left = True
        while self.left:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            self._account(size)
            self.left = message.get("more_body", False)
            if size == len(chunk) and not self.left:
                return chunk
            whole += chunk
        return bytes(whole)

    def _account(self, size: int) -> None:
        more = size - FREE_BYTES - self._taken
        if more > 0:
            self._budget.take(more)
            self._taken += more


def _too_large(most: int) -> FraisierError:
    return FraisierError(f"the body has over {most} bytes", code="body-too-large")
