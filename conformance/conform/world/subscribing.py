"""Clients of subscriptions: over a WebSocket and over a stream of events."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from conform.verdicts import ImplementationError
from conform.world.waiting import eventually, patient

SUBPROTOCOL = "graphql-transport-ws"
SECONDS = 10.0
LITTLE_BYTES = 4_096

Message = dict[str, Any]


class Refused(Exception):  # noqa: N818  (an answer, no fault)
    """A handshake or a request for a stream that was refused."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status
        self.code = json.loads(text)["error"]["code"]


class Closed(Exception):  # noqa: N818  (an answer, no fault)
    """The server has closed the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class Client(Protocol):
    """Somebody who has subscribed once."""

    def next(self) -> Message:
        """The next execution result. Raises AssertionError when none comes in time."""
        ...

    def cut_off(self) -> None:
        """Be gone, without a word."""
        ...


class Wire:
    """A WebSocket that sends and receives JSON. ``little``: one that takes hardly anything."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] = (SUBPROTOCOL,),
        *,
        little: bool = False,
    ) -> None:
        parts = urlsplit(url)
        plain = socket.create_connection((parts.hostname, parts.port), patient(SECONDS))
        if little:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE_BYTES)
        try:
            self._socket = _connected(plain, parts.netloc, headers, subprotocols, little)
        except InvalidStatus as refused:
            plain.close()
            body = bytes(refused.response.body or b"{}").decode()
            raise Refused(refused.response.status_code, body) from refused

    def send(self, message: Any) -> None:
        """Send a message; text goes as it is."""
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        with contextlib.suppress(ConnectionClosed):  # why, the next ``receive`` says
            self._socket.send(text)

    def receive(self, seconds: float = SECONDS) -> Message:
        """
        The next message.

        Raises:
            Closed: There is none; the server has closed.
            AssertionError: Nothing came in time.
        """
        try:
            return cast("Message", json.loads(self._socket.recv(patient(seconds))))
        except TimeoutError:
            raise AssertionError(f"no message within {seconds:g} s") from None
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            raise Closed(code, closed.rcvd.reason if closed.rcvd else "") from closed

    def initialise(self, payload: Message | None = None) -> Message:
        """Send ``connection_init``; the acknowledgement."""
        self.send({"type": "connection_init", **({"payload": payload} if payload else {})})
        return self.receive()

    def cut_off(self) -> None:
        """Be gone, without a word."""
        with contextlib.suppress(OSError):
            self._socket.socket.shutdown(socket.SHUT_RDWR)


def _connected(
    plain: socket.socket,
    host: str,
    headers: Mapping[str, str] | None,
    subprotocols: Sequence[str],
    little: bool,
) -> ClientConnection:
    return connect(
        f"ws://{host}/graphql",
        sock=plain,
        additional_headers=dict(headers or {}),
        subprotocols=[Subprotocol(each) for each in subprotocols] or None,
        compression=None,
        open_timeout=patient(SECONDS),
        close_timeout=1,
        ping_interval=None,
        max_queue=1 if little else None,
        proxy=None,
    )


class SocketClient:
    """
    Subscribed over a WebSocket of its own; to what follows the acknowledgement, unless the
    request says otherwise.
    """

    def __init__(
        self, url: str, request: Message, headers: Mapping[str, str], *, little: bool = False
    ) -> None:
        self.wire = Wire(url, headers, little=little)
        acknowledged = self.wire.initialise()
        assert acknowledged["type"] == "connection_ack", acknowledged
        payload = {"extensions": {"after": acknowledged["payload"]["cursor"]}, **request}
        self.wire.send({"id": "1", "type": "subscribe", "payload": payload})

    def next(self) -> Message:
        """What ``next`` carries."""
        message = self.wire.receive()
        if message["type"] != "next" or message["id"] != "1":
            raise ImplementationError(f"not the next result: {message}")
        return cast("Message", message["payload"])

    def cut_off(self) -> None:
        """Be gone, without a word."""
        self.wire.cut_off()


class StreamClient:
    """Subscribed over a stream of events; ``last_id`` is what a browser would remember."""

    def __init__(
        self,
        url: str,
        request: Message,
        headers: Mapping[str, str],
        last_id: str | None = None,
        *,
        begins: bool = True,
    ) -> None:
        self.last_id = last_id
        self.events: queue.Queue[Message | None] = queue.Queue()
        remembered = {"Last-Event-ID": last_id} if last_id else {}
        self._client = httpx.Client(timeout=httpx.Timeout(patient(SECONDS), read=None))
        asked = self._client.build_request(
            "POST",
            url + "/graphql",
            json=request,
            headers={"Accept": "text/event-stream", **headers, **remembered},
        )
        self._answer = self._client.send(asked, stream=True)
        if self._answer.status_code != 200:
            raise Refused(self._answer.status_code, self._answer.read().decode())
        kind = self._answer.headers["content-type"].partition(";")[0]
        assert kind == "text/event-stream", kind
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if begins and "extensions" not in request:
            eventually(lambda: self.last_id, "the number that the stream begins after")

    def event(self) -> Message:
        """The next event: ``event``, ``data`` and ``id``."""
        try:
            event = self.events.get(timeout=patient(SECONDS))
        except queue.Empty:
            raise AssertionError(f"no event within {SECONDS:g} s") from None
        if event is None:
            raise Closed(0, "the stream has ended")
        return event

    def next(self) -> Message:
        """What the event ``next`` carries."""
        event = self.event()
        if event.get("event") != "next":
            raise ImplementationError(f"not the next result: {event}")
        return cast("Message", json.loads(event["data"]))

    def cut_off(self) -> None:
        """Be gone, without a word."""
        network: Any = self._answer.extensions["network_stream"]
        with contextlib.suppress(OSError):
            network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._reader.join(patient(SECONDS))
        self._client.close()

    def _read(self) -> None:
        event: Message = {}
        try:
            for line in self._answer.iter_lines():
                if line:
                    self._take(line, event)
                elif "data" in event:
                    self.events.put(event)
                    event = {}
                else:
                    event = {}
        except httpx.HTTPError:
            pass
        finally:
            self.events.put(None)

    def _take(self, line: str, event: Message) -> None:
        name, _, value = line.partition(":")
        if not name:
            return
        value = value.removeprefix(" ")
        event[name] = f"{event['data']}\n{value}" if name == "data" and name in event else value
        if name == "id":
            self.last_id = value
