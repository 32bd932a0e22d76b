"""What one process has of subscriptions: the feed, and the transports over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fraisier.api.subscriptions.feed import Feed
from fraisier.api.subscriptions.log import EventLog
from fraisier.api.subscriptions.operations import Operations
from fraisier.api.subscriptions.sse import EventStreams, asks_for_events
from fraisier.api.subscriptions.transport_ws import SUBPROTOCOL, Speaking
from fraisier.domain.errors import FraisierError
from fraisier.http.cors import is_welcome
from fraisier.http.sockets import SocketRoute

if TYPE_CHECKING:
    from fraisier.api.access import Guard
    from fraisier.api.graphql_http import GraphqlHttp
    from fraisier.db import AsyncDatabase
    from fraisier.http.app import Endpoint
    from fraisier.http.messages import Request, Response
    from fraisier.http.streams import Streams


class Live:
    """The subscriptions of ``/graphql``."""

    def __init__(
        self, graphql: GraphqlHttp, database: AsyncDatabase, streams: Streams, guard: Guard
    ) -> None:
        log = EventLog(database, graphql.executor.schema.subscriptions.values())
        self._feed = Feed(log, database)
        self._operations = Operations(graphql.executor, self._feed, graphql.document)
        self._events = EventStreams(self._operations, streams, guard)
        self._guard = guard

    def choosing(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint``, but for clients that ask for an event stream."""

        async def chosen(request: Request) -> Response:
            wanted = asks_for_events(request.headers)
            return await (self._events if wanted else endpoint)(request)

        return chosen

    def socket_route(self, origins: Callable[[], Sequence[str]]) -> SocketRoute:
        """
        Where WebSockets are opened, also by pages of ``origins()``. Who the client is, it may
        say in its first message.
        """

        def admit(request: Request) -> None:
            check_origin(request, origins())

        return SocketRoute((SUBPROTOCOL,), admit, Speaking(self._operations, self._guard).session)

    async def close(self) -> None:
        """Stop following the event log."""
        await self._feed.close()


def check_origin(request: Request, origins: Sequence[str]) -> None:
    """
    Refuse a page of another site: browsers send what they know to any WebSocket.

    Raises:
        FraisierError: ``origin-refused``.
    """
    if not is_welcome(request.headers, origins):
        raise FraisierError("pages of this origin may not connect", code="origin-refused")
