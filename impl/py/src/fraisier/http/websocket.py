"""A WebSocket: the handshake, bounded messages in, a bounded queue out, an end in time."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from websockets import http11
from websockets.datastructures import Headers
from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol as Frames
from websockets.protocol import Side, State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from fraisier.domain.errors import FraisierError
from fraisier.http.messages import HeaderList
from fraisier.http.sockets import Session
from fraisier.http.streams import OUT_BYTES_MAX, Streams

MESSAGE_BYTES_MAX = 256 * 1024
FIRST_BYTES_MAX = 8 * 1024  # until the session says that it knows the client
KERNEL_BYTES = 64 * 1024
PING_SECONDS = 25.0
CLOSE_SECONDS = 5.0
SLOW_CLOSE_SECONDS = 30.0  # to read what is left, and why nothing follows

GOING_AWAY = 1012
TOO_SLOW = 1013
NOT_TEXT = 1003
BAD_TEXT = 1007
FAULT = 1011
OPEN = State.OPEN

log = logging.getLogger("fraisier.http")
quiet = logging.getLogger("fraisier.http.frames")  # what it says of each client is no news
quiet.setLevel(logging.WARNING)


class Handshake(NamedTuple):
    """The answer to a client's handshake, and the subprotocol that was agreed upon."""

    answer: bytes
    subprotocol: str | None


def handshake(path: str, headers: HeaderList, subprotocols: Sequence[str]) -> Handshake:
    """
    Agree with a client.

    Raises:
        FraisierError: ``bad-request``: it is no handshake.
    """
    agreed = ServerProtocol(select_subprotocol=_chosen(subprotocols), logger=quiet)
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    response = agreed.accept(http11.Request(path, Headers(pairs)))
    if response.status_code != 101:
        raise FraisierError("this is no handshake of a WebSocket", code="bad-request")
    return Handshake(response.serialize(), agreed.subprotocol)


def _chosen(subprotocols: Sequence[str]) -> Callable[[Any, Sequence[Subprotocol]], Any]:
    def choose(_: Any, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return next((each for each in offered if each in subprotocols), None)

    return choose


class Socket(asyncio.Protocol):
    """One open WebSocket; text only. Every method but ``drained`` returns at once."""

    __slots__ = (
        "_alive", "_answer", "_closing", "_connections", "_parts", "_protocol", "_session",
        "_streams", "_timer", "_transport", "_writable", "subprotocol",
    )  # fmt: skip

    def __init__(self, agreed: Handshake, streams: Streams, connections: set[Any]) -> None:
        self.subprotocol = agreed.subprotocol
        self._answer = agreed.answer
        self._protocol = Frames(Side.SERVER, max_size=FIRST_BYTES_MAX, logger=quiet)
        self._streams = streams
        self._connections = connections
        self._transport: Any = None
        self._session: Session | None = None
        self._parts: list[bytes] = []
        self._alive = True
        self._closing = False
        self._writable: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: Any, make: Callable[[Socket], Session]) -> None:
        """
        Answer the handshake and take the connection over.

        Raises:
            FraisierError: ``overloaded``.
        """
        self._streams.enter(self)
        self._connections.add(self)
        self._transport = transport
        transport.set_protocol(self)
        kernel = transport.get_extra_info("socket")
        with suppress(AttributeError, OSError):
            kernel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        transport.set_write_buffer_limits(high=OUT_BYTES_MAX // 4)
        transport.write(self._answer)
        self._session = make(self)
        self._watch()

    def trust(self) -> None:
        """The client is known: its messages may be longer."""
        self._protocol.max_message_size = MESSAGE_BYTES_MAX

    def send(self, text: bytes) -> None:
        """Send a message, unless the socket is closing. A client that is too slow is closed."""
        if self._closing or self._protocol.state is not OPEN:
            return
        waiting = self._transport.get_write_buffer_size()
        if waiting and waiting + len(text) > OUT_BYTES_MAX:
            self._streams.slow += 1
            reason = "too-slow: resume after the last cursor"
            self.close(TOO_SLOW, reason, SLOW_CLOSE_SECONDS)
            return
        self._transport.write(_frame(text))

    async def drained(self) -> None:
        """Return when most of what was sent is on its way, or the socket is gone."""
        if self._writable is not None:
            await self._writable.wait()

    def close(self, code: int, reason: str, seconds: float = CLOSE_SECONDS) -> None:
        """Say why, and hang up; on whoever does not answer after a while."""
        if self._closing:
            return
        self._closing = True
        if self._protocol.state is OPEN:
            self._protocol.send_close(code, reason[:120])
            self._flush()
        self._hang_up_later(seconds)

    def leave(self) -> None:
        """The server stops; clients come back, to another one."""
        self.close(GOING_AWAY, "the server stops")

    shutdown = leave

    def data_received(self, data: bytes) -> None:
        """Frames, or pieces of them."""
        if self._protocol.reader.eof:
            return
        self._alive = True
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
        self._flush()
        if self._protocol.state is not OPEN and not self._closing:
            self._closing = True
            self._hang_up_later(CLOSE_SECONDS)

    def eof_received(self) -> bool:
        """The client says nothing any more."""
        self._protocol.receive_eof()
        self._flush()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the session."""
        self._closing = True
        self.resume_writing()
        if self._timer is not None:
            self._timer.cancel()
        self._connections.discard(self)
        self._streams.discard(self)
        if self._session is not None:
            self._session.closed()
            self._session = None

    def pause_writing(self) -> None:
        """Much waits to be sent: whoever does not read is not listened to, either."""
        self._writable = asyncio.Event()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Most of it is sent."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None
            with suppress(RuntimeError):
                self._transport.resume_reading()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.BINARY:
            self.close(NOT_TEXT, "messages are text")
        if self._closing or frame.opcode not in (Opcode.TEXT, Opcode.CONT):
            return
        self._parts.append(bytes(frame.data))
        if not frame.fin:
            return
        whole, self._parts = b"".join(self._parts), []
        try:
            text = whole.decode()
        except UnicodeDecodeError:
            self.close(BAD_TEXT, "this is no UTF-8")
            return
        self._pass_on(text)

    def _pass_on(self, text: str) -> None:
        try:
            if self._session is not None:
                self._session.received(text)
        except Exception:
            log.exception("a message could not be dealt with")
            self.close(FAULT, "a fault in Fraisier itself")

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.close()

    def _watch(self) -> None:
        """Ask for a sign of life now and then; without one, hang up."""
        if not self._alive:
            self._transport.abort()
            return
        self._alive = False
        if self._protocol.state is OPEN:
            with suppress(ProtocolError):
                self._protocol.send_ping(b"")
            self._flush()
        self._timer = asyncio.get_running_loop().call_later(PING_SECONDS, self._watch)

    def _hang_up_later(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._transport.abort)


def _frame(text: bytes) -> bytes:
    """A whole text message of a server."""
    size = len(text)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + text
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + text
    return struct.pack("!BBQ", 0x81, 127, size) + text
