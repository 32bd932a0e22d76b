"""Who asks the API, and what that one may do."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from fraisier.config import Config
from fraisier.domain.errors import FraisierError
from fraisier.domain.identity import NOBODY, Identity, with_all_scopes
from fraisier.http.app import Endpoint
from fraisier.http.cors import is_welcome
from fraisier.http.failures import Failures, too_many
from fraisier.http.messages import Request, Response
from fraisier.http.source import has_passed_a_proxy, is_loopback

__all__ = ["Guard", "Identity", "Tokens"]


class Tokens(Protocol):
    """Whose an API token is; nobody's when it is unknown, revoked or expired."""

    async def __call__(self, token: str) -> Identity | None:
        """Ask the database."""
        ...

    def known(self, token: str) -> Identity | None:
        """Where the database need not be asked again; None says nothing."""
        ...


_HOST = re.compile(r"(?:\[(?P<address>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::[0-9]*)?")
_HOST_CHARACTERS_MAX = 300  # a name has 253, and then comes a port
_HINT = "send Authorization: Bearer and a token: fraisier token create, or server.token"


class Guard:
    """
    Lets in who has a token: ``server.token``, the start contract's control token, or
    one of ``fraisier token create`` with the scopes that it was made with.

    Without ``server.token`` nobody else gets in, unless ``server.open`` is true: then
    whoever asks from this very machine, and by a name of it. A page of the web that a
    browser here shows is kept out by that and by its origin, unless ``server.cors`` lists
    it, and so is what a proxy passes on. A token that is given has to be right there, too:
    one that was revoked opens nothing.
    """

    def __init__(
        self,
        config: Callable[[], Config],
        failures: Failures,
        control_token: str | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._config = config
        self._failures = failures
        self._control_token = control_token
        self._tokens = tokens

    def __call__(self, endpoint: Endpoint, scope: str | None = None) -> Endpoint:
        """
        An endpoint that only those reach who may, with ``request.identity`` set.

        With ``scope`` they also need that one; without, the endpoint looks itself.
        """

        async def guarded(request: Request) -> Response:
            if request.identity is NOBODY:
                request.identity = await self.identify(request)
            if scope is not None:
                request.identity.require(scope)
            return await endpoint(request)

        return guarded

    async def identify(self, request: Request) -> Identity:
        """
        Who asks. Tokens are looked up each time: one that is revoked stops at once.

        Raises:
            FraisierError: ``unauthorized``, ``too-many-failures`` or a database error.
        """
        given = _bearer(request)
        found = self._by_configuration(given, request)
        if found is None and given and self._tokens is not None:
            found = await self._tokens(given)
        if found is None:
            raise self._refusal(request)
        return found

    def known(self, request: Request) -> Identity | None:
        """Who asks, where nothing has to be asked for it; None: ``identify`` finds out."""
        given = _bearer(request)
        found = self._by_configuration(given, request)
        if found is None and given and self._tokens is not None:
            return self._tokens.known(given)
        return found

    def _by_configuration(self, given: str, request: Request) -> Identity | None:
        if not given:
            return with_all_scopes("server.open") if self._is_open_to(request) else None
        known = (
            ("server.token", self._config().server.token),
            ("control token", self._control_token),
        )
        # All are compared, so that the time says nothing.
        same = [name for name, token in known if token and _is_same(given, token)]
        return with_all_scopes(same[0]) if same else None

    def _is_open_to(self, request: Request) -> bool:
        server = self._config().server
        if not server.open or server.token is not None or has_passed_a_proxy(request.headers):
            return False
        if not is_welcome(request.headers, server.cors):
            return False
        return _is_this_machine(request.headers.get("host", "localhost"))

    def _refusal(self, request: Request) -> FraisierError:
        if _bearer(request) and self._failures.note(request.client):
            return too_many("tokens", self._failures.retry_seconds(request.client))
        return FraisierError("a token is needed", code="unauthorized", hint=_HINT)


def _is_same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _bearer(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _is_this_machine(host: str) -> bool:
    return len(host) <= _HOST_CHARACTERS_MAX and is_loopback(_name_of(host))


@lru_cache(maxsize=64)
def _name_of(host: str) -> str:
    """A ``Host`` header without its port; nothing when it is none."""
    found = _HOST.fullmatch(host.strip())
    return (found["address"] or found["name"]) if found else ""
