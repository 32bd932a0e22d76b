"""Who may see the status pages: GraphQL and metrics."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

from fraisier.config import Config
from fraisier.domain.errors import FraisierError
from fraisier.http.app import Endpoint
from fraisier.http.failures import Failures, too_many
from fraisier.http.messages import Request, Response
from fraisier.http.source import has_passed_a_proxy, is_loopback

_HOST = re.compile(r"(?:\[(?P<address>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::[0-9]*)?")
_HINT = "send Authorization: Bearer and the token of server.token"


class Guard:
    """
    Lets in who knows ``server.token`` or the start contract's control token.

    Without ``server.token`` nobody else gets in, unless ``server.open`` is true: then
    whoever asks from this very machine, and by a name of it. A page of the web that a
    browser here shows is kept out by that, and so is what a proxy passes on.
    """

    def __init__(
        self, config: Callable[[], Config], failures: Failures, control_token: str | None = None
    ) -> None:
        self._config = config
        self._failures = failures
        self._control_token = control_token

    def __call__(self, endpoint: Endpoint) -> Endpoint:
        """An endpoint that only those reach who may."""

        async def guarded(request: Request) -> Response:
            if not (self._has_token(request) or self._is_open_to(request)):
                raise self._refusal(request)
            return await endpoint(request)

        return guarded

    def _has_token(self, request: Request) -> bool:
        given = _bearer(request)
        tokens = [t for t in (self._config().server.token, self._control_token) if t]
        same = [hmac.compare_digest(given.encode(), token.encode()) for token in tokens]
        return bool(given) and any(same)

    def _is_open_to(self, request: Request) -> bool:
        server = self._config().server
        if not server.open or server.token is not None or has_passed_a_proxy(request.headers):
            return False
        return is_loopback(_name_of(request.headers.get("host", "localhost")))

    def _refusal(self, request: Request) -> FraisierError:
        if _bearer(request) and self._failures.note(request.client):
            return too_many("tokens", self._failures.retry_seconds(request.client))
        return FraisierError("a token is needed", code="unauthorized", hint=_HINT)


def _bearer(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _name_of(host: str) -> str:
    """A ``Host`` header without its port; nothing when it is none."""
    found = _HOST.fullmatch(host.strip())
    return (found["address"] or found["name"]) if found else ""
