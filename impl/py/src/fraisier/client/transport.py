"""GraphQL documents on their way to a server, and its answers on their way back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from fraisier.domain.error_codes import ERROR_CODES
from fraisier.domain.errors import FraisierError
from fraisier.effects.exchange import Reply, exchange

TIMEOUT_SECONDS = 60.0


class Transport:
    """Asks one server, with a token."""

    def __init__(self, server: str, token: str | None) -> None:
        self._url = server.rstrip("/") + "/graphql"
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """
        The ``data`` of the answer. Variables that are None are left out.

        Raises:
            FraisierError: What the server refuses with, as ``exchange``, or
                ``unexpected-answer``.
        """
        given = {name: value for name, value in variables.items() if value is not None}
        body = json.dumps({"query": document, "variables": given}).encode()
        return _data(exchange(self._url, body, self._headers, TIMEOUT_SECONDS))


def _data(reply: Reply) -> dict[str, Any]:
    answer = _object(reply)
    if isinstance(answer.get("error"), dict):
        raise _refusal(answer["error"], answer["error"])
    errors = answer.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        first = cast("dict[str, Any]", errors[0])
        raise _refusal(first, first.get("extensions") or {})
    data = answer.get("data")
    if not isinstance(data, dict):
        raise _strange(reply)
    return cast("dict[str, Any]", data)


def _object(reply: Reply) -> dict[str, Any]:
    try:
        answer: object = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise _strange(reply) from error
    if not isinstance(answer, dict):
        raise _strange(reply)
    return cast("dict[str, Any]", answer)


def _refusal(said: Mapping[str, Any], facts: Mapping[str, Any]) -> FraisierError:
    code, hint = facts.get("code"), facts.get("hint")
    return FraisierError(
        str(said.get("message") or "the server refuses"),
        code=code if code in ERROR_CODES else "unexpected-answer",
        hint=hint if isinstance(hint, str) else None,
    )


def _strange(reply: Reply) -> FraisierError:
    return FraisierError(
        f"what answered is no Fraisier API (status {reply.status})",
        code="unexpected-answer",
        hint="--server is the address of fraisier serve, without /graphql",
    )
