"""A plain ASGI application: a table of paths, bounded bodies, JSON errors."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.http.messages import Request, Response, error_response, headers_of, refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Endpoint = Callable[[Request], Awaitable[Response]]

BODY_BYTES_MAX = 5 * 1024 * 1024
BODY_SECONDS = 15.0

log = logging.getLogger("fraisier.http")


class ClientGone(Exception):  # noqa: N818  (nothing went wrong here)
    """The client hung up before its request was complete."""


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint, the methods that it takes, and how much it reads."""

    endpoint: Endpoint
    methods: tuple[str, ...]
    body_bytes_max: int = 0

    @property
    def allowed(self) -> tuple[str, ...]:
        """The methods that a client may use; HEAD comes with GET."""
        return (*self.methods, "HEAD") if "GET" in self.methods else self.methods


class HttpApp:
    """
    Serves ``routes`` over ASGI. ``counts`` has the requests by path, method and
    status; unknown paths and methods share one entry each, so it stays small.
    """

    def __init__(self, routes: Mapping[str, Route], *, body_seconds: float = BODY_SECONDS) -> None:
        self.routes = routes
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Never raises for anything that a client can send."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not served")
        try:
            response = await self._respond(scope, receive)
        except ClientGone:
            return
        if self._leaves_a_body(scope):
            response = _closing(response)
        self._count(scope, response.status)
        body = b"" if scope["method"] == "HEAD" else response.body
        await send(response.start())
        await send({"type": "http.response.body", "body": body})

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        try:
            return await self._dispatch(scope, receive)
        except FraisierError as error:
            if error.http_status >= 500:
                log.warning("%s: %s", error.code, error.message)
            return refusal(error)
        except ClientGone:
            raise
        except Exception:
            log.exception("a request to %s failed", scope["path"])
            return error_response("internal", "a fault in Fraisier itself", 500)

    async def _dispatch(self, scope: Scope, receive: Receive) -> Response:
        route = self.routes.get(scope["path"])
        if route is None:
            return error_response("not-found", "there is nothing at this path", 404)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in route.methods:
            return _method_not_allowed(route)
        headers = headers_of(scope["headers"])
        body = b""
        if route.body_bytes_max:
            read = await self._read(headers, receive, route.body_bytes_max)
            if isinstance(read, Response):
                return read
            body = read
        request = Request(method, scope["path"], scope.get("query_string", b""), headers, body)
        return await route.endpoint(request)

    async def _read(
        self, headers: Mapping[str, str], receive: Receive, most: int
    ) -> bytes | Response:
        announced = headers.get("content-length", "0")
        if announced.isdigit() and int(announced[:20]) > most:
            return _too_large(most)
        try:
            async with asyncio.timeout(self._body_seconds):
                return await _body(receive, most)
        except TimeoutError:
            return _closing(error_response("request-too-slow", "the body came too slowly", 408))

    def _leaves_a_body(self, scope: Scope) -> bool:
        """Whether a body may still come that nobody reads: its sender could hold us for ever."""
        route = self.routes.get(scope["path"])
        if route and route.body_bytes_max and scope["method"] in route.allowed:
            return False
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in scope["headers"]
        )

    def _count(self, scope: Scope, status: int) -> None:
        route = self.routes.get(scope["path"])
        path = scope["path"] if route else "other"
        method = scope["method"] if route and scope["method"] in route.allowed else "OTHER"
        self.counts[path, method, status] += 1


async def _body(receive: Receive, most: int) -> bytes | Response:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            return _too_large(most)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(most: int) -> Response:
    # What was not read would be taken for the next request: the connection ends.
    return _closing(error_response("body-too-large", f"the body has over {most} bytes", 413))


def _closing(response: Response) -> Response:
    return Response(response.status, response.body, response.headers, close=True)


def _method_not_allowed(route: Route) -> Response:
    allowed = ", ".join(route.allowed)
    response = error_response("method-not-allowed", f"this path takes {allowed}", 405)
    return Response(405, response.body, (*response.headers, (b"allow", allowed.encode())))
