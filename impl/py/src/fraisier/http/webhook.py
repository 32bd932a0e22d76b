"""``POST /webhook``: verify, store, answer. Deployments run elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import parse_qs

from fraisier.config import Config
from fraisier.db import AsyncDatabase, refuse
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer
from fraisier.http.failures import Failures
from fraisier.http.messages import Request, Response, json_response
from fraisier.http.source import allowed
from fraisier.operations.record_webhook import Forges, VerifiedWebhook, forge_of, verify_webhook

MEDIA_TYPES = (None, "application/json", "application/x-www-form-urlencoded")
LARGE_BYTES = 64 * 1024  # a signature over more is computed beside the loop
_OF_FORGES = ("x-", "webhook-", "idempotency-")
_OF_PROXIES = "x-forwarded-"  # each on the way adds its own

log = logging.getLogger("fraisier.webhook")


class Receiver(Forges, Protocol):
    """The forges, and what the configuration says of them (``wiring.Application``)."""

    @property
    def config(self) -> Config:
        """The configuration."""
        ...


class WebhookEndpoint:
    """
    Takes webhooks for the forges that ``receiver()`` has at that moment. Who fails to
    sign counts as one of ``failures``; who signs well is taken whatever was before.
    """

    def __init__(
        self, receiver: Callable[[], Receiver], database: AsyncDatabase, failures: Failures
    ) -> None:
        self._receiver = receiver
        self._database = database
        self._failures = failures

    def admit(self, request: Request) -> None:
        """
        Refuse what need not be read: other media types, unclear headers, other addresses.

        Raises:
            FraisierError: ``unsupported-media-type``, ``duplicate-header``,
                ``source-refused``, ``unknown-webhook-provider``, ``invalid-argument``.
        """
        _check_media_type(request)
        for name in sorted(request.repeated):
            if name.startswith(_OF_FORGES) and not name.startswith(_OF_PROXIES):
                raise FraisierError(f"{name} came several times", code="duplicate-header")
        self._check_address(request, forge_of(request.headers, _provider(request.query)))

    async def __call__(self, request: Request) -> Response:
        """
        202 with the deployments that were requested, or 200 with why there are none.

        Raises:
            FraisierError: Refused: 400, 401 or 429; the database is away: 503.

        SQL: fn_process_webhook
        """
        webhook = await self._verified(request)
        answer = refuse(await self._database.call("fn_process_webhook", **webhook.arguments()))
        document = _outcome(answer)
        log.info("webhook %s from %s", document["status"], webhook.provider, extra=document)
        return json_response(202 if document["status"] == "accepted" else 200, document)

    async def _verified(self, request: Request) -> VerifiedWebhook:
        try:
            if len(request.body) > LARGE_BYTES:
                return await asyncio.to_thread(self._verify, request)
            return self._verify(request)
        except FraisierError as error:
            self._failures.refuse(error, request.client)
            raise

    def _verify(self, request: Request) -> VerifiedWebhook:
        name = forge_of(request.headers, _provider(request.query))
        known = self._check_address(request, name)
        return verify_webhook(
            self._receiver(), request.headers, request.body, name, from_known_address=known
        )

    def _check_address(self, request: Request, name: str) -> bool:
        """Whether the forge sends from known addresses, and this is one of them."""
        settings = self._receiver().config.git.providers.get(name)
        networks = settings.addresses if settings is not None else ()
        if not allowed(request.client, networks):
            message = f"webhooks of {name} do not come from this address"
            raise FraisierError(message, code="source-refused")
        return bool(networks)


def _check_media_type(request: Request) -> None:
    kind = request.media_type
    if kind not in MEDIA_TYPES and not (kind or "").endswith("+json"):
        raise FraisierError("a webhook is application/json", code="unsupported-media-type")


def _provider(query: bytes) -> str | None:
    if not query:
        return None
    try:
        values = parse_qs(query.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise FraisierError("the query is not readable", code="invalid-argument") from error
    given = values.get("provider")
    if given is None:
        return None
    if len(given) != 1 or not given[0]:
        raise FraisierError("name one provider", code="unknown-webhook-provider")
    return given[0]


def _outcome(answer: Answer) -> dict[str, Any]:
    event = answer.entity or {}
    document: dict[str, Any] = {"status": answer.status_detail, "event": {"id": answer.entity_id}}
    if reason := event.get("ignored_reason"):
        return {**document, "status": "ignored", "reason": reason}
    keys = ("id", "fraise", "environment")
    deployments = [{key: each[key] for key in keys} for each in event.get("deployments", ())]
    return {**document, "status": "accepted", "deployments": deployments}
