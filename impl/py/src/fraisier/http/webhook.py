"""``POST /webhook``: verify, store, answer. Deployments run elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from fraisier.db import AsyncDatabase, refuse
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Answer
from fraisier.http.messages import Request, Response, json_response
from fraisier.operations.record_webhook import Forges, verify_webhook

MEDIA_TYPES = (None, "application/json", "application/x-www-form-urlencoded")

log = logging.getLogger("fraisier.webhook")


class WebhookEndpoint:
    """Takes webhooks for the forges that ``forges()`` has at that moment."""

    def __init__(self, forges: Callable[[], Forges], database: AsyncDatabase) -> None:
        self._forges = forges
        self._database = database

    async def __call__(self, request: Request) -> Response:
        """
        202 with the deployments that were requested, or 200 with why there are none.

        Raises:
            FraisierError: Refused: 400, 401 or 415; the database is away: 503.

        SQL: fn_process_webhook
        """
        _check_media_type(request)
        provider = _provider(request.query)
        webhook = verify_webhook(self._forges(), request.headers, request.body, provider)
        answer = refuse(await self._database.call("fn_process_webhook", **webhook.arguments()))
        document = _outcome(answer)
        log.info("webhook %s from %s", document["status"], webhook.provider, extra=document)
        return json_response(202 if document["status"] == "accepted" else 200, document)


def _check_media_type(request: Request) -> None:
    kind = request.media_type
    if kind not in MEDIA_TYPES and not (kind or "").endswith("+json"):
        raise FraisierError("a webhook is application/json", code="unsupported-media-type")


def _provider(query: bytes) -> str | None:
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
