"""``graphql-transport-ws``: GraphQL over a WebSocket, as the protocol of graphql-ws says."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import orjson

from fraisier.api.graphql_http import read_fields
from fraisier.api.subscriptions.operations import Operations, Wish
from fraisier.api.subscriptions.recheck import RECHECK_SECONDS
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.api.access import Guard
    from fraisier.api.subscriptions.topics import Subscription
    from fraisier.domain.identity import Identity
    from fraisier.http.messages import Request
    from fraisier.http.websocket import Socket

SUBPROTOCOL = "graphql-transport-ws"
BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
NO_SUBPROTOCOL = 4406
INIT_TIMEOUT = 4408
ALREADY_SUBSCRIBED = 4409
TOO_MANY_INITS = 4429
INTERNAL = 4500
TRY_LATER = 1013

INIT_SECONDS = 5.0
OPERATIONS_MAX = 100
ID_CHARACTERS_MAX = 200

log = logging.getLogger("fraisier.subscriptions")


@dataclass(frozen=True, slots=True)
class Speaking:
    """What all sessions share."""

    operations: Operations
    guard: Guard

    def session(self, request: Request, socket: Socket) -> TransportWs:
        """Speak with the client of a new socket."""
        return TransportWs(self, request, socket)


class _Operation:
    """One id of a client: where its results go."""

    __slots__ = ("_ended", "_id", "_prefix", "_socket", "subscription", "task")

    def __init__(self, socket: Socket, identifier: str, ended: Callable[[str], None]) -> None:
        self._socket = socket
        self._id = identifier
        self._ended = ended
        self._prefix = b'{"id":%s,"type":"next","payload":' % orjson.dumps(identifier)
        self.task: asyncio.Task[None] | None = None
        self.subscription: Subscription | None = None

    def send(self, payload: bytes, number: int) -> None:
        """``next``."""
        self._socket.send(b"%s%s}" % (self._prefix, payload))

    async def drained(self) -> None:
        """Wait for the client to take what was sent."""
        await self._socket.drained()

    def answer(self, result: bytes) -> None:
        """``next`` and ``complete``."""
        self.send(result, 0)
        self._socket.send(orjson.dumps({"id": self._id, "type": "complete"}))
        self._ended(self._id)

    def refuse(self, errors: list[dict[str, Any]]) -> None:
        """``error``: nothing follows."""
        self._socket.send(orjson.dumps({"id": self._id, "type": "error", "payload": errors}))
        self._ended(self._id)


class TransportWs:
    """
    One client. Whatever is no message of the protocol ends the socket, with the code
    that the protocol has for it.
    """

    __slots__ = (
        "_identity", "_inits", "_operations", "_request", "_shared", "_socket", "_tasks", "_timer",
    )  # fmt: skip

    def __init__(self, shared: Speaking, request: Request, socket: Socket) -> None:
        self._shared = shared
        self._request = request
        self._socket = socket
        self._operations: dict[str, _Operation] = {}
        self._identity: Identity | None = None
        self._inits = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        if socket.subprotocol is None:
            socket.close(NO_SUBPROTOCOL, "Subprotocol not acceptable")
            return
        self._later(INIT_SECONDS, self._init_is_late)

    def received(self, text: str) -> None:
        """One message."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self._socket.close(BAD_REQUEST, "a message is a JSON object")
            return
        fields = cast("dict[str, Any]", message)
        kind = fields.get("type")
        handle = self._handlers().get(kind) if isinstance(kind, str) else None
        if handle is None:
            self._socket.close(BAD_REQUEST, "a message of an unknown type")
            return
        try:
            handle(fields)
        except FraisierError as error:
            self._socket.close(BAD_REQUEST, error.message)

    def _handlers(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {
            "connection_init": self._connection_init,
            "ping": self._ping,
            "pong": self._pong,
            "subscribe": self._subscribe,
            "complete": self._complete,
        }

    def closed(self) -> None:
        """The client is gone: nothing of it stays."""
        if self._timer is not None:
            self._timer.cancel()
        for identifier in list(self._operations):
            self._stop(identifier)
        for task in self._tasks:
            task.cancel()

    def _connection_init(self, message: dict[str, Any]) -> None:
        payload = _object(message, "payload")
        self._inits += 1
        if self._inits > 1:
            self._socket.close(TOO_MANY_INITS, "Too many initialisation requests")
            return
        given = payload.get("Authorization", payload.get("authorization"))
        if given is not None and "authorization" not in self._request.headers:
            headers = {**self._request.headers, "authorization": str(given)}
            self._request = replace(self._request, headers=headers)
        self._run(self._acknowledge())

    async def _acknowledge(self) -> None:
        if await self._identify() is None:
            return
        try:
            cursor = await self._shared.operations.feed.now()
        except FraisierError as error:
            log.warning("%s: %s", error.code, error.message)
            self._socket.close(TRY_LATER, error.code)
            return
        self._socket.trust()
        ack = {"type": "connection_ack", "payload": {"cursor": cursor}}
        self._socket.send(orjson.dumps(ack))

    async def _identify(self) -> Identity | None:
        """Who the client is, and still is: a token may be revoked while it listens."""
        try:
            self._identity = await self._shared.guard.identify(self._request)
        except FraisierError as error:
            if error.http_status < 500:
                self._identity = None
                self._socket.close(FORBIDDEN, f"Forbidden: {error.code}")
            elif self._identity is None:
                self._socket.close(TRY_LATER, error.code)
        if self._identity is not None:
            self._later(RECHECK_SECONDS, lambda: self._run(self._recheck()))
        return self._identity

    async def _recheck(self) -> None:
        await self._identify()

    def _init_is_late(self) -> None:
        if self._identity is None:
            self._socket.close(INIT_TIMEOUT, "Connection initialisation timeout")

    def _ping(self, message: dict[str, Any]) -> None:
        payload = _object(message, "payload")
        self._socket.send(
            orjson.dumps({"type": "pong", **({"payload": payload} if payload else {})})
        )

    def _pong(self, message: dict[str, Any]) -> None:
        _object(message, "payload")

    def _subscribe(self, message: dict[str, Any]) -> None:
        identifier = _identifier(message)
        if self._identity is None:
            self._socket.close(UNAUTHORIZED, "Unauthorized")
            return
        if identifier in self._operations:
            reason = f"Subscriber for {identifier} already exists"
            self._socket.close(ALREADY_SUBSCRIBED, reason)
            return
        if "payload" not in message:
            raise _malformed('"payload" is missing')
        wish = Wish(read_fields(_object(message, "payload"), persisted=True), self._identity)
        operation = _Operation(self._socket, identifier, self._forget)
        if len(self._operations) >= OPERATIONS_MAX:
            error = {"message": "too many operations", "extensions": {"code": "overloaded"}}
            operation.refuse([error])
            return
        self._operations[identifier] = operation
        operation.task = self._run(self._perform(wish, operation))

    async def _perform(self, wish: Wish, operation: _Operation) -> None:
        operation.subscription = await self._shared.operations.run(wish, operation)

    def _complete(self, message: dict[str, Any]) -> None:
        self._stop(_identifier(message))

    def _stop(self, identifier: str) -> None:
        operation = self._operations.pop(identifier, None)
        if operation is None:
            return
        if operation.task is not None:
            operation.task.cancel()
        if operation.subscription is not None:
            self._shared.operations.feed.leave(operation.subscription)

    def _forget(self, identifier: str) -> None:
        self._operations.pop(identifier, None)

    def _run(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an operation failed", exc_info=error)
            self._socket.close(INTERNAL, "a fault in Fraisier itself")

    def _later(self, seconds: float, act: Callable[[], Any]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, act)


def _object(message: dict[str, Any], key: str) -> dict[str, Any]:
    value = message.get(key)
    if value is not None and not isinstance(value, dict):
        raise _malformed(f'"{key}" is an object')
    return cast("dict[str, Any]", value or {})


def _identifier(message: dict[str, Any]) -> str:
    value = message.get("id")
    if not isinstance(value, str) or not 0 < len(value) <= ID_CHARACTERS_MAX:
        raise _malformed('"id" is a text that is not empty')
    return value


def _malformed(reason: str) -> FraisierError:
    return FraisierError(reason, code="graphql-bad-request")
