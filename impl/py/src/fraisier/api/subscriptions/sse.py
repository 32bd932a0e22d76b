"""``graphql-sse``, distinct connections: one operation an answer, its results as events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from fraisier.api.graphql.failures import describe
from fraisier.api.graphql_http import read_get, read_post
from fraisier.api.subscriptions.operations import Operations, Wish
from fraisier.api.subscriptions.recheck import Recheck
from fraisier.domain.errors import FraisierError
from fraisier.http.messages import Request, Response
from fraisier.http.streams import EventStream, Streams

if TYPE_CHECKING:
    from fraisier.api.access import Guard
    from fraisier.api.subscriptions.topics import Subscription

MEDIA_TYPE = "text/event-stream"
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # a proxy that keeps events back defeats them
)
COMPLETE = b"event: complete\ndata:\n\n"

log = logging.getLogger("fraisier.subscriptions")


def asks_for_events(headers: Mapping[str, str]) -> bool:
    """Whether a client accepts an event stream, and so wants one."""
    entries = headers.get("accept", "").split(",")
    return any(entry.partition(";")[0].strip().lower() == MEDIA_TYPE for entry in entries)


class _Results:
    """The results of one operation as events; ``id`` of each is its cursor."""

    def __init__(self, stream: EventStream) -> None:
        self._stream = stream

    def send(self, payload: bytes, number: int) -> None:
        """``next``."""
        self._stream.write(b"id: %d\nevent: next\ndata: %s\n\n" % (number, payload))

    async def drained(self) -> None:
        """Wait for the client to take what was sent."""
        await self._stream.drained()

    def answer(self, result: bytes) -> None:
        """``next`` and ``complete``."""
        lines = result.replace(b"\n", b"\ndata: ")  # databases break lines between values
        self._stream.write(b"event: next\ndata: %s\n\n" % lines + COMPLETE)
        self._stream.end()

    def refuse(self, errors: list[dict[str, Any]]) -> None:
        """The errors as ``next``, and ``complete``."""
        self.answer(orjson.dumps({"errors": errors}))

    def end_with(self, error: FraisierError) -> None:
        """The client may not listen any more."""
        self.refuse([describe(error.message, error.code)])


@dataclass(frozen=True, slots=True)
class EventStreams:
    """Answers that are streams of events."""

    operations: Operations
    streams: Streams
    guard: Guard

    async def __call__(self, request: Request) -> Response:
        """
        Begin a stream for one operation.

        Raises:
            FraisierError: What cannot be told in a stream: no request, a mutation by GET,
                too many streams.
        """
        wanted = (
            read_get(request.query, persisted=True)
            if request.method == "GET"
            else read_post(request.headers, request.body, persisted=True)
        )
        if request.method == "GET" and self.operations.kind(wanted) == "mutation":
            raise FraisierError("A mutation needs POST.", code="method-not-allowed")
        wish = Wish(wanted, request.identity, request.headers.get("last-event-id"))
        stream = EventStream(self.streams)
        results = _Results(stream)
        running = asyncio.create_task(self._run(wish, stream, results))
        recheck = Recheck(self.guard, request, results.end_with)
        stream.on_release = _ending(running, self.operations, recheck)
        return Response(200, b"", _HEADERS, stream=stream)

    async def _run(self, wish: Wish, stream: EventStream, results: _Results) -> Subscription | None:
        stream.write(b":\n\n")
        try:
            if self._begins_now(wish):
                # Whoever is cut off before the first event comes back with this number.
                now = await self.operations.feed.now()
                stream.write(b"id: %d\n\n" % now)
                wish = wish._replace(last_seen=str(now))
            return await self.operations.run(wish, results)
        except Exception:
            log.exception("an operation failed")
            stream.end()
            return None

    def _begins_now(self, wish: Wish) -> bool:
        given = wish.last_seen or {"after", "initial"} & wish.request.extensions.keys()
        return not given and self.operations.kind(wish.request) == "subscription"


def _ending(
    running: asyncio.Task[Subscription | None], operations: Operations, recheck: Recheck
) -> Any:
    def end() -> None:
        recheck.end()
        if not running.done():
            running.cancel()
        elif not running.cancelled() and (subscription := running.result()) is not None:
            operations.feed.leave(subscription)

    return end
