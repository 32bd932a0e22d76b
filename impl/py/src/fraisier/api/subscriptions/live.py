"""What one process has of subscriptions: the feed, and the transports over it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fraisier.api.subscriptions.feed import Feed
from fraisier.api.subscriptions.log import EventLog
from fraisier.api.subscriptions.operations import Operations
from fraisier.api.subscriptions.sse import EventStreams, asks_for_events
from fraisier.api.subscriptions.transport_ws import SUBPROTOCOL, Speaking
from fraisier.domain.errors import FraisierError
from fraisier.http.websocket import SocketRoute

if TYPE_CHECKING:
    from fraisier.api.access import Guard
    from fraisier.api.graphql_http import GraphqlHttp
    from fraisier.db import AsyncDatabase
    from fraisier.http.app import Endpoint
    from fraisier.http.messages import Request, Response
    from fraisier.http.streams import Streams


class Live:
    """The subscriptions of ``/graphql``."""

    def __init__(self, graphql: GraphqlHttp, database: AsyncDatabase, streams: Streams) -> None:
        log = EventLog(database, graphql.executor.schema.subscriptions.values())
        self._feed = Feed(log, database)
        self._operations = Operations(graphql.executor, self._feed, graphql.document)
        self._events = EventStreams(self._operations, streams)

    def choosing(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint``, but for clients that ask for an event stream."""

        async def chosen(request: Request) -> Response:
            wanted = asks_for_events(request.headers)
            return await (self._events if wanted else endpoint)(request)

        return chosen

    def socket_route(self, guard: Guard) -> SocketRoute:
        """Where WebSockets are opened. Who the client is, it may say in its first message."""
        return SocketRoute((SUBPROTOCOL,), check_origin, Speaking(self._operations, guard).session)

    async def close(self) -> None:
        """Stop following the event log."""
        await self._feed.close()


def check_origin(request: Request) -> None:
    """
    Refuse a page of another site: browsers send what they know to any WebSocket.

    Raises:
        FraisierError: ``origin-refused``.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    if urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise FraisierError("pages of this origin may not connect", code="origin-refused")
