"""``/graphql`` as the server has it: who asks, and what was answered before, at once."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from fraisier.api.graphql_http import Asked
from fraisier.http.app import KnownAnswer
from fraisier.http.messages import Response
from fraisier.http.wire import wire_of

if TYPE_CHECKING:
    from fraisier.api.access import Guard
    from fraisier.api.graphql_http import GraphqlHttp
    from fraisier.api.graphql_http import Response as Answer
    from fraisier.http.messages import Request
    from fraisier.http.source import Address

# Who asks GraphQL, for what is not told of requests.
SOURCE: ContextVar[Address | None] = ContextVar("source", default=None)


class GraphqlEndpoint:
    """
    Answers GraphQL requests over HTTP; ``at_once`` those whose answer was given before.

    An answer is sent as the same bytes each time, put together once.
    """

    def __init__(self, graphql: GraphqlHttp, guard: Guard) -> None:
        self._graphql = graphql
        self._guard = guard

    async def __call__(self, request: Request) -> Response:
        """
        The answer to a request whose ``identity`` is known.

        Raises:
            FraisierError: What is no answer of GraphQL: the database is away and the like.
        """
        SOURCE.set(request.client)
        asked = _asked(request)
        known = None if request.looked_up else self._graphql.known(asked)
        return _response(known.answer if known else await self._graphql.find_out(asked), request)

    def at_once(self, request: Request) -> KnownAnswer | None:
        """What ``__call__`` would answer, where nothing has to be waited for to know it."""
        identity = self._guard.known(request)
        if identity is None:
            return None
        request.identity = identity
        known = self._graphql.known(_asked(request))
        if known is None:
            request.looked_up = True
            return None
        if known.wire is None:
            known.wire = wire_of(_response(known.answer, request))
        return KnownAnswer(known.answer[0], known.wire)


def _asked(request: Request) -> Asked:
    return Asked(request.method, request.headers, request.query, request.body, request.identity)


def _response(answer: Answer, request: Request) -> Response:
    status, headers, body = answer
    scopes = " ".join(sorted(request.identity.scopes))
    return Response(status, body, [*headers, (b"fraisier-scopes", scopes.encode())])
