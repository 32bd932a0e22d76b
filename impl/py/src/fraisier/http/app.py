"""A plain ASGI application: a table of paths, bounded bodies, JSON errors."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from fraisier.domain.errors import FraisierError
from fraisier.http.bodies import BODY_BYTES_MAX, BODY_SECONDS, Body, Budget, ClientGone, Receive
from fraisier.http.cors import preflight, shared
from fraisier.http.framing import check_framing, is_followed
from fraisier.http.messages import (
    Request,
    Response,
    error_response,
    headers_of,
    refusal,
    repeated_in,
)
from fraisier.http.places import streams_max
from fraisier.http.sockets import SocketRoute
from fraisier.http.source import Network, client_of
from fraisier.http.streams import EventStream, Streams

__all__ = ["BODY_BYTES_MAX", "Endpoint", "HttpApp", "KnownAnswer", "Route"]

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Endpoint = Callable[[Request], Awaitable[Response]]

# Two of these and it is anybody's guess which one another program went by.
ONCE = frozenset(
    ("authorization", "content-encoding", "content-length", "content-type", "host")
)  # fmt: skip

SEND_SECONDS = 60.0  # how long a client of a stream may take to make room for more

log = logging.getLogger("fraisier.http")


@dataclass(frozen=True, slots=True)
class Route:
    """
    An endpoint, the methods that it takes, and how much it reads.

    ``admit`` sees every request before its body is read, and refuses by an error. Pages of
    ``origins()`` may ask from elsewhere. ``at_once`` has the answer, to a request that came as
    a whole, where it is known without waiting.
    """

    endpoint: Endpoint
    methods: tuple[str, ...]
    body_bytes_max: int = 0
    admit: Callable[[Request], None] | None = None
    origins: Callable[[], Sequence[str]] = tuple
    at_once: Callable[[Request], KnownAnswer | None] | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The methods that a client may use; HEAD comes with GET."""
        return (*self.methods, "HEAD") if "GET" in self.methods else self.methods


class KnownAnswer(NamedTuple):
    """A whole answer as it is sent, and its status."""

    status: int
    wire: bytes


class HttpApp:
    """
    Serves ``routes`` over ASGI. ``counts`` has the requests by path, method and
    status; unknown paths and methods share one entry each, so it stays small.
    ``trusted`` are the proxies whose word about a client's address counts now.
    """

    def __init__(
        self,
        routes: Mapping[str, Route],
        *,
        trusted: Callable[[], Sequence[Network]] = tuple,
        body_seconds: float = BODY_SECONDS,
        budget: Budget | None = None,
        hold: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.routes = routes
        self.sockets: dict[str, SocketRoute] = {}
        self.streams = Streams(streams_max())
        self.beside: Callable[[asyncio.Event], Awaitable[None]] | None = None
        self.on_stop: Callable[[], Awaitable[None]] | None = None
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self._trusted = trusted
        self._body_seconds = body_seconds
        self._budget = budget or Budget()
        self._hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Never raises for anything that a client can send."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not served")
        announced = is_followed(scope["headers"])
        body = Body(receive, self._budget, self._body_seconds, announced=announced)
        try:
            response = self._shared(scope, await self._respond(scope, body))
        except ClientGone:
            return
        finally:
            body.release()
        if body.left:
            # What was not read would be taken for the next request: the connection ends.
            response = _closing(response)
        self.count(scope["path"], scope["method"], response.status)
        if response.held_seconds:
            await self._hold(response.held_seconds)
        await send(response.start())
        if response.stream is not None:
            await _stream(response.stream, scope, receive, send)
            return
        content = b"" if scope["method"] == "HEAD" else response.body
        if body.left:
            await send({"type": "http.response.body", "body": content, "more_body": True})
            await body.discard()
            content = b""
        await send({"type": "http.response.body", "body": content})

    def admit_socket(self, scope: Scope) -> tuple[SocketRoute, Request]:
        """
        The route of a handshake, and the handshake as a request.

        Raises:
            FraisierError: Refused.
        """
        route = self.sockets[scope["path"]]
        request = self._request(scope, scope["method"])
        route.admit(request)
        self.streams.check()
        return route, request

    async def answer(self, route: Route, request: Request) -> Response:
        """
        The answer to a request whose body is there, counted and not sent before its time.

        Only for requests of no page; whatever goes wrong is in the answer.
        """
        try:
            if route.admit is not None:
                route.admit(request)
            response = await route.endpoint(request)
        except Exception as error:
            response = _failed(request.path, error)
        self.count(request.path, request.method, response.status)
        if response.held_seconds:
            await self._hold(response.held_seconds)
        return response

    def request_of(self, scope: Scope) -> Request:
        """
        A request without its body.

        Raises:
            FraisierError: ``duplicate-header``, ``bad-request``.
        """
        return self._request(scope, scope["method"])

    @property
    def trusted(self) -> Sequence[Network]:
        """The proxies of the moment."""
        return self._trusted()

    async def _respond(self, scope: Scope, body: Body) -> Response:
        try:
            return await self._dispatch(scope, body)
        except ClientGone:
            raise
        except Exception as error:
            return _failed(scope["path"], error)

    async def _dispatch(self, scope: Scope, body: Body) -> Response:
        route = self.routes.get(scope["path"])
        if route is None:
            return error_response("not-found", "there is nothing at this path", 404)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in route.methods:
            asked = preflight(scope["headers"], route.origins()) if method == "OPTIONS" else None
            return asked or _method_not_allowed(route)
        request = self._request(scope, method)
        if route.admit is not None:
            route.admit(request)
        if route.body_bytes_max:
            request.body = await body.read(request.headers, route.body_bytes_max)
        return await route.endpoint(request)

    def _shared(self, scope: Scope, response: Response) -> Response:
        route = self.routes.get(scope["path"])
        return response if route is None else shared(response, scope["headers"], route.origins())

    def _request(self, scope: Scope, method: str) -> Request:
        raw = scope["headers"]
        headers = headers_of(raw)
        repeated = repeated_in(raw) if len(headers) < len(raw) else frozenset[str]()
        if wrong := sorted(repeated & ONCE):
            raise FraisierError(f"{wrong[0]} came several times", code="duplicate-header")
        check_framing(scope.get("http_version", "1.1"), headers)
        peer: tuple[str, int] | None = scope.get("client")
        client = client_of(peer[0] if peer else None, headers, self._trusted())
        query = scope.get("query_string", b"")
        return Request(method, scope["path"], query, headers, b"", client, repeated)

    def count(self, path: str, method: str, status: int) -> None:
        """Remember that a request was answered."""
        route = self.routes.get(path)
        known = method if route and method in route.allowed else "OTHER"
        self.counts[path if route else "other", known, status] += 1


def _failed(path: str, error: Exception) -> Response:
    if not isinstance(error, FraisierError):
        log.error("a request to %s failed", path, exc_info=error)
        return error_response("internal", "a fault in Fraisier itself", 500)
    if error.http_status >= 500:
        log.warning("%s: %s", error.code, error.message)
    return refusal(error)


async def _stream(stream: EventStream, scope: Scope, receive: Receive, send: Send) -> None:
    """Send what is written to a stream until it ends or nobody reads it."""
    stream.on_cut_off = scope.get("fraisier.abort", lambda: None)
    watching = asyncio.create_task(_until_gone(receive, stream))
    try:
        if scope["method"] != "HEAD":
            async for chunk in stream.chunks():
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except TimeoutError:
        stream.cut_off()
    finally:
        watching.cancel()
        stream.release()


async def _until_gone(receive: Receive, stream: EventStream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _closing(response: Response) -> Response:
    return replace(response, close=True)


def _method_not_allowed(route: Route) -> Response:
    allowed = ", ".join(route.allowed)
    response = error_response("method-not-allowed", f"this path takes {allowed}", 405)
    return Response(405, response.body, (*response.headers, (b"allow", allowed.encode())))
