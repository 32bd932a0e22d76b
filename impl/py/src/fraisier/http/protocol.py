"""HTTP/1.1 with what uvicorn's parser lacks: bounded headers, and refusals in our own form."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from fraisier.domain.errors import FraisierError
from fraisier.http.framing import announces_a_body
from fraisier.http.messages import Response, RetryLaterError, error_response, refusal
from fraisier.http.places import connections_max
from fraisier.http.wire import wire_of

if TYPE_CHECKING:
    from fraisier.http.app import HttpApp

HEADER_SECONDS = 10.0
HEADER_BYTES_MAX = 64 * 1024
RETRY_SECONDS = 5


class HeadersTooLargeError(Exception):
    """Raised into the parser, which ends the connection with ``send_400_response``."""


class BoundedProtocol(HttpToolsProtocol):
    """
    Ends a connection whose request line and headers take too long or too much.

    What is no HTTP gets the JSON of every other failure (400, ``bad-request``); too
    large headers get 431, slow ones nothing. One connection more than there may be takes
    the place of one that is idle, or gets 503.
    """

    header_seconds = HEADER_SECONDS
    most: ClassVar[int] = connections_max()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._arrived = 0
        self._header_bytes = 0
        self._in_headers = True
        self._upgraded = False
        self._deaf = False  # another protocol was asked for and is not spoken
        self._header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The clock runs from the first moment: silence is slow, too."""
        super().connection_made(transport)
        others = len(cast("HttpApp", self.config.app).streams)
        if len(self.connections) - others > self.most and not self._take_a_place():
            self._end_with(refusal(_too_many_connections()))
        else:
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._in_headers = False
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives while headers are incomplete: the parser keeps all of it."""
        if self._deaf:
            self.cycle.message_event.set()
            return
        self._arrived += len(data)
        super().data_received(data)
        idle = self.timeout_keep_alive_task is not None
        if self._header_timer is None and not idle and self._is_between_requests():
            self._start_timer()  # blank lines: they end the wait for a request and begin none
        if self._in_headers and self._arrived > HEADER_BYTES_MAX + len(data):
            self._refuse_headers()

    def send_400_response(self, msg: str) -> None:
        """Uvicorn calls this for everything that its parser does not take."""
        if self._header_bytes > HEADER_BYTES_MAX:
            self._refuse_headers()
        else:
            self._end_with(error_response("bad-request", "this is no HTTP request", 400))

    def on_message_begin(self) -> None:
        """The next request of this connection begins."""
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["fraisier.abort"] = self.transport.abort
        self._in_headers = True
        self._arrived = self._header_bytes = 0
        self._start_timer()

    def on_url(self, url: bytes) -> None:
        """The request line counts with the headers."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Each header counts when it is complete, also of requests that came in one piece."""
        super().on_header(name, value)
        self._count(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        """The request is known; from here the application's limits hold."""
        self._in_headers = False
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The parser ends a request at its Upgrade, also when a body was announced."""
        upgrade = self.parser is not None and self.parser.should_upgrade()
        if not (upgrade and announces_a_body(self.headers)):
            super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """The request is answered like any other; the parser reads nothing after it."""
        self._deaf = True

    def _should_upgrade(self) -> bool:
        return self._get_upgrade() == b"websocket" and self._path() in self._sockets()

    def handle_websocket_upgrade(self) -> None:
        """From here the connection is a socket's, or it ends."""
        # A server that no socket ever reaches starts faster without what speaks them.
        from fraisier.http.websocket import Socket, handshake

        app = cast("HttpApp", self.config.app)
        scope = cast("dict[str, Any]", self.scope)
        path = scope["path"] = self._path()
        try:
            scope["query_string"] = httptools.parse_url(self.url).query or b""
            route, request = app.admit_socket(scope)
            agreed = handshake(path, self.headers, route.subprotocols)
            self._stop_timer()
            connections = cast("set[Any]", self.connections)
            connections.discard(self)
            opened = Socket(agreed, app.streams, connections)
            opened.begin(self.transport, lambda socket: route.session(request, socket))
            self._upgraded = True
        except FraisierError as error:
            app.count(path, scope["method"], error.http_status)
            self._end_with(refusal(error))
        else:
            app.count(path, scope["method"], 101)

    def _sockets(self) -> Collection[str]:
        return cast("HttpApp", self.config.app).sockets

    def _path(self) -> str:
        try:
            return httptools.parse_url(self.url).path.decode("ascii")
        except (httptools.HttpParserInvalidURLError, UnicodeDecodeError):
            return ""

    def _is_between_requests(self) -> bool:
        if self._upgraded:
            return False
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _take_a_place(self) -> bool:
        """Close a connection that waits for a request which may never come, if there is one."""
        for other in self.connections:
            waits = getattr(other, "timeout_keep_alive_task", None) is not None
            if waits and other is not self and not other.transport.is_closing():
                other.transport.close()
                return True
        return False

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > HEADER_BYTES_MAX:
            raise HeadersTooLargeError

    def _refuse_headers(self) -> None:
        message = f"request line and headers have over {HEADER_BYTES_MAX} bytes"
        self._end_with(error_response("headers-too-large", message, 431))

    def _end_with(self, response: Response) -> None:
        transport = cast("asyncio.Transport | None", self.transport)
        if transport is None or transport.is_closing():
            return
        transport.write(wire_of(replace(response, close=True)))
        transport.close()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._header_timer = self.loop.call_later(self.header_seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _give_up(self) -> None:
        transport = cast("asyncio.Transport | None", self.transport)
        if transport is not None and not transport.is_closing():
            transport.close()


def _too_many_connections() -> RetryLaterError:
    return RetryLaterError("there are too many connections", "overloaded", RETRY_SECONDS)
