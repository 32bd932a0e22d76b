"""
The short way: a request that is there as a whole is answered without ASGI.

A scope, an event, a cycle and messages cost more than most answers. So whoever sends a small
request in one piece, on a connection that stays, is answered by a task of its own, or at once
when the answer is known. All that is unusual goes the long way through uvicorn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from fraisier.domain.errors import FraisierError
from fraisier.http.bodies import FREE_BYTES
from fraisier.http.messages import HeaderList, Request, Response
from fraisier.http.protocol import BoundedProtocol
from fraisier.http.wire import wire_of

if TYPE_CHECKING:
    from fraisier.http.app import HttpApp, Route
    from fraisier.http.source import Network

IN_A_ROW_MAX = 16  # of what arrived together; others have their turn then
METHODS = ("GET", "POST")
# Each asks for something that only the long way does, or refuses.
_UNUSUAL = frozenset(
    (
        "connection", "content-encoding", "expect", "origin", "transfer-encoding", "upgrade",
        "access-control-request-method",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """
    What the headers of a request say, kept for the next one of its connection: clients
    repeat themselves. ``request`` is None where it cannot go the short way.
    """

    raw: HeaderList
    trusted: Sequence[Network]
    request: Request | None
    body_bytes: int = 0


class Waiting:
    """
    Ends a connection that is idle too long: what uvicorn keeps a timer for after each answer.

    One timer looks after all pauses of the connection, so an answer starts none.
    """

    __slots__ = ("_protocol", "_since", "_timer")

    def __init__(self, protocol: DirectProtocol) -> None:
        self._protocol = protocol
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The connection is idle."""
        protocol = self._protocol
        self._since = protocol.loop.time()
        protocol.timeout_keep_alive_task = cast("asyncio.TimerHandle", self)
        if self._timer is None:
            self._timer = protocol.loop.call_later(protocol.timeout_keep_alive, self._look)

    def cancel(self) -> None:
        """It is not: uvicorn calls this when something arrives."""

    def end(self) -> None:
        """The connection is lost."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        protocol = self._protocol
        if protocol.timeout_keep_alive_task is not cast("asyncio.TimerHandle", self):
            return
        left = self._since + protocol.timeout_keep_alive - protocol.loop.time()
        if left <= 0:
            protocol.timeout_keep_alive_handler()
        else:
            self._timer = protocol.loop.call_later(left, self._look)


class Answering:
    """A request that a task answers, as uvicorn sees its own ones."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self, message_event: asyncio.Event) -> None:
        self.disconnected = False
        self.keep_alive = True
        self.message_event = message_event  # nobody waits for it
        self.response_complete = False


class DirectProtocol(BoundedProtocol):
    """Goes the short way where there is one, see the module."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._app = cast("HttpApp", self.config.app)
        self._route: Route | None = None  # of a request on the short way
        self._request: Request | None = None
        self._pieces: list[bytes] = []
        self._head: Head | None = None
        self._in_a_row = 0
        self._waiting = Waiting(self)
        self._unused = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._waiting.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What does not end here goes the long way, or its headers have their time."""
        self._in_a_row = 0
        super().data_received(data)
        if self._route is not None:
            pieces, self._pieces = self._pieces, []
            self._route = self._request = None
            self._go_the_long_way()
            for piece in pieces:
                super().on_body(piece)
        elif self._in_headers and self._header_timer is None:
            self._start_timer()

    def on_message_begin(self) -> None:
        """The next request of this connection begins; nothing is made for it yet."""
        if self._header_timer is not None:
            self._stop_timer()
        self.url, self.headers = b"", []
        self._in_headers = True
        self._arrived = self._header_bytes = 0

    def on_url(self, url: bytes) -> None:
        """The request line counts with the headers."""
        self.url += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Each header counts when it is complete."""
        self.headers.append((name.lower(), value))
        self._count(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        """Choose the way."""
        route = self._app.routes.get(self.url.decode("latin-1"))
        request = self._usual(route) if route is not None else None
        if request is None:
            self._go_the_long_way()
            return
        self._in_headers = False
        self._route, self._request = route, request

    def on_body(self, body: bytes) -> None:
        """Keep it."""
        if self._route is None:
            super().on_body(body)
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        """Answer, if the answer is known; ask for it otherwise."""
        route, request = self._route, self._request
        if route is None or request is None:
            super().on_message_complete()
            return
        self._route = self._request = None
        if self._pieces:
            request.body = b"".join(self._pieces)
            self._pieces.clear()
        self._in_a_row += 1
        known = route.at_once(request) if route.at_once is not None else None
        if known is not None:
            self._app.count(request.path, request.method, known.status)
            self.transport.write(known.wire)
            self._answered()
            return
        cycle = Answering(self._unused)
        self.cycle = cast("RequestResponseCycle", cycle)
        task = self.loop.create_task(self._answer(route, request, cycle))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, route: Route, request: Request, cycle: Answering) -> None:
        try:
            response = await self._app.answer(route, request)
            if self.flow.write_paused and not cycle.disconnected:
                await self.flow.drain()
            cycle.response_complete = True
            if not cycle.disconnected:
                self._send(response if cycle.keep_alive else replace(response, close=True))
        except BaseException:
            self.transport.abort()  # half an answer is none
            raise

    def _send(self, response: Response) -> None:
        self.transport.write(wire_of(response))
        if response.close:
            self.transport.close()
        self._answered()

    def _answered(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        else:
            self._waiting.begin()

    def _usual(self, route: Route) -> Request | None:
        """The request, where it can go the short way."""
        if not self._is_between_requests():
            return None
        parser: Any = self.parser
        if self._in_a_row >= IN_A_ROW_MAX or self.flow.write_paused or route.origins():
            return None
        method: str = parser.get_method().decode("ascii")
        if method not in METHODS or method not in route.methods:
            return None
        head = self._head
        if head is None or head.raw != self.headers or head.trusted is not self._app.trusted:
            head = self._head = self._head_of(method)
        known = head.request
        if known is None or head.body_bytes > route.body_bytes_max:
            return None
        if parser.get_http_version() != "1.1":
            return None
        path = self.url.decode("ascii")
        return Request(method, path, b"", known.headers, b"", known.client)

    def _head_of(self, method: str) -> Head:
        trusted = self._app.trusted
        scope: dict[str, Any] = {
            "method": method, "path": "", "headers": self.headers, "client": self.client,
        }  # fmt: skip
        try:
            request = self._app.request_of(scope)
        except FraisierError:
            return Head(self.headers, trusted, None)  # the long way says so
        if not _is_usual(request):
            return Head(self.headers, trusted, None)
        length = int(request.headers.get("content-length", "0"))
        return Head(self.headers, trusted, request, length)

    def _go_the_long_way(self) -> None:
        """Make what uvicorn makes when a request begins, and go on from its headers."""
        url, headers, size = self.url, self.headers, self._header_bytes
        super().on_message_begin()
        self.url, self._header_bytes = url, size
        self.headers.extend(headers)
        self.expect_100_continue = any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in headers
        )
        super().on_headers_complete()


def _is_usual(request: Request) -> bool:
    headers = request.headers
    length = headers.get("content-length", "0")
    return (
        _UNUSUAL.isdisjoint(headers)
        and not request.repeated
        and "text/event-stream" not in headers.get("accept", "").lower()
        and length.isdecimal()
        and len(length) < 10
        and int(length) <= FREE_BYTES
    )
